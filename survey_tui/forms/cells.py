"""Cell reader: cells of a row → values of the model, with a finding for each fault.

Every text is NFC-normalised and without control characters: a form's texts reach a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from survey_tui import vietnamese
from survey_tui.forms.columns import language_code
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Source, Translated

MAX_TEXT = 10_000
"""Longest text of one cell, in characters; a longer one is cut and reported."""

_SCALARS = (str, int, float)
_TRUE = frozenset({"yes", "true", "true()"})
_FALSE = frozenset({"no", "false", "false()", ""})


def printable_text(text: str) -> tuple[str, str]:
    """``text`` made safe to show, and the first character that was removed as ``U+001B`` (``""`` if none).

    A tab becomes a space, every kind of line break a newline; neither counts.
    """
    safe = vietnamese.clean(text, newlines=True)
    if text.isprintable():
        return safe, ""
    for sign in text:
        if not sign.isprintable() and not vietnamese.clean(sign):
            return safe, f"U+{ord(sign):04X}"
    return safe, ""


class CellReader:
    """Reads the cells of one row and reports faults."""

    def __init__(
        self,
        cells: dict[str, object],
        source: Source,
        findings: Findings,
        *,
        item: str,
        default_language: str,
    ) -> None:
        self._cells = cells
        self._source = source
        self._findings = findings
        self._item = item
        self._default_language = default_language

    def _error(self, code: str, column: str, **details: object) -> None:
        self._findings.error(code, self._source, self._item, column, **details)

    def _clean(self, text: str, column: str) -> str:
        if len(text) > MAX_TEXT:
            self._error("too_long", column, length=len(text), limit=MAX_TEXT)
            text = text[:MAX_TEXT]
        text, forbidden = printable_text(text)
        if forbidden:
            self._error("control_character", column, character=forbidden)
        return text

    def text(self, column: str) -> str:
        """The cell as text; numbers are written out; ``""`` when absent."""
        value = self._cells.get(column)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, _SCALARS):
            self._error("bad_cell", column, expected="text", found=kind_of(value))
            return ""
        return self._clean(str(value), column).strip()

    def translations(self, column: str) -> Translated:
        """All languages of a translated column, in the order written."""
        prefix = column + "::"
        texts: Translated = {}
        for key in self._cells:
            if key == column:
                language = self._default_language
            elif key.startswith(prefix):
                language = language_code(key.removeprefix(prefix))
            else:
                continue
            text = self.text(key)
            if text:
                texts[language] = text
        return texts

    def expression(self, column: str) -> str:
        """Expression text. A plain ``true`` (XLSForm: ``yes``) is ``true()``, a plain ``false`` is ``""``."""
        value = self._cells.get(column)
        if isinstance(value, bool):
            return "true()" if value else ""
        text = self.text(column)
        if column in ("required", "read_only"):
            if text.lower() in _TRUE:
                return "true()"
            if text.lower() in _FALSE:
                return ""
        return text

    def default(self) -> str:
        """The default column: text or expression; ``true`` and numbers are written out."""
        value = self._cells.get("default")
        if isinstance(value, bool):
            return "true" if value else "false"
        return self.text("default")

    def words(self, column: str) -> tuple[str, ...]:
        """A list of words, or one text with words separated by spaces or commas."""
        value = self._cells.get(column)
        if isinstance(value, (list, tuple)):
            if not all(isinstance(word, str) for word in value):
                self._error("bad_cell", column, expected="texts", found="list")
                return ()
            return tuple(filter(None, (self._clean(str(word), column).strip() for word in value)))
        return tuple(self.text(column).replace(",", " ").split())

    def flag(self, column: str) -> bool:
        """A plain yes or no."""
        value = self._cells.get(column)
        if isinstance(value, bool):
            return value
        text = self.text(column).lower()
        if text not in _TRUE and text not in _FALSE:
            self._error("bad_cell", column, expected="flag", found="text")
        return text in _TRUE

    def parameters(self) -> dict[str, str]:
        """``"start=0 end=10"``, ``"randomize=true, seed=42"`` or a table, as a dictionary."""
        value = self._cells.get("parameters")
        if isinstance(value, dict):
            return dict(self._parameter_table(value.items()))
        text = re.sub(r"\s*=\s*", "=", self.text("parameters"))
        parameters: dict[str, str] = {}
        for part in re.split(r"[\s,;]+", text):
            name, equals, setting = part.partition("=")
            if part and not (equals and name and setting):
                self._error("bad_parameter", "parameters", parameter=part[:40])
            elif part:
                parameters[name] = setting
        return parameters

    def _parameter_table(self, pairs: Iterable[tuple[object, object]]) -> Iterable[tuple[str, str]]:
        for name, setting in pairs:
            if isinstance(setting, bool):
                yield str(name), str(setting).lower()
            elif isinstance(setting, _SCALARS):
                yield str(name), self._clean(str(setting), "parameters")
            else:
                self._error("bad_parameter", "parameters", parameter=str(name)[:40])


def kind_of(value: object) -> str:
    """The kind of a TOML value, as findings name it (``check.kind_<kind>``)."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, dict):
        return "table"
    if isinstance(value, (list, tuple)):
        return "list"
    return "text" if isinstance(value, str) else "date"
