"""Standard error: errors, warnings, notes and progress in the user's language.

Details may come from hostile files, so control characters are removed from every line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from survey_tui.errors import SurveyError
from survey_tui.locale import Translator
from survey_tui.vietnamese import clean

_MAX_LENGTH = 4000  # characters of one message; a label from a file may be megabytes long


class Diagnostics:
    """Messages on standard error. ``words`` is called for each, since the language is an option."""

    def __init__(self, words: Callable[[], Translator]) -> None:
        self._words = words

    def error(self, error: SurveyError) -> None:
        """Report the error that ends the command."""
        self.text(self._words()("cli.error", message=self.message(error)))

    def warning(self, error: SurveyError) -> None:
        """Report an error that does not end the command."""
        self.text(self._words()("cli.warning", message=self.message(error)))

    def note(self, key: str, **details: object) -> None:
        """Write the message ``key`` of the locale."""
        self.text(self._words()(key, **details))

    def crash(self, kind: str, report: Path | None) -> None:
        """Report an unexpected failure by exception type and the path of its crash report."""
        key = "cli.crash" if report else "cli.crash_unwritten"
        self.note(key, kind=kind, report=report)

    def message(self, error: SurveyError) -> str:
        """The message of an error; its code and details if that cannot be formatted."""
        try:
            return self._words().error(error)
        except (KeyError, IndexError, ValueError):
            return str(error)

    def progress(self, text: str, *, last: bool = False) -> None:
        """Overwrite the progress line; ``last`` ends it. Only for terminals."""
        try:
            print(f"\r{clean(text)}", end="\n" if last else "", file=sys.stderr, flush=True)
        except (OSError, ValueError):
            return

    def text(self, text: str) -> None:
        """Write lines without control characters."""
        if len(text) > _MAX_LENGTH:
            text = text[:_MAX_LENGTH] + " …"
        try:
            print("\n".join(clean(line) for line in text.split("\n")), file=sys.stderr, flush=True)
        except (OSError, ValueError):
            return  # standard error is closed
