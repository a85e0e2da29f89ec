"""Text → tokens, as JavaRosa's lexer cuts it.

What stands before decides what a sign means: after a value, ``-`` subtracts, ``*`` multiplies and ``and``,
``or``, ``div``, ``mod`` are operators even without a space behind them; elsewhere they are a sign, a
wildcard and names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from survey_tui.expressions.failures import A_VALUE, AN_OPERATOR, failure, syntax_failure

__all__ = ["MAX_LENGTH", "Token", "tokenize"]

MAX_LENGTH = 100_000
"""Characters. The longest expression of a real form has some thousands."""

_STRAIGHT_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_SPACE = " \n\t\f\r"
_WORD_OPERATORS = ("and", "or", "div", "mod")
_REFERENCE = re.compile(r"\$\{(last-saved#)?([^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?)\}")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_RUN_OF_SPACES = re.compile(r"[ ]+")
_ENDS_VALUE = frozenset({"number", "text", "name", "reference", "saved", ")", "]", ".", "..", "*any"})


class Token(NamedTuple):
    """``kind`` is ``number``, ``text``, ``name``, ``reference``, ``saved`` (a last-saved reference),
    ``operator``, ``sign`` (a minus before a value), ``*any``, ``end``, or the sign itself: ``( ) [ ] , . ..
    / // @ ::``."""

    kind: str
    value: str
    pos: int


def tokenize(text: str) -> list[Token]:
    """Cut ``text`` into tokens, an ``end`` token last.

    Smart quotes count as straight ones and runs of spaces within a text as one, as pyxform does to every
    cell.

    :raises ExpressionError: ``expressions_syntax`` or ``expressions_too_long``
    """
    if len(text) > MAX_LENGTH:
        raise failure("too_long", length=len(text), limit=MAX_LENGTH)
    text = text.translate(_STRAIGHT_QUOTES)
    tokens: list[Token] = []
    at, after_value = 0, False
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
            continue
        token, at = _next(text, at, after_value)
        tokens.append(token)
        after_value = token.kind in _ENDS_VALUE
    tokens.append(Token("end", "", len(text)))
    return tokens


def _next(text: str, at: int, after_value: bool) -> tuple[Token, int]:
    char, pair = text[at], text[at : at + 2]
    if pair in ("!=", "<=", ">="):
        return Token("operator", pair, at), at + 2
    if char in "=<>+|" or (char in "-*" and after_value):
        return Token("operator", char, at), at + 1
    if char == "-":
        return Token("sign", char, at), at + 1
    if char == "*":
        return Token("*any", char, at), at + 1
    if pair in ("//", "..", "::"):
        return Token(pair, pair, at), at + 2
    if char in "/[](),@":
        return Token(char, char, at), at + 1
    if char in "0123456789.":
        return _number_or_dot(text, at)
    if char in "'\"":
        return _quoted(text, at)
    if char == "$":
        return _reference(text, at)
    return _word(text, at, after_value)


def _number_or_dot(text: str, at: int) -> tuple[Token, int]:
    match = _NUMBER.match(text, at)
    if match is None:
        return Token(".", ".", at), at + 1
    return Token("number", match.group(), at), match.end()


def _quoted(text: str, at: int) -> tuple[Token, int]:
    end = text.find(text[at], at + 1)
    if end < 0:
        raise syntax_failure(at, text[at : at + 20], text[at])
    value = _RUN_OF_SPACES.sub(" ", text[at + 1 : end])
    for space in "\n\r":
        value = value.replace(space, " ")
    return Token("text", value, at), end + 1


def _reference(text: str, at: int) -> tuple[Token, int]:
    match = _REFERENCE.match(text, at)
    if match is None:
        raise syntax_failure(at, text[at : at + 20], "${name}")
    return Token("saved" if match.group(1) else "reference", match.group(2), at), match.end()


def _word(text: str, at: int, after_value: bool) -> tuple[Token, int]:
    if after_value:
        for word in _WORD_OPERATORS:
            if text.startswith(word, at):
                return Token("operator", word, at), at + len(word)
        raise syntax_failure(at, text[at : at + 20], AN_OPERATOR)
    end = _name_end(text, at)
    if end == at:
        raise syntax_failure(at, text[at : at + 20], A_VALUE)
    if text.startswith(":", end) and _name_end(text, end + 1) > end + 1:
        end = _name_end(text, end + 1)
    return Token("name", text[at:end], at), end


def _name_end(text: str, at: int) -> int:
    """Where the name that begins at ``at`` ends; ``at`` itself when none begins there."""
    end = at
    while end < len(text):
        char = text[end]
        starts = char == "_" or char.islower() or char.isupper()
        if not starts and (end == at or not (char.isdecimal() or char in ".-")):
            break
        end += 1
    return end
