"""Findings about a store, as values; their texts are in ``locale`` under ``store.<code>``."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from survey_tui.locale import Translator

Severity: TypeAlias = Literal["error", "warning", "info"]


class StoreFinding(Struct, frozen=True, kw_only=True):
    """A finding of opening, checking or backing up the store.

    ``file`` is a file name within the store's directory; ``line`` counts from 1 (0: the file as a whole);
    ``offset`` and ``length`` are bytes. ``details`` never hold answers.
    """

    code: str
    severity: Severity
    file: str
    line: int = 0
    offset: int = 0
    length: int = 0
    details: dict[str, str] = {}

    def what(self, words: Translator) -> str:
        """The text that says what was found."""
        return words(f"store.{self.code}", **self._facts())

    def remedy(self, words: Translator) -> str:
        """The text that says what to do next."""
        return words(f"store.{self.code}_remedy", **self._facts())

    def _facts(self) -> dict[str, object]:
        return {
            "file": self.file,
            "line": self.line,
            "offset": self.offset,
            "length": self.length,
            **self.details,
        }
