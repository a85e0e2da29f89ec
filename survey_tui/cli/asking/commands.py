"""Commands inside a line-by-line interview: a line that begins with ``/``, in English or Vietnamese.

Marks and spaces within a Vietnamese name don't matter: ``/không biết``, ``/khong biet`` and ``/khongbiet``
are one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from survey_tui.vietnamese import fold

__all__ = ["Command", "Order", "parse_command"]


class Command(StrEnum):
    """What can be asked for; the value is the English name, the words are ``ask.command_<value>``."""

    BACK = "back"
    CLEAR = "clear"
    DONT_KNOW = "dk"
    GO = "go"
    HELP = "help"
    LANGUAGE = "language"
    NOTE = "note"
    OUTLINE = "outline"
    QUIT = "quit"
    REFUSED = "refused"
    REPEAT = "repeat"
    SKIP = "skip"


_NAMES: dict[str, Command] = {
    **{command.value: command for command in Command},
    "lui": Command.BACK,
    "truoc": Command.BACK,
    "xoa": Command.CLEAR,
    "khongbiet": Command.DONT_KNOW,
    "kb": Command.DONT_KNOW,
    "den": Command.GO,
    "trogiup": Command.HELP,
    "?": Command.HELP,
    "ngonngu": Command.LANGUAGE,
    "ghichu": Command.NOTE,
    "mucluc": Command.OUTLINE,
    "thoat": Command.QUIT,
    "nghi": Command.QUIT,
    "tuchoi": Command.REFUSED,
    "tc": Command.REFUSED,
    "doclai": Command.REPEAT,
    "boqua": Command.SKIP,
}


class Order(NamedTuple):
    """A command with the rest of its line (a note's text, where to go)."""

    command: Command
    argument: str


def parse_command(line: str) -> Order | None:
    """The order that a line (without its ``/``) gives; ``None`` if there is no such command."""
    for size in (2, 1):
        parts = line.split(maxsplit=size)
        name = fold("".join(parts[:size]))
        if name in _NAMES:
            return Order(_NAMES[name], " ".join(parts[size:]))
    return None
