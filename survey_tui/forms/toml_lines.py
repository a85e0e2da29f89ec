"""Where the tables of a TOML text stand: ``tomllib`` gives values without line numbers.

Only what findings need is recognised: the headers of arrays of tables (``[[question]]``), outside strings and
comments, and keys with so many dots that parsing them would take quadratic time.
"""

from __future__ import annotations

import re

__all__ = ["header_lines", "outline_text", "too_many_dots"]

# No possessive repeat of a group: Python before 3.11.5 (Debian 12 has 3.11.2) matches it wrongly.
_TOKEN = re.compile(
    r'''
      """(?:[^"\\]++|\\.|"(?!""))*(?:"""|\Z)     # strings over several lines
    | \'\'\'(?:[^']++|'(?!''))*(?:\'\'\'|\Z)
    | "(?:[^"\\\n]++|\\.)*"?                     # strings on one line
    | '[^'\n]*+'?
    | \#[^\n]*+                                  # comments
    ''',
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(
    r"^[ \t]*\[\[[ \t]*([A-Za-z_]+(?:[ \t]*\.[ \t]*[A-Za-z_]+)?)[ \t]*\]\][ \t]*$", re.MULTILINE
)
_DOTTED = re.compile(r"(?<![\w\-.])(?:[\w-]++[ \t]*+\.[ \t]*+){20}")


def outline_text(text: str) -> str:
    """``text`` with strings as ``_`` and comments removed; line breaks inside them are kept."""

    def blank(match: re.Match[str]) -> str:
        token = match.group()
        breaks = "\n" * token.count("\n")
        return breaks if token.startswith("#") else f"_{breaks}"

    return _TOKEN.sub(blank, text)


def header_lines(outline: str) -> dict[str, list[int]]:
    """Lines (from 1) of the headers of each array of tables, in order, from an :func:`outline_text`."""
    lines: dict[str, list[int]] = {}
    number, position = 1, 0
    for match in _HEADER.finditer(outline):
        number += outline.count("\n", position, match.start(1))
        position = match.start(1)
        lines.setdefault(re.sub(r"\s", "", match.group(1)), []).append(number)
    return lines


def too_many_dots(outline: str) -> int:
    """Line (from 1) of a key with twenty dots or more in an :func:`outline_text`; 0 when there is none."""
    match = _DOTTED.search(outline)
    return outline.count("\n", 0, match.start()) + 1 if match else 0
