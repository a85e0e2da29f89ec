"""Responses as tables: one row a response, one column a question path.

A repeat is a table of its own beside the main one when there is a file to stand beside (``household.csv`` →
``household.r-person.csv``, with ``response_id`` and ``instance`` in front), and one JSON cell in a column
named after it when the table goes to standard output. Columns come in the order of the form; a question that
a response was not asked is an empty cell. Don't-know and refused, notes and confirmed warnings are JSON
objects by path in the last columns, so that no code can be taken for an answer; what was kept aside is a JSON
list there.
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

from survey_tui.csv_cells import FIRST_COLUMNS, LAST_COLUMNS, neutral
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
    """Names in the order in which they turn up; a new one goes right after the one that preceded it."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._known: set[str] = set()

    def see(self, row: Row) -> None:
        before = ""
        for name in row:
            if name not in self._known:
                self.names.insert(self.names.index(before) + 1 if before else 0, name)
                self._known.add(name)
            before = name

    def writer(self, out: BinaryIO, head: tuple[str, ...], tail: tuple[str, ...], bom: bool) -> Writer:
        """A function that writes one row to ``out``; the heading is written at once."""
        between = [name for name in self.names if name not in head and name not in tail]
        rows = csv.DictWriter(_Encoder(out), [*head, *between, *tail], restval="", lineterminator="\r\n")
        out.write(codecs.BOM_UTF8 if bom else b"")
        rows.writeheader()
        return lambda row: rows.writerow({name: neutral(value) for name, value in row.items()})


class _Encoder:
    """What :mod:`csv` writes text to."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode())


def write_tables(read: Callable[[], Iterable[bytes]], output: Path | None, *, bom: bool) -> list[Path]:
    """Write the tables of responses given by their canonical bytes; the files written.

    ``read`` is called twice, to find the columns and to write the rows, so that memory holds one response.
    """
    apart = output is not None
    main, repeats = _Columns(), defaultdict[str, _Columns](_Columns)
    for record in read():
        row, instances = _rows(record, apart)
        main.see(row)
        for repeat, found in instances.items():
            for each in found:
                repeats[repeat].see(each)
    paths = {repeat: _beside(output, repeat) for repeat in repeats} if output is not None else {}
    with ExitStack() as stack:
        write = main.writer(stack.enter_context(output_target(output)), FIRST_COLUMNS, LAST_COLUMNS, bom)
        writers = {
            repeat: repeats[repeat].writer(stack.enter_context(output_target(path)), _INSTANCE_HEAD, (), bom)
            for repeat, path in paths.items()
        }
        for record in read():
            row, instances = _rows(record, apart)
            write(row)
            for repeat, found in instances.items():
                for each in found:
                    writers[repeat](each)
    return [output, *paths.values()] if output is not None else []


def _beside(output: Path, repeat: str) -> Path:
    plain = _NO_FILE_NAME.sub("-", repeat)[:_LONGEST_NAME]
    return output.with_name(f"{output.stem}.{plain}{output.suffix}")


def _rows(record: bytes, apart: bool) -> tuple[Row, dict[str, list[Row]]]:
    """The row of a response, and those of its repeats if they are to stand apart.

    A response that came on a stick may be unlike any that a form makes: then the row has what it is called
    and no more, so that it keeps nobody from the others.
    """
    try:
        return _told(record, apart)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        head = msgspec.json.decode(record, type=_Head)
        return {name: getattr(head, name, "") for name in (*FIRST_COLUMNS, *LAST_COLUMNS)}, {}


def _told(record: bytes, apart: bool) -> tuple[Row, dict[str, list[Row]]]:
    response: dict[str, Any] = json.loads(record)
    instances = _instances(response["values"])
    row = {name: _text(response[name]) for name in FIRST_COLUMNS}
    row |= {path: _text(text) for path, text in response["values"] if "[" not in path}
    row |= {name: _json(response.get(name)) for name in LAST_COLUMNS}
    if not apart:
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
