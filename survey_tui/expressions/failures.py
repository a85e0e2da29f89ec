"""Constructors of expression errors, with the details that their messages need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from survey_tui.errors import ExpressionError

if TYPE_CHECKING:
    from survey_tui.expressions.syntax import Expr


A_VALUE, AN_OPERATOR, A_NAME = "a value", "an operator or the end", "a name, '.' or '..'"
_SYNTAX = {A_VALUE: "syntax_value", AN_OPERATOR: "syntax_operator", A_NAME: "syntax_name"}


def failure(code: str, position: int = -1, *, expression: str = "", **details: object) -> ExpressionError:
    """An :class:`ExpressionError` with code ``expressions_<code>``.

    ``position`` is a 0-based offset, -1 if it is unknown. ``expression`` may be filled in later, where the
    whole text is known (:func:`survey_tui.expressions.compile_expression`).
    """
    return ExpressionError(f"expressions_{code}", expression=expression, position=position, **details)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word``, ``""`` when none is close."""
    from difflib import get_close_matches

    by_fold = {name.lower(): name for name in known}
    found = get_close_matches(word.lower().replace("_", "-"), by_fold, n=1, cutoff=0.6) or get_close_matches(
        word.lower(), by_fold, n=1, cutoff=0.6
    )
    return by_fold[found[0]] if found else ""


def syntax_failure(position: int, found: str, expected: str) -> ExpressionError:
    """An error for text at ``position`` that is not ``expected`` (a phrase above, or a missing sign).

    ``found`` is the text there, ``""`` at the end.
    """
    code = _SYNTAX.get(expected, "syntax") if found else "syntax_end"
    return failure(code, position, found=found[:20], expected=expected)


def unsupported_failure(tree: Expr, position: int) -> ExpressionError:
    """An error for a part of the language that is not supported."""
    from survey_tui.expressions.printer import to_text

    return failure("unsupported", position, what=to_text(tree)[:60])


def unknown_failure(code: str, position: int, name: str, known: Iterable[str]) -> ExpressionError:
    """An error for an unknown ``name``; ``suggestion`` is the nearest known one, ``""`` if there is none."""
    suggestion = nearest(name, known)
    return failure(code + ("_near" if suggestion else ""), position, name=name, suggestion=suggestion)
