"""Walks over syntax trees that several checks need."""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.errors import ExpressionError
from survey_tui.expressions.parser import parse
from survey_tui.expressions.syntax import Expr, Path, Reference, Start

__all__ = ["parsed", "referenced", "walk"]


def parsed(text: str) -> Expr | None:
    """The syntax tree of a cell; ``None`` when it is empty or wrong (``check_formulas`` reports that)."""
    if not text:
        return None
    try:
        return parse(text)
    except ExpressionError:
        return None


def walk(tree: Expr) -> Iterator[Expr]:
    """The tree and all its parts, depth first. The parser has bounded the depth."""
    pending: list[object] = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, tuple):
            pending.extend(reversed(part))
        elif isinstance(part, Expr):
            yield part
            pending.extend(getattr(part, name) for name in reversed(part.__struct_fields__))


def referenced(part: Expr) -> str:
    """The name of a plain ``${name}``, ``""`` for anything else."""
    if (
        isinstance(part, Path)
        and isinstance(part.start, Start)
        and not part.steps
        and not part.start.predicates
    ):
        part = part.start.source
    return part.name if isinstance(part, Reference) and not part.last_saved else ""
