"""Responses as tables: one row a response, one column a question path.

A repeat is a table of its own beside the main one when there is a file to stand beside (``household.csv`` →
``household.r-person.csv``, with ``response_id`` and ``instance`` in front), and one JSON cell in a column
named after it when the table goes to standard output. Columns come in the order of the form; a question that
a response was not asked is an empty cell. Don't-know and refused, notes and confirmed warnings are JSON
objects by path in the last columns, so that no code can be taken for an answer.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from survey_tui.cli.export.files import target

__all__ = ["neutral", "write_tables"]

_HEAD = (
    "response_id",
    "form_id",
    "form_version",
    "commune",
    "username",
    "language",
    "started",
    "finished",
    "minutes",
    "outcome",
    "outcome_text",
)
_TAIL = ("missing", "notes", "confirmed")
_INSTANCE = re.compile(r"\[[0-9]+\]")
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, str]


class _Table:
    """Rows whose columns turn up as they are read: a new one goes right after the one that preceded it."""

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.rows: list[Row] = []
        self._known: set[str] = set()

    def add(self, row: Row) -> None:
        before = ""
        for name in row:
            if name not in self._known:
                place = self.columns.index(before) + 1 if before else 0
                self.columns.insert(place, name)
                self._known.add(name)
            before = name
        self.rows.append(row)

    def write(self, out: BinaryIO, head: tuple[str, ...], tail: tuple[str, ...], bom: bool) -> None:
        between = [name for name in self.columns if name not in head and name not in tail]
        text = io.TextIOWrapper(out, "utf-8-sig" if bom else "utf-8", newline="", write_through=True)
        writer = csv.DictWriter(text, [*head, *between, *tail], restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: neutral(value) for name, value in row.items()} for row in self.rows)
        text.flush()
        text.detach()


def write_tables(records: Iterable[bytes], output: Path | None, *, bom: bool) -> list[Path]:
    """Write the tables of responses given by their canonical bytes; the files written."""
    main = _Table()
    repeats: dict[str, _Table] = {}
    for record in records:
        response: dict[str, Any] = json.loads(record)
        instances = _instances(response["values"])
        row = {name: _text(response[name]) for name in _HEAD}
        row |= {path: _text(text) for path, text in response["values"] if "[" not in path}
        row |= {name: _json(response[name]) for name in _TAIL}
        for repeat, found in instances.items():
            if output is None:
                row[repeat] = _json(found)
            else:
                table = repeats.setdefault(repeat, _Table())
                for each in found:
                    table.add({"response_id": _text(response["response_id"]), **each})
        main.add(row)
    return _write_all(main, repeats, output, bom)


def _write_all(main: _Table, repeats: dict[str, _Table], output: Path | None, bom: bool) -> list[Path]:
    with target(output) as out:
        main.write(out, _HEAD, _TAIL, bom)
    if output is None:
        return []
    written = [output]
    for repeat, table in repeats.items():
        path = output.with_name(f"{output.stem}.{repeat.replace('/', '-')}{output.suffix}")
        with target(path) as out:
            table.write(out, ("response_id", "instance"), (), bom)
        written.append(path)
    return written


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


def neutral(cell: str) -> str:
    """The cell as a spreadsheet shows it and never runs it: an apostrophe before what would begin a formula.

    Numbers with a sign are left alone. Source: OWASP, "CSV Injection".
    """
    if cell.startswith(_STARTS_A_FORMULA) and not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", cell, re.ASCII):
        return "'" + cell
    return cell


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
