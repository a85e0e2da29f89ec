"""How this room reports what is wrong: one place that fills the details every message needs."""

from __future__ import annotations

from collections.abc import Iterable

from survey_tui.errors import ExpressionError

__all__ = ["failure", "nearest"]


def failure(code: str, position: int = -1, *, expression: str = "", **details: object) -> ExpressionError:
    """An :class:`ExpressionError` with code ``expressions_<code>``.

    ``position`` is a 0-based offset, -1 where it is not known. ``expression`` may be filled in later, by
    whoever knows the whole text (:func:`survey_tui.expressions.compile_expression`).
    """
    return ExpressionError(f"expressions_{code}", expression=expression, position=position, **details)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word``, ``""`` when none is near."""
    from difflib import get_close_matches

    by_fold = {name.lower(): name for name in known}
    found = get_close_matches(word.lower().replace("_", "-"), by_fold, n=1, cutoff=0.6) or get_close_matches(
        word.lower(), by_fold, n=1, cutoff=0.6
    )
    return by_fold[found[0]] if found else ""
