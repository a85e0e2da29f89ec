"""Responses of one form as CSV: a row per response, a column per question.

A repeat is one JSON cell. Two passes over the database, so that memory holds the column names and one page of
rows, not the data.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from survey_tui.csv_cells import FIRST_COLUMNS, LAST_COLUMNS, escape_cell

BOM = "\ufeff"
"""The byte order mark, which Excel needs for Vietnamese."""
_MOST_COLUMNS = 1 << 14
"""Columns of a spreadsheet; no form has more questions."""


def csv_lines(responses: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """The file in pieces, with :data:`BOM`.

    ``responses`` is called twice and yields all responses (JSON) each time. Malformed ones are skipped.
    """
    columns = _columns(responses())
    out = io.StringIO()
    writer = csv.DictWriter(out, [*FIRST_COLUMNS, *columns, *LAST_COLUMNS], restval="", lineterminator="\r\n")
    out.write(BOM)
    known = {name: escape_cell(name) for name in writer.fieldnames}
    writer.writerow(known)
    for row in _rows(responses()):
        writer.writerow({name: escape_cell(text) for name, text in row.items() if name in known})
        if out.tell() > 1 << 16:
            yield take_written(out)
    yield take_written(out)


def take_written(out: io.StringIO) -> bytes:
    """The bytes written since the last call."""
    written = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return written


def _columns(responses: Iterable[bytes]) -> list[str]:
    """Columns in the order of the form: a new one goes right after its predecessor in the response."""
    columns: list[str] = []
    known = {*FIRST_COLUMNS, *LAST_COLUMNS}
    own = frozenset(known)
    for row in _rows(responses):
        place = 0
        for name in row:
            if name in own:
                continue
            if name in known:
                place = columns.index(name, 0) + 1 if columns[place : place + 1] != [name] else place + 1
                continue
            columns.insert(place, name)
            known.add(name)
            place += 1
    return columns


def _rows(responses: Iterable[bytes]) -> Iterator[dict[str, str]]:
    """Column → cell of each well-formed response, answers first.

    Malformed ones (nested a thousand deep, numbers of thousands of digits) are skipped.
    """
    for canonical in responses:
        try:
            response = json.loads(canonical)
            row = _row(response) if isinstance(response.get("values"), list) else {}
        except (RecursionError, ValueError):
            continue
        if row and len(row) <= _MOST_COLUMNS:
            yield row


def _row(response: dict[str, Any]) -> dict[str, str]:
    head = {name: _text(response.get(name)) for name in FIRST_COLUMNS}
    tail = {name: _text(response.get(name) or None) for name in LAST_COLUMNS}
    return {**_answers(response), **head, **tail}


def _answers(response: dict[str, Any]) -> dict[str, str]:
    """Column → cell. The answers of a repeat are collected by path in one cell."""
    found: dict[str, str] = {}
    repeats: dict[str, dict[str, object]] = {}
    for pair in response["values"]:
        if not (isinstance(pair, list) and len(pair) == 2):
            continue
        path, answer = str(pair[0]), pair[1]
        repeat, bracket, _ = path.partition("[")
        column = _column(repeat)
        if bracket:
            repeats.setdefault(column, {})[path] = answer
            found.setdefault(column, "")
        else:
            found[column] = _text(answer)
    return found | {name: _text(answers) for name, answers in repeats.items()}


def _column(path: str) -> str:
    """The question's path, with a slash in front if it equals one of our own columns."""
    return f"/{path}" if path in FIRST_COLUMNS or path in LAST_COLUMNS else path


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
