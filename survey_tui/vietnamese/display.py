"""Making text from anywhere safe to show in a terminal, and to fit."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from survey_tui.vietnamese.normal_form import nfc

# Cc: control and escape characters; Cf: bidi overrides, zero-width signs, tags; Cs: lone surrogates (not
# encodable); Co and Cn: no agreed appearance, so no known width.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_BREAKS = frozenset({"\n", "\v", "\f", "\x85", "\u2028", "\u2029"})


def clean(text: str, *, newlines: bool = False) -> str:
    """The text in NFC with nothing left in it that could drive a terminal or turn the reading direction.

    Tabs become spaces. Line breaks become spaces, or a plain newline when ``newlines`` is true. An escape
    sequence loses its escape character and shows its harmless rest.
    """
    if text.isprintable():
        return nfc(text)
    line_break = "\n" if newlines else " "
    kept = []
    for sign in text.replace("\r\n", "\n").replace("\r", "\n"):
        if sign in _LINE_BREAKS:
            kept.append(line_break)
        elif sign == "\t":
            kept.append(" ")
        elif category(sign) not in _DROPPED:
            kept.append(sign)
    return nfc("".join(kept))


def width(text: str) -> int:
    """Terminal columns the text takes: 1 a letter, 0 a combining mark, 2 a wide East Asian sign or emoji."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def truncate(text: str, columns: int, *, ellipsis: str = "…") -> str:
    """The text cut to at most ``columns`` terminal columns; the cut is marked if there is room for the mark.

    A letter is never separated from its combining marks.
    """
    if width(text) <= columns:
        return text
    if width(ellipsis) > columns:
        return ""
    room = columns - width(ellipsis)
    end = 0
    for end, sign in enumerate(text):  # noqa: B007  (the index of the first sign without room)
        room -= _columns(sign)
        if room < 0:
            break
    return text[:end].rstrip() + ellipsis


def _columns(sign: str) -> int:
    kind = category(sign)
    if kind in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(sign) in {"W", "F"} else 1
