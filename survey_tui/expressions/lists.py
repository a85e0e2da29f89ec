"""Rows of choice lists and tables: ``instance('list')/root/item[…]/column``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey_tui.expressions.closures import Code, Entry, Eval, Inner, Nodeset
from survey_tui.expressions.failures import failure, unsupported
from survey_tui.expressions.frames import Frame, Value
from survey_tui.expressions.syntax import Path

__all__ = ["accepts", "column", "rows"]

Row = Mapping[str, str]


def column(path: Path) -> Code:
    """A column of the row at hand, by its name; ``.`` is the row itself, whose text is empty."""
    names = [step.name for step in path.steps if step.axis == "child"]
    if len(names) > 1 or any(step.axis == "parent" or step.predicates for step in path.steps):
        raise unsupported(path, path.pos)
    name = names[0] if names else ""

    def run(_frame: Frame, inner: Inner | None) -> Value:
        row = None if inner is None else inner.row
        return row.get(name, "") if row is not None else ""

    return Code(run, "text")


def rows(name: str, predicates: tuple[Eval, ...], path: Path) -> Code:
    """The rows of list ``name`` that satisfy all predicates, or one column of them."""
    steps = path.steps[2:]
    if len(steps) > 1 or any(step.axis != "child" or step.predicates for step in (path.steps[0], *steps)):
        raise unsupported(path, path.pos)
    wanted = steps[0].name if steps else ""

    def find(frame: Frame, inner: Inner | None) -> list[Entry]:
        found = frame.env.rows(name)
        if found is None:
            raise failure("no_list", path.pos, name=name)
        return [
            (row, wanted) for row in _filtered(found, predicates, frame, inner) if not wanted or wanted in row
        ]

    def read(entry: Entry, _frame: Frame, _inner: Inner | None) -> Value:
        row, key = entry
        value: str = row.get(key, "")
        return value

    def run(frame: Frame, inner: Inner | None) -> Value:
        found = find(frame, inner)
        if len(found) > 1:
            raise failure("repeated", path.pos, name=wanted or name, count=len(found))
        return read(found[0], frame, inner) if found else ""

    return Code(run, "text", nodes=lambda: Nodeset(find, read))


def _filtered(
    found: Sequence[Row], predicates: tuple[Eval, ...], frame: Frame, inner: Inner | None
) -> Sequence[Row]:
    for predicate in predicates:
        found = [row for number, row in enumerate(found, 1) if accepts(predicate, frame, inner, row, number)]
    return found


def accepts(predicate: Eval, frame: Frame, inner: Inner | None, row: Row, number: int) -> bool:
    """Whether a predicate lets a row through: only a true condition does."""
    origin, dot = (frame, None) if inner is None else (inner.origin, inner.dot)
    return predicate(frame, Inner(origin, dot, number, row)) is True
