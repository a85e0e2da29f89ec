"""Regular expressions as Java reads them, matched against the whole text and within a time limit.

A pattern that is only classes, escapes and literals with at most one open repetition cannot run away and means the
same to Python: the standard library matches it. Everything else is translated for the ``regex`` library, which is
imported when first needed and stops after :data:`TIME_LIMIT`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from survey_tui.expressions.failures import failure

__all__ = ["TIME_LIMIT", "Pattern", "check_pattern"]

TIME_LIMIT = 0.5
"""Seconds for one match."""

_MOST_SIGNS = 10_000

_SIMPLE = re.compile(
    r"""\^?(?:
        (?: [^\\^$.|?*+()\[\]{}\n] | \\[dwsDWS.+*?(){}\[\]\-/^$|] | \. | \[\^?[^\]\[\\&^]+\] )
        (?: \{[0-9]{1,3}(?:,[0-9]{1,3})?\} | \? )?
    )*\$?""",
    re.VERBOSE,
)
_SIMPLE_OPEN = re.compile(r"(?<!\\)[*+]|\{[0-9]+,\}")

_ESCAPES = frozenset("tnrfaecxu0123456789dDhHsSvVwWbBAGZzRXQEpPkN")
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7F",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0B\f\r",
}
_QUANTIFIER = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_PROPERTY = re.compile(r"\{([^}]*)\}|([A-Za-z])")


class _Compiled(Protocol):
    def fullmatch(self, string: str) -> object: ...


class Pattern:
    """A Java pattern, compiled when it is first matched. ``position`` is where it stands in the expression."""

    __slots__ = ("position", "source")

    def __init__(self, source: str, position: int = -1) -> None:
        self.source = source
        self.position = position

    def matches(self, text: str) -> bool:
        """Whether the whole ``text`` matches.

        :raises ExpressionError: ``expressions_regex`` for a bad pattern, ``expressions_regex_slow`` at the time limit
        """
        simple, compiled = _compiled(self.source, self.position)
        if simple:
            return compiled.fullmatch(text) is not None  # type: ignore[attr-defined]
        try:
            return compiled.fullmatch(text, timeout=TIME_LIMIT) is not None  # type: ignore[attr-defined]
        except TimeoutError as error:
            raise failure("regex_slow", self.position, pattern=self.source[:80], seconds=TIME_LIMIT) from error


def check_pattern(source: str) -> None:
    """:raises ExpressionError: ``expressions_regex`` when Java would not take the pattern"""
    _compiled(source, -1)


@lru_cache(maxsize=256)
def _compiled(source: str, position: int) -> tuple[bool, object]:
    """Whether the standard library matches it, and the compiled pattern."""
    if len(source) > _MOST_SIGNS:
        raise failure("regex", position, pattern=source[:80], reason="too long")
    if _is_simple(source):
        return True, re.compile(source, re.ASCII)
    import regex

    try:
        return False, regex.compile(_translated(source, position), regex.V1 | regex.ASCII)
    except (regex.error, ValueError, OverflowError, RecursionError, KeyError) as error:
        raise failure("regex", position, pattern=source[:80], reason=str(error)[:120]) from error


def _is_simple(source: str) -> bool:
    opened = _SIMPLE_OPEN.findall(source)
    if len(opened) > 1 or len(source) > 200:
        return False
    return _SIMPLE.fullmatch(_SIMPLE_OPEN.sub("", source)) is not None and not _starts_with_quantifier(source)


def _starts_with_quantifier(source: str) -> bool:
    return re.search(r"(?:^\^?|\}|\?|[*+])[*+{?]", source) is not None


def _translated(source: str, position: int) -> str:
    """The same for the ``regex`` library (version 1 behaviour), which has most of Java's syntax."""
    parts: list[str] = []
    at, depth = 0, 0  # depth: within how many character classes
    while at < len(source):
        char = source[at]
        if char == "\\":
            part, at = _escape(source, at, depth > 0, position)
            parts.append(part)
            continue
        if char == "[":
            depth += 1
            if source.startswith("]", at + 1) or source.startswith("^]", at + 1):
                end = source.index("]", at)
                parts.append(source[at:end] + r"\]")
                at = end + 1
                continue
        elif char == "]" and depth:
            depth -= 1
        elif char == "{" and not depth and _QUANTIFIER.match(source, at) is None:
            raise failure("regex", position, pattern=source[:80], reason=f"'{{' at {at}")
        elif depth and source[at : at + 2] in ("--", "~~", "||"):
            char = "\\" + char  # operators of the library, plain signs in Java
        parts.append(char)
        at += 1
    return "".join(parts)


def _escape(source: str, at: int, in_class: bool, position: int) -> tuple[str, int]:
    sign = source[at + 1 : at + 2]
    if sign == "" or (sign.isascii() and sign.isalnum() and sign not in _ESCAPES):
        raise failure("regex", position, pattern=source[:80], reason=f"'\\{sign}' at {at}")
    if sign == "Q":
        end = source.find(r"\E", at)
        quoted = source[at + 2 : end if end >= 0 else len(source)]
        return re.escape(quoted), (end + 2 if end >= 0 else len(source))
    if sign == "z":
        return r"\Z", at + 2
    if sign in "pP":
        return _property(source, at, in_class, position)
    if sign == "e":
        return r"\x1B", at + 2
    if sign == "h":
        return (r" \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000" if in_class else r"[ \t\xA0\u1680\u2000-\u200a\u202f\u205f\u3000]"), at + 2
    return source[at : at + 2], at + 2


def _property(source: str, at: int, in_class: bool, position: int) -> tuple[str, int]:
    match = _PROPERTY.match(source, at + 2)
    if match is None:
        raise failure("regex", position, pattern=source[:80], reason=f"\\p at {at}")
    name = match.group(1) or match.group(2)
    negative = source[at + 1] == "P"
    if name in _POSIX and not (in_class and negative):
        inner = _POSIX[name]
        return (inner if in_class else f"[{'^' if negative else ''}{inner}]"), match.end()
    return f"\\{source[at + 1]}{{{name}}}", match.end()
