"""TOML reader: module, list and survey files → rows (format: ``docs/questionnaires.md``).

A table is read strictly: unknown keys and wrong types become findings, the rest is kept. ``tomllib`` gives
values without line numbers; findings get theirs from the headers of arrays of tables (``[[question]]``)
outside strings and comments. Keys with very many dots are refused, because parsing them takes quadratic time.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from survey_tui.forms.cells import CellReader, kind_of
from survey_tui.forms.columns import TRANSLATED, nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.library import display_name, read_text, text_sha256
from survey_tui.forms.model import Source, Translated
from survey_tui.forms.sources import Addition, ListFile, ListRow, Module, Row, SurveyFile


class TomlTable:
    """The top level of a file, an ``[addition]`` or a ``[[list]]``.

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
        """Report keys that the table does not have, with the nearest one that it has."""
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

    def translations(self, key: str, default_language: str = "vi") -> Translated:
        """A text in each language: ``title.vi``, ``title.en``; a bare text is in the default language."""
        value = self._content.get(key, {})
        if isinstance(value, str):
            value = {default_language: value}
        if not isinstance(value, dict):
            self._wrong(key, "translated")
            return {}
        reader = self._reader({f"{key}::{language}": text for language, text in value.items()})
        return reader.translations(key)

    def texts(self, key: str) -> tuple[str, ...]:
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

    def table(self, key: str) -> TomlTable | None:
        """A table inside this one; ``None`` when absent."""
        if key not in self._content:
            return None
        value = self._content[key]
        if not isinstance(value, dict):
            self._wrong(key, "table")
            return None
        return TomlTable(value, self.source, self.findings, owner=self.name)

    def tables(self, key: str) -> list[dict[str, object]]:
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self._wrong(key, "tables")
            return []
        return value


# No possessive repeat of a group: Python before 3.11.5 (Debian 12 has 3.11.2) matches it wrongly.
_TOKEN = re.compile(
    r'''
      """(?:[^"\\]++|\\.|"(?!""))*(?:"""|\Z)     # strings over several lines
    | \'\'\'(?:[^']++|'(?!''))*(?:\'\'\'|\Z)
    | "(?:[^"\\\n]++|\\.)*"?                     # strings on one line
    | '[^'\n]*+'?
    | \#[^\n]*+                                  # comments
    ''',
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(
    r"^[ \t]*\[\[[ \t]*([A-Za-z_]+(?:[ \t]*\.[ \t]*[A-Za-z_]+)?)[ \t]*\]\][ \t]*$", re.MULTILINE
)
_DOTTED = re.compile(r"(?<![\w\-.])(?:[\w-]++[ \t]*+\.[ \t]*+){20}")


def outline_text(text: str) -> str:
    """``text`` with strings as ``_`` and comments removed; line breaks inside them are kept."""

    def blank(match: re.Match[str]) -> str:
        token = match.group()
        breaks = "\n" * token.count("\n")
        return breaks if token.startswith("#") else f"_{breaks}"

    return _TOKEN.sub(blank, text)


def header_lines(outline: str) -> dict[str, list[int]]:
    """Lines (from 1) of the headers of each array of tables, in order, from an :func:`outline_text`."""
    lines: dict[str, list[int]] = {}
    number, position = 1, 0
    for match in _HEADER.finditer(outline):
        number += outline.count("\n", position, match.start(1))
        position = match.start(1)
        lines.setdefault(re.sub(r"\s", "", match.group(1)), []).append(number)
    return lines


def line_of_dotted_key(outline: str) -> int:
    """Line (from 1) of a key with twenty dots or more in an :func:`outline_text`; 0 when there is none."""
    match = _DOTTED.search(outline)
    return outline.count("\n", 0, match.start()) + 1 if match else 0


_MODULE_KEYS = frozenset({"name", "version", "title", "description", "question", "list", "addition"})
_ADDITION_KEYS = frozenset({"after", "at_end", "communes", "surveys", "order"})
_SURVEY_KEYS = frozenset(
    {"id", "version", "title", "description", "languages", "default_language", "modules", "seal_key", "order"}
)
_SEAL_KEY = re.compile(r"hpke-x25519:[A-Za-z0-9_-]{43}")


class _Document(Struct, frozen=True):
    table: TomlTable
    lines: dict[str, list[int]]
    sha256: str


def read_module(path: Path, findings: Findings) -> Module | None:
    """The module in ``path``; ``None`` when the file cannot be read. Other faults are findings."""
    document = _parse(path, findings)
    if document is None:
        return None
    table = document.table
    table.check_keys(_MODULE_KEYS)
    name = table.text("name", required=True)
    if name and name != path.stem:
        findings.warning("file_name", table.source, name, "name", file=path.name, expected=f"{name}.toml")
    return Module(
        name=name or path.stem,
        version=table.text("version", required=True),
        title=table.translations("title"),
        rows=list(_rows(document)),
        list_rows=list(_list_rows(document)),
        addition=_addition(table.table("addition"), name or path.stem, path),
        path=path,
        sha256=document.sha256,
    )


def read_lists(path: Path, findings: Findings) -> ListFile | None:
    """The choice lists in ``path``; ``None`` when the file cannot be read."""
    document = _parse(path, findings)
    if document is None:
        return None
    document.table.check_keys(frozenset({"list"}))
    return ListFile(list(_list_rows(document)), path, document.sha256)


def read_survey(path: Path, findings: Findings) -> SurveyFile | None:
    """The survey in ``path``; ``None`` when the file cannot be read or has no id."""
    document = _parse(path, findings)
    if document is None:
        return None
    table = document.table
    table.check_keys(_SURVEY_KEYS)
    identity = table.text("id", required=True)
    languages = table.texts("languages") or ("vi", "en")
    default = table.text("default_language") or languages[0]
    if default not in languages:
        known = ", ".join(languages)
        findings.error(
            "default_language", table.source, identity, "default_language", language=default, known=known
        )
    modules = table.texts("modules")
    if not modules:
        findings.error("no_modules", table.source, identity, "modules")
    seal_key = table.text("seal_key")
    if seal_key and not _SEAL_KEY.fullmatch(seal_key):
        findings.error("seal_key", table.source, identity, "seal_key")
    if not identity:
        return None
    return SurveyFile(
        id=identity,
        version=table.text("version", required=True),
        title=table.translations("title", default_language=default),
        description=table.translations("description", default_language=default),
        languages=languages,
        default_language=default,
        modules=modules,
        path=path,
        sha256=document.sha256,
        seal_key=seal_key,
        order=max(0, table.integer("order")),
    )


def _parse(path: Path, findings: Findings) -> _Document | None:
    text = read_text(path, findings)
    if text is None:
        return None
    file = display_name(path)
    outline = outline_text(text)
    dots = line_of_dotted_key(outline)
    if dots:
        findings.error("toml_dots", Source(file, dots), path.stem)
        return None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at.group(1)) if at else outline.count("\n") + 1
        findings.error("bad_toml", Source(file, line), path.stem, reason=str(error))
        return None
    except RecursionError:
        findings.error("toml_depth", Source(file), path.stem)
        return None
    except ValueError as error:  # a number of more digits than Python converts, a date that does not exist
        findings.error("bad_toml", Source(file), path.stem, reason=str(error))
        return None
    return _Document(TomlTable(content, Source(file, 1), findings), header_lines(outline), text_sha256(text))


def _rows(document: _Document) -> Iterator[Row]:
    file = document.table.source.file
    questions = document.table.tables("question")
    for cells, line in zip(questions, _numbers(document, "question", len(questions)), strict=True):
        yield Row(_flatten(cells), Source(file, line))


def _list_rows(document: _Document) -> Iterator[ListRow]:
    lists = document.table.tables("list")
    lines = _numbers(document, "list", len(lists))
    for content, line, following in zip(lists, lines, [*lines[1:], sys.maxsize][: len(lines)], strict=True):
        table = TomlTable(content, Source(document.table.source.file, line), document.table.findings)
        table.check_keys(frozenset({"name", "choices"}))
        name = table.text("name", required=True)
        choices = table.tables("choices")
        headers = [each for each in document.lines.get("list.choices", ()) if line < each < following]
        choice_lines = headers if len(headers) == len(choices) else [line] * len(choices)
        for cells, choice_line in zip(choices, choice_lines, strict=True):
            yield ListRow(name, _flatten(cells), Source(table.source.file, choice_line))
        if not content.get("choices"):
            table.findings.error("empty_list", table.source, name, "choices")


def _numbers(document: _Document, header: str, count: int) -> list[int]:
    """Line of each table, or zeros when the author wrote them inline, without headers."""
    lines = document.lines.get(header, [])
    return lines if len(lines) == count else [0] * count


def _flatten(cells: Mapping[str, object]) -> dict[str, object]:
    """``{label = {vi = "…"}}`` → ``{"label::vi": "…"}``."""
    flat: dict[str, object] = {}
    for column, value in cells.items():
        if column in TRANSLATED and isinstance(value, dict):
            flat.update((f"{column}::{language}", text) for language, text in value.items())
        else:
            flat[column] = value
    return flat


def _addition(table: TomlTable | None, name: str, path: Path) -> Addition | None:
    if table is None:
        return None
    table.check_keys(_ADDITION_KEYS)
    addition = Addition(
        name=name,
        file=str(path),
        after=table.text("after"),
        at_end=table.flag("at_end"),
        communes=table.texts("communes"),
        surveys=table.texts("surveys"),
        order=table.integer("order"),
    )
    if bool(addition.after) == addition.at_end:
        table.findings.error("addition_place", table.source, table.name, "after")
    if not addition.communes:
        table.findings.error("addition_communes", table.source, table.name, "communes")
    for code in addition.communes:
        if not re.fullmatch(r"[0-9]{5}", code):
            table.findings.error("commune_code", table.source, table.name, "communes", commune=code[:40])
    return addition
