"""Finding communes by what a surveyor types: no marks, any order, initials, codes, areas of before."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from survey_tui.places.search_index import Entry
from survey_tui.vietnamese import words

Rank = tuple[int, int, str, str]

# How well an entry answers; the lower the better.
EXACT, EXACT_IN, START, PHRASE, FORMER, WORDS, INITIALS, AREA, LOOSE_IN, FORMER_PART, NONE = range(11)
TYPE_STARTS = {" xa", " phuong", " dac"}


def matching(text: str, entries: Iterable[Entry]) -> list[str]:
    """Codes of the communes that answer the text, best first.

    Every word of the text must start a word of the commune's name, be its initials or the beginning of its
    code, its type, or belong to its province (of today or before) or to a commune or district of which it was
    made. The order: the exact name or code; the exact name in the province named; names that start so; the
    words together inside the name; communes that took in one of exactly this name; the words in any order;
    initials; such a name in the province named; parts of names of before; and where only the province was
    named. Then the shorter name first.
    """
    wanted = words(text)
    if not wanted:
        return []
    known = list(entries)
    found = _ranked(wanted, known, lambda entry: entry.old)
    if not found and not "".join(wanted).isdigit():
        found = _ranked(wanted, known, Entry.old_short)
    return [rank[-1] for rank in sorted(found)]


def _ranked(wanted: list[str], entries: list[Entry], old: Callable[[Entry], str]) -> list[Rank]:
    parts = [f" {word}" for word in wanted]
    typed = parts[0] in TYPE_STARTS
    found = []
    for entry in entries:
        quality = _score(entry, parts, old)
        if quality == NONE:
            continue
        if typed and "".join(parts).startswith(f"{entry.type} "):
            after = parts[entry.type.count(" ") :]  # xã Bình Xa: only the first xa is the type
            quality = min(quality, _score(entry, after, old))
        found.append((quality, len(entry.phrase), entry.phrase, entry.code))
    return found


def _score(entry: Entry, parts: list[str], old: Callable[[Entry], str]) -> int:
    """How well an entry answers the words, NONE if not."""
    rest = [part for part in parts if part not in entry.keys]
    if not rest:
        return min(_quality(entry, parts), _former(entry, parts), _with_area(entry, parts))
    others = f"{entry.area}{entry.type}"
    missing = [part for part in rest if part not in others]
    if missing:
        names = old(entry)
        if not all(part in names for part in missing):
            return NONE
        return min(_former(entry, missing), _former(entry, parts), FORMER_PART)
    named = [part for part in parts if part not in rest]
    quality = _quality(entry, named) if named else NONE
    if any(part not in entry.type for part in rest):
        quality = LOOSE_IN
    if not named or "".join(parts) in entry.area:
        quality = min(quality, AREA)
    return min(quality, _former(entry, parts), _with_area(entry, parts))


def _quality(entry: Entry, parts: list[str]) -> int:
    """How well the name answers words that are all in its keys."""
    phrase, name = "".join(parts), f" {entry.phrase}"
    if phrase == name or phrase[1:] == entry.code or phrase.replace(" ", "") == name.replace(" ", ""):
        return EXACT
    if name.startswith(phrase) or entry.code.startswith(phrase[1:]):
        return START
    if phrase in name:
        return PHRASE
    return WORDS if all(part in name for part in parts) else INITIALS


def _with_area(entry: Entry, parts: list[str]) -> int:
    """EXACT_IN for the exact name before or after its province, even sharing words (Hải Ninh, Quảng Ninh)."""
    length, name = entry.phrase.count(" ") + 1, f" {entry.phrase}"
    before, after = parts[:-length], parts[length:]
    if after and "".join(parts[:length]) == name and "".join(after) in entry.area:
        return EXACT_IN
    return EXACT_IN if before and "".join(parts[-length:]) == name and "".join(before) in entry.area else NONE


def _former(entry: Entry, parts: list[str]) -> int:
    """FORMER if the words are exactly the name of a commune or district of before, else NONE."""
    return FORMER if f";{''.join(parts)} ;" in entry.old else NONE
