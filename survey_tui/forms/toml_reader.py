"""Module, list and survey files in TOML: text → rows. The format is described in ``docs/questionnaires.md``.

Nothing is judged here but what makes a file unreadable or a key meaningless; the rows go to ``builder``.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from survey_tui.forms.columns import TRANSLATED
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Source
from survey_tui.forms.reading import display_name, read_text, text_sha256
from survey_tui.forms.rows import ListRow, Row
from survey_tui.forms.sources import Addition, ListFile, Module, SurveyFile
from survey_tui.forms.toml_lines import header_lines, outline_text, too_many_dots
from survey_tui.forms.toml_values import Table

__all__ = ["read_lists", "read_module", "read_survey"]

_MODULE_KEYS = frozenset({"name", "version", "title", "description", "question", "list", "addition"})
_ADDITION_KEYS = frozenset({"after", "at_end", "communes", "surveys", "order"})
_SURVEY_KEYS = frozenset(
    {"id", "version", "title", "description", "languages", "default_language", "modules", "seal_key", "order"}
)
_SEAL_KEY = re.compile(r"hpke-x25519:[A-Za-z0-9_-]{43}")


class _Document(Struct, frozen=True):
    table: Table
    lines: dict[str, list[int]]
    sha256: str


def read_module(path: Path, findings: Findings) -> Module | None:
    """The module in ``path``; ``None`` when the file cannot be read. Other faults leave a usable rest."""
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
        title=table.translated("title"),
        rows=list(_rows(document)),
        list_rows=list(_list_rows(document)),
        addition=_addition(table.table("addition")),
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
        title=table.translated("title", default_language=default),
        description=table.translated("description", default_language=default),
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
    dots = too_many_dots(outline)
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
    return _Document(Table(content, Source(file, 1), findings), header_lines(outline), text_sha256(text))


def _rows(document: _Document) -> Iterator[Row]:
    file = document.table.source.file
    questions = document.table.tables("question")
    for cells, line in zip(questions, _numbers(document, "question", len(questions)), strict=True):
        yield Row(_flatten(cells), Source(file, line))


def _list_rows(document: _Document) -> Iterator[ListRow]:
    lists = document.table.tables("list")
    lines = _numbers(document, "list", len(lists))
    for content, line, following in zip(lists, lines, [*lines[1:], sys.maxsize][: len(lines)], strict=True):
        table = Table(content, Source(document.table.source.file, line), document.table.findings)
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
    """Line of each table, or zeros when the author wrote them inline, so that headers do not tell."""
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


def _addition(table: Table | None) -> Addition | None:
    if table is None:
        return None
    table.check_keys(_ADDITION_KEYS)
    addition = Addition(
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
