"""``python -m survey_tui``: the same as the command ``survey-tui``."""

from survey_tui.cli import main

main()
