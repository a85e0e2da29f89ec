"""Responses as CSV tables: one row a response, one column a question path, in the order of the form.

With an output file each repeat is a table of its own in a sibling file (``household.csv`` →
``household.r-person.csv``, whose first columns are ``response_id`` and ``instance``); on standard output it
is a JSON cell in a column with its name. A question that a response was not asked is an empty cell. Missing
codes, notes and confirmed warnings are JSON objects by path in the last columns, so that no code can be taken
for an answer; answers that were set aside are a JSON list there.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from survey_tui.csv_cells import FIRST_COLUMNS, LAST_COLUMNS, escape_cell
from survey_tui.files import output_target

_INSTANCE_HEAD = ("response_id", "instance")
_INSTANCE = re.compile(r"\[[0-9]+\]")
_NO_FILE_NAME = re.compile(r"[^\w.-]")
_LONGEST_NAME = 60

Row = dict[str, str]
Writer = Callable[[Row], object]


class _Head(msgspec.Struct, frozen=True):
    response_id: str
    form_id: str


class _Columns:
    """Column names in the order of the form: one that earlier rows lack goes after the one before it."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._known: set[str] = set()

    def add_names(self, row: Row) -> None:
        before = ""
        for name in row:
            if name not in self._known:
                self.names.insert(self.names.index(before) + 1 if before else 0, name)
                self._known.add(name)
            before = name

    def row_writer(self, out: BinaryIO, head: tuple[str, ...], tail: tuple[str, ...], bom: bool) -> Writer:
        """Write the heading to ``out``; a function that writes one row."""
        between = [name for name in self.names if name not in head and name not in tail]
        rows = csv.DictWriter(_Encoder(out), [*head, *between, *tail], restval="", lineterminator="\r\n")
        out.write(codecs.BOM_UTF8 if bom else b"")
        rows.writeheader()
        return lambda row: rows.writerow({name: escape_cell(value) for name, value in row.items()})


class _Encoder:
    """A text file for :mod:`csv` over a binary one."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode())


def write_tables(read: Callable[[], Iterable[bytes]], output: Path | None, *, bom: bool) -> list[Path]:
    """Write the tables of responses given by their canonical bytes, and return the files written.

    ``read`` is called twice, to find the columns and to write the rows, so that memory holds one response.
    """
    separate = output is not None
    main, repeats = _Columns(), defaultdict[str, _Columns](_Columns)
    for record in read():
        row, instances = _rows(record, separate)
        main.add_names(row)
        for repeat, found in instances.items():
            for each in found:
                repeats[repeat].add_names(each)
    paths = {repeat: _repeat_file(output, repeat) for repeat in repeats} if output is not None else {}
    with ExitStack() as stack:
        write = main.row_writer(stack.enter_context(output_target(output)), FIRST_COLUMNS, LAST_COLUMNS, bom)
        writers = {
            repeat: repeats[repeat].row_writer(
                stack.enter_context(output_target(path)), _INSTANCE_HEAD, (), bom
            )
            for repeat, path in paths.items()
        }
        for record in read():
            row, instances = _rows(record, separate)
            write(row)
            for repeat, found in instances.items():
                for each in found:
                    writers[repeat](each)
    return [output, *paths.values()] if output is not None else []


def _repeat_file(output: Path, repeat: str) -> Path:
    plain = _NO_FILE_NAME.sub("-", repeat)[:_LONGEST_NAME]
    return output.with_name(f"{output.stem}.{plain}{output.suffix}")


def _rows(record: bytes, separate: bool) -> tuple[Row, dict[str, list[Row]]]:
    """The row of a response, and the rows of its repeats if these have ``separate`` tables.

    A received response may be unlike any that a form makes: then its row has the identity columns only, so
    that the others are exported.
    """
    try:
        return _parse_rows(record, separate)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        head = msgspec.json.decode(record, type=_Head)
        return {name: getattr(head, name, "") for name in (*FIRST_COLUMNS, *LAST_COLUMNS)}, {}


def _parse_rows(record: bytes, separate: bool) -> tuple[Row, dict[str, list[Row]]]:
    response: dict[str, Any] = json.loads(record)
    instances = _instances(response["values"])
    row = {name: _text(response[name]) for name in FIRST_COLUMNS}
    row |= {path: _text(text) for path, text in response["values"] if "[" not in path}
    row |= {name: _json(response.get(name)) for name in LAST_COLUMNS}
    if not separate:
        return row | {repeat: _json(found) for repeat, found in instances.items()}, {}
    identity = {"response_id": row["response_id"]}
    return row, {repeat: [identity | each for each in found] for repeat, found in instances.items()}


def _instances(values: Iterable[tuple[str, str | None]]) -> dict[str, list[Row]]:
    """Repeat path without numbers → a row an instance; ``instance`` is its number (``2.1`` if nested)."""
    found: dict[str, dict[str, Row]] = {}
    for path, text in values:
        repeat, _, question = path.rpartition("]")
        if not repeat:
            continue
        numbers = ".".join(number[1:-1] for number in _INSTANCE.findall(path))
        rows = found.setdefault(_INSTANCE.sub("", f"{repeat}]"), {})
        rows.setdefault(numbers, {"instance": numbers})[question.lstrip("/")] = _text(text)
    return {repeat: list(rows.values()) for repeat, rows in found.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
