"""The ``type`` cell: ``select_one eid or_other``, ``begin repeat``, ``integer`` …"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from survey_tui.forms.columns import LIST_TYPES, QUESTION_TYPES, TYPE_ALIASES

__all__ = ["TypeCell", "parse_type"]

_CONTAINERS = frozenset({"group", "repeat"})
_FROM_FILE = frozenset({"select_one_from_file", "select_multiple_from_file"})
_CASELESS = {name.lower(): name for name in (*QUESTION_TYPES, *TYPE_ALIASES)}


class TypeCell(Struct, frozen=True):
    """What a type cell says.

    ``role`` is ``begin`` or ``end`` for the rows that bound a group or repeat (``type`` is ``group`` or
    ``repeat``), else ``question``. ``list_name`` is a list's name, a file's name or ``${name}``.
    """

    role: Literal["question", "begin", "end"]
    type: str
    list_name: str = ""
    or_other: bool = False


def parse_type(text: str) -> TypeCell | None:
    """The meaning of a type cell; ``None`` when it is no type we know or misses its list."""
    words = text.split()
    if not words:
        return None
    boundary = _boundary(words)
    if boundary is not None:
        return boundary
    if words[0].lower() == "select" and len(words) > 1 and words[1].lower() in ("one", "multiple"):
        words = [f"select_{words[1].lower()}", *words[2:]]
    name = _CASELESS.get(words[0].lower(), "")
    name = TYPE_ALIASES.get(name, name)
    if name in LIST_TYPES or name in _FROM_FILE:
        return _with_list(name, words[1:])
    return TypeCell("question", name) if name and len(words) == 1 else None


def _boundary(words: list[str]) -> TypeCell | None:
    parts = words[0].lower().split("_", 1) if len(words) == 1 else [word.lower() for word in words]
    if len(parts) != 2 or parts[1] not in _CONTAINERS:
        return None
    if parts[0] == "begin":
        return TypeCell("begin", parts[1])
    return TypeCell("end", parts[1]) if parts[0] == "end" else None


def _with_list(name: str, rest: list[str]) -> TypeCell | None:
    other = bool(rest) and (rest[-1] == "or_other" or rest[-2:] == ["or", "other"])
    if other:
        rest = rest[:-1] if rest[-1] == "or_other" else rest[:-2]
    if len(rest) != 1:
        return None
    return TypeCell("question", name, rest[0], other and name in ("select_one", "select_multiple"))
