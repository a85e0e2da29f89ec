"""A TOML table read strictly: unknown keys and wrong types become findings, what is right is kept."""

from __future__ import annotations

from survey_tui.forms.cells import CellReader, kind_of
from survey_tui.forms.columns import nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Source, Translated

__all__ = ["Table"]


class Table:
    """The head of a file, an ``[addition]`` or a ``[[list]]``.

    ``name`` is the table's own ``name`` or ``id``, else ``owner``; findings use it.
    """

    def __init__(
        self, content: dict[str, object], source: Source, findings: Findings, *, owner: str = ""
    ) -> None:
        self._content = content
        self.source = source
        self.findings = findings
        name = content.get("name", content.get("id"))
        self.name = name[:80] if isinstance(name, str) else owner

    def _wrong(self, key: str, expected: str) -> None:
        found = kind_of(self._content[key])
        self.findings.error("bad_cell", self.source, self.name, key, expected=expected, found=found)

    def _reader(self, cells: dict[str, object], default_language: str = "vi") -> CellReader:
        return CellReader(
            cells, self.source, self.findings, item=self.name, default_language=default_language
        )

    def check_keys(self, known: frozenset[str]) -> None:
        """Report keys that mean nothing here."""
        for key in self._content:
            if key not in known:
                self.findings.error(
                    "unknown_key", self.source, self.name, key[:60], nearest=nearest(key, known)
                )

    def text(self, key: str, *, required: bool = False) -> str:
        """A text, without spaces around it; ``""`` when absent (reported if ``required``)."""
        value = self._content.get(key, "")
        if not isinstance(value, str):
            self._wrong(key, "text")
            return ""
        text = self._reader({key: value}).text(key)
        if required and not text:
            self.findings.error("missing_key", self.source, self.name, key)
        return text

    def translated(self, key: str, default_language: str = "vi") -> Translated:
        """A text in each language: ``title.vi``, ``title.en``; a bare text is in the default language."""
        value = self._content.get(key, {})
        if isinstance(value, str):
            value = {default_language: value}
        if not isinstance(value, dict):
            self._wrong(key, "translated")
            return {}
        reader = self._reader({f"{key}::{language}": text for language, text in value.items()})
        return reader.translated(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            self._wrong(key, "texts")
            return ()
        return tuple(text.strip() for text in value)

    def flag(self, key: str) -> bool:
        """``true`` or ``false``; absent is false."""
        value = self._content.get(key, False)
        if not isinstance(value, bool):
            self._wrong(key, "flag")
            return False
        return value

    def integer(self, key: str) -> int:
        """A whole number; absent is 0."""
        value = self._content.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(key, "integer")
            return 0
        return value

    def table(self, key: str) -> Table | None:
        """A table inside this one; ``None`` when absent."""
        if key not in self._content:
            return None
        value = self._content[key]
        if not isinstance(value, dict):
            self._wrong(key, "table")
            return None
        return Table(value, self.source, self.findings, owner=self.name)

    def tables(self, key: str) -> list[dict[str, object]]:
        """An array of tables."""
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self._wrong(key, "tables")
            return []
        return value
