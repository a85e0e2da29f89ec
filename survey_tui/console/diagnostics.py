"""The one module that writes to standard error: what went wrong and what to do, in the user's language.

Details can come from hostile files, so nothing reaches the terminal without
:func:`survey_tui.vietnamese.clean`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from survey_tui.errors import SurveyError
from survey_tui.locale import Translator
from survey_tui.vietnamese import clean

_LONGEST = 4000  # characters of one message: a 10 MB label in an error must not flood the terminal


class Diagnostics:
    """Messages for the person at the keyboard; ``words`` is asked when the first one is needed."""

    def __init__(self, words: Callable[[], Translator]) -> None:
        self._words = words

    def error(self, error: SurveyError) -> None:
        """Why the command failed."""
        self.text(self._words()("cli.error", message=self.message(error)))

    def warning(self, error: SurveyError) -> None:
        """What did not work while the command goes on."""
        self.text(self._words()("cli.warning", message=self.message(error)))

    def note(self, key: str, **details: object) -> None:
        """A sentence of the locale that is neither."""
        self.text(self._words()(key, **details))

    def crash(self, kind: str, report: Path | None) -> None:
        """Something unforeseen of this exception type; ``report`` is the file that says where."""
        key = "cli.crash" if report else "cli.crash_unwritten"
        self.note(key, kind=kind, report=report)

    def message(self, error: SurveyError) -> str:
        """The words for an error; its code and facts if they fail."""
        try:
            return self._words().error(error)
        except (KeyError, IndexError, ValueError):
            return str(error)

    def progress(self, text: str, *, last: bool = False) -> None:
        """A line that is written over by the next one, until the ``last``. Only where a person looks on."""
        try:
            print(f"\r{clean(text)}", end="\n" if last else "", file=sys.stderr, flush=True)
        except (OSError, ValueError):
            return

    def text(self, text: str) -> None:
        """Write lines as they are, except for what could drive a terminal."""
        if len(text) > _LONGEST:
            text = text[:_LONGEST] + " …"
        try:
            print("\n".join(clean(line) for line in text.split("\n")), file=sys.stderr, flush=True)
        except (OSError, ValueError):
            return  # nobody can be told when standard error is closed
