"""The full-screen program on a catalogue of its own: ``program.py HOME FORMS [SURVEY | --resume ID]``."""

from __future__ import annotations

import sys
from pathlib import Path

from survey_tui.application.settings import load_settings
from survey_tui.forms.catalogue import Catalogue
from survey_tui.places import Places
from survey_tui.store import ResponseStore
from survey_tui.ui import StartRequest, run


def main(home: Path, forms: Path, *arguments: str) -> int:
    start = None
    if arguments[:1] == ("--resume",):
        start = StartRequest(resume=arguments[1])
    elif arguments:
        start = StartRequest(survey=arguments[0], commune="32059", area="32059-01", household="12")
    home.mkdir(parents=True, exist_ok=True)
    with ResponseStore.open(home) as store:
        return run(home, Catalogue([forms], home / "cache"), Places(), store, load_settings(home), start)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
