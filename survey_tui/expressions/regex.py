"""Java's regular expressions, matched against the whole text and within a time limit.

A pattern of only classes, escapes and literals with at most one open repetition cannot backtrack
catastrophically and means the same in Python: the standard library matches it. Any other is translated for
the ``regex`` library, which is imported when first needed and stops after :data:`TIME_LIMIT`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from survey_tui.expressions.failures import failure

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
_CLASSES = {
    "d": "0-9",
    "w": "a-zA-Z0-9_",
    "s": r" \t\n\x0B\f\r",
    "h": r" \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000",
    "v": r"\n\x0B\f\r\x85\u2028\u2029",
}
"""What Java's short classes mean: ASCII only, where Python's mean Unicode."""
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7F",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": r"\ -~",
    "Blank": r"\ \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0B\f\r",
}
_OTHER = {"z": r"\Z", "Z": r"(?=\n?\Z)", "e": r"\x1B", "R": r"(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])"}
_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(-[a-zA-Z]+)?(?=[:)])")
_JAVA_FLAGS = frozenset("idmsuxU-")
_ASCII_FOLD = re.compile(r"\(\?(?=[ismx]*i)([ismx]+)\)(?!.*\(\?[a-zA-Z-]*[iu-])", re.DOTALL)
"""A pattern that ignores case from its beginning, as Java does without ``u``: of ASCII letters only."""
_UNICODE = re.compile(r"\(\?[a-z]*U")
"""With this flag at its beginning the short classes of a pattern are Unicode's."""
_GROUP = re.compile(r"\\.|\((?!\?(?!<[A-Za-z]))", re.DOTALL)
_OCTAL = re.compile(r"[0-3]?[0-7]{1,2}")
_LETTERS = re.compile(r"([A-Za-z])(?:-([A-Za-z]))?")
_QUANTIFIER = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_PROPERTY = re.compile(r"\{([^}]*)\}|([A-Za-z])")


class Pattern:
    """A Java pattern, compiled when first matched. ``position`` is its offset in the expression."""

    __slots__ = ("_fast", "position", "source")

    def __init__(self, source: str, position: int = -1) -> None:
        self.source = source
        self.position = position
        self._fast: re.Pattern[str] | None = None  # once matched by the standard library

    def matches(self, text: str) -> bool:
        """Whether the whole ``text`` matches.

        :raises ExpressionError: ``expressions_regex`` for a bad pattern, ``expressions_regex_slow`` at the
            time limit
        """
        if self._fast is not None:
            return self._fast.fullmatch(text) is not None
        simple, compiled = _compile(self.source, self.position)
        if simple:
            self._fast = compiled
            return self._fast.fullmatch(text) is not None
        try:
            return compiled.fullmatch(text, timeout=TIME_LIMIT) is not None
        except TimeoutError as error:
            raise failure(
                "regex_slow", self.position, pattern=self.source[:80], seconds=TIME_LIMIT
            ) from error


def check_pattern(source: str) -> None:
    """Check a pattern.

    :raises ExpressionError: ``expressions_regex`` when Java would refuse it
    """
    _compile(source, -1)


@lru_cache(maxsize=256)
def _compile(source: str, position: int) -> tuple[bool, Any]:
    """Whether the standard library matches it, and the compiled pattern."""
    if len(source) > _MOST_SIGNS:
        raise failure("regex", position, pattern=source[:80], reason="too long")
    if _is_simple(source):
        try:
            return True, re.compile(source, re.ASCII)
        except re.error as error:
            raise failure("regex", position, pattern=source[:80], reason=str(error)[:120]) from error
    import regex  # type: ignore[import-untyped]

    try:
        return False, regex.compile(_translate(source, position), regex.V1)
    except (regex.error, ValueError, OverflowError, RecursionError, KeyError) as error:
        raise failure("regex", position, pattern=source[:80], reason=str(error)[:120]) from error


def _is_simple(source: str) -> bool:
    opened = _SIMPLE_OPEN.findall(source)
    if len(opened) > 1 or len(source) > 200:
        return False
    return _SIMPLE.fullmatch(_SIMPLE_OPEN.sub("", source)) is not None and not _starts_with_quantifier(source)


def _starts_with_quantifier(source: str) -> bool:
    return re.search(r"(?:^\^?|\}|\?|[*+])[*+{?]", source) is not None


def _translate(source: str, position: int) -> str:
    """The pattern for the ``regex`` library (version 1 behaviour), which has most of Java's syntax."""
    parts: list[str] = []
    at, depth = 0, 0  # depth: within how many character classes
    fold = _ASCII_FOLD.match(source)
    if fold:
        at = fold.end()
        parts.append(_plain_flags(fold.group(1).replace("i", "")))
    while at < len(source):
        char = source[at]
        if char == "\\":
            part, at = _escape(source, at, position)
        elif fold and (letters := _LETTERS.match(source, at)):
            part, at = _both_cases(letters, depth)
        elif char == "(" and not depth and (flags := _FLAGS.match(source, at)):
            part, at = _flags(flags, position), flags.end()
        elif not depth and source.startswith("(?P", at):
            raise failure("regex", position, pattern=source[:80], reason=f"'(?P' at {at}")
        elif char == "{" and not depth and _QUANTIFIER.match(source, at) is None:
            raise failure("regex", position, pattern=source[:80], reason=f"'{{' at {at}")
        else:
            part, at, depth = _sign(source, at, depth)
        parts.append(part)
    return "".join(parts)


def _sign(source: str, at: int, depth: int) -> tuple[str, int, int]:
    """Translation of a sign that is no escape, the next offset, and the depth in character classes."""
    char = source[at]
    if char == "[":
        opening = "[^" if source.startswith("^", at + 1) else "["
        literal = source.startswith("]", at + len(opening))  # a bracket that comes first closes nothing
        return opening + (r"\]" if literal else ""), at + len(opening) + literal, depth + 1
    if char == ":" and depth:
        return r"\:", at + 1, depth  # [:alpha:] is no class in Java
    if char == "]" and depth:
        return char, at + 1, depth - 1
    if depth and source[at : at + 2] in ("--", "~~", "||"):
        return "\\" + char, at + 1, depth  # operators of the library, plain signs in Java
    return char, at + 1, depth


def _plain_flags(flags: str) -> str:
    return f"(?{flags})" if flags else ""


def _both_cases(match: re.Match[str], depth: int) -> tuple[str, int]:
    """A letter, or a range of letters within a class, in both cases; and the next offset."""
    first, last = match.groups()
    if not depth:
        return f"[{first.lower()}{first.upper()}]", match.start() + 1
    if last is None:
        return first.lower() + first.upper(), match.end()
    if first.islower() != last.islower():
        return match.group(), match.end()
    return f"{first.lower()}-{last.lower()}{first.upper()}-{last.upper()}", match.end()


def _flags(match: re.Match[str], position: int) -> str:
    """``(?i…`` without the flags that only Java has; folding case is Unicode-wide here."""
    if not _JAVA_FLAGS.issuperset(match.group(1) + (match.group(2) or "")):
        raise failure("regex", position, pattern=match.string[:80], reason=f"'{match.group()}'")
    on = "".join(flag for flag in match.group(1) if flag in "imsx")
    off = "".join(flag for flag in match.group(2) or "" if flag in "imsx")
    return f"(?{on}{'-' + off if off else ''}"


def _escape(source: str, at: int, position: int) -> tuple[str, int]:
    sign = source[at + 1 : at + 2]
    if sign == "" or (sign.isascii() and sign.isalnum() and sign not in _ESCAPES):
        raise failure("regex", position, pattern=source[:80], reason=f"'\\{sign}' at {at}")
    if sign.isdigit() or sign in ("c", "N"):
        return _special(source, at, position)
    if sign == "Q":
        end = source.find(r"\E", at)
        quoted = source[at + 2 : end if end >= 0 else len(source)]
        return re.escape(quoted), (end + 2 if end >= 0 else len(source))
    if sign in "dDsSwW" and _UNICODE.match(source):
        return source[at : at + 2], at + 2
    if sign.lower() in _CLASSES:
        return f"[{'^' if sign.isupper() else ''}{_CLASSES[sign.lower()]}]", at + 2
    if sign in "pP":
        return _property(source, at, position)
    return _OTHER.get(sign, source[at : at + 2]), at + 2


def _special(source: str, at: int, position: int) -> tuple[str, int]:
    """Escapes that Java reads differently: octal numbers, control signs, names, unknown groups."""
    sign = source[at + 1]
    octal = _OCTAL.match(source, at + 2) if sign == "0" else None
    if octal is not None:
        return re.escape(chr(int(octal.group(), 8))), octal.end()
    if sign == "c" and at + 2 < len(source):
        return re.escape(chr(ord(source[at + 2]) ^ 64)), at + 3
    if sign in "0c" or (sign == "N" and not source.startswith("{", at + 2)):
        raise failure("regex", position, pattern=source[:80], reason=f"'\\{sign}' at {at}")
    groups = sum(found.group() == "(" for found in _GROUP.finditer(source))
    if sign.isdigit() and int(sign) > groups:
        return "(?!)", at + 2  # a group that is not there matches nothing
    return source[at : at + 2], at + 2


def _property(source: str, at: int, position: int) -> tuple[str, int]:
    match = _PROPERTY.match(source, at + 2)
    if match is None:
        raise failure("regex", position, pattern=source[:80], reason=f"\\p at {at}")
    name = match.group(1) or match.group(2)
    if name in _POSIX:
        return f"[{'^' if source[at + 1] == 'P' else ''}{_POSIX[name]}]", match.end()
    return f"\\{source[at + 1]}{{{name.replace('java', '')}}}", match.end()
