"""Matching of short texts by what a surveyor types: without marks, in any order, or initials."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from survey_tui.vietnamese.normal_form import initials, words

Item = TypeVar("Item")

EXACT, START, PHRASE, WORDS, INITIALS, INSIDE, NONE = 60, 50, 40, 30, 20, 10, 0


def match(query: str, text: str) -> int:
    """Score of ``text`` for ``query``; 0 when it does not match, higher is better.

    Same words 60; the text starts with the query 50; the query is a phrase from the start of a word 40; every
    word of the query starts a word of the text, in any order 30; initials 20; found inside the text 10. An
    empty query matches every text equally.
    """
    wanted, present = words(query), words(text)
    if not wanted:
        return INSIDE
    phrase, whole = " ".join(wanted), " ".join(present)
    if phrase == whole:
        return EXACT
    if whole.startswith(phrase):
        return START
    if f" {phrase}" in f" {whole}":
        return PHRASE
    if all(any(word.startswith(part) for word in present) for part in wanted):
        return WORDS
    joined = "".join(wanted)
    if initials(text).startswith(joined):
        return INITIALS
    if joined in "".join(present):
        return INSIDE
    return NONE


def rank(query: str, items: Iterable[Item], text: Callable[[Item], str]) -> list[Item]:
    """Items whose ``text(item)`` matches, best first; equal scores keep their order."""
    scored = [(match(query, text(item)), item) for item in items]
    return [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score]
