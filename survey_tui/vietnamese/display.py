"""Text made safe for a terminal, measured and cut in terminal columns."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from survey_tui.vietnamese.normal_form import nfc

# Cc: control and escape characters; Cf: bidi overrides, zero-width characters, tags; Cs: lone surrogates (not
# encodable); Co and Cn: no agreed appearance, so no known width.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_BREAKS = frozenset({"\n", "\v", "\f", "\x85", "\u2028", "\u2029"})


def clean(text: str, *, newlines: bool = False) -> str:
    """``text`` in NFC, without characters that control a terminal or change the reading direction.

    Tabs become spaces. Line breaks become spaces, or a plain newline when ``newlines`` is true. An escape
    sequence loses its escape character; its harmless rest is shown.
    """
    if text.isprintable():
        return nfc(text)
    line_break = "\n" if newlines else " "
    kept = []
    for character in text.replace("\r\n", "\n").replace("\r", "\n"):
        if character in _LINE_BREAKS:
            kept.append(line_break)
        elif character == "\t":
            kept.append(" ")
        elif category(character) not in _DROPPED:
            kept.append(character)
    return nfc("".join(kept))


def width(text: str) -> int:
    """Terminal columns of ``text``: 0 for a combining mark, 2 for a wide character or emoji, else 1."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def truncate(text: str, columns: int, *, ellipsis: str = "…") -> str:
    """``text`` cut to at most ``columns`` terminal columns; the cut is marked where the mark fits.

    A letter is never separated from its combining marks.
    """
    if width(text) <= columns:
        return text
    if width(ellipsis) > columns:
        return ""
    left = columns - width(ellipsis)
    end = 0
    for end, character in enumerate(text):  # noqa: B007  (the index of the first character that does not fit)
        left -= _columns(character)
        if left < 0:
            break
    return text[:end].rstrip() + ellipsis


def _columns(character: str) -> int:
    kind = category(character)
    if kind in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1
