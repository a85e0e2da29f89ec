"""The footer: at most six key hints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from survey_tui.ui.layout import ScreenLine, TextSpan

_MOST = 6
_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "delete": "Del",
    "question_mark": "?",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
}


class KeyHint(NamedTuple):
    """A key and its present effect in a word or two."""

    key: str
    words: str


def key_name(key: str) -> str:
    """A key in people's notation: ``^G``, ``Enter``, ``F1``."""
    if key.startswith("ctrl+"):
        return "^" + key[5:].upper()
    return _NAMES.get(key, key.upper() if len(key) > 1 else key)


def footer_lines(hints: Sequence[KeyHint], width: int, between: str) -> list[ScreenLine]:
    """Hints in one line, or in two on a narrow screen; hints that do not fit are left out from the end."""
    free = width - 2
    lines: list[ScreenLine] = []
    spans: list[TextSpan] = []
    used = 0
    for hint in hints[:_MOST]:
        name = key_name(hint.key)
        size = cell_len(f"{name} {hint.words}")
        gap = between if spans else ""
        if spans and used + cell_len(gap) + size > free:
            lines.append((TextSpan(" "), *spans))
            spans, used, gap = [], 0, ""
        if gap:
            spans.append(TextSpan(gap, "dim"))
        target = f"key:{hint.key}"
        spans += [TextSpan(name, "strong", target), TextSpan(f" {hint.words}", "", target)]
        used += cell_len(gap) + size
    lines.append((TextSpan(" "), *spans))
    return lines[:2]
