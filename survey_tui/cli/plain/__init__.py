"""The interview line by line: for screen readers, terminals that cannot draw, and scripts.

:mod:`~survey_tui.cli.plain.dialogue` holds the conversation; :mod:`~survey_tui.cli.plain.wording` reads and
writes lines, :mod:`~survey_tui.cli.plain.wording` turns questions into them,
:mod:`~survey_tui.cli.plain.wording` turns a line into an answer and
:mod:`~survey_tui.cli.plain.slash_commands` into a command (``/back``).
"""
