"""Search for communes: without marks, in any order, by initials, codes or legacy areas."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from survey_tui.places.search_index import SearchEntry
from survey_tui.vietnamese import words

Rank = tuple[int, int, str, str]

# Rank of a match; the lower the better.
EXACT, EXACT_IN, START, PHRASE, LEGACY, WORDS, INITIALS, AREA, LOOSE_IN, LEGACY_PART, NONE = range(11)
TYPE_STARTS = {" xa", " phuong", " dac"}


def find_communes(text: str, entries: Iterable[SearchEntry]) -> list[str]:
    """Codes of the communes that match ``text``, best first.

    Every word of the text must start a word of the commune's name, be its initials, its type or the beginning
    of its code, or belong to its province (of today or legacy) or to a legacy commune or district that it was
    made of. The order: the exact name or code; the exact name in the named province; names that start with
    the text; the text inside the name; communes made of a legacy area of exactly this name; the words in any
    order; initials; all communes of a named province; such a name in the named province; parts of legacy
    names. Within a rank the shorter name comes first.
    """
    wanted = words(text)
    if not wanted:
        return []
    known = list(entries)
    found = _rank_entries(wanted, known, lambda entry: entry.legacy)
    if not found and not "".join(wanted).isdigit():
        found = _rank_entries(wanted, known, SearchEntry.legacy_keys)
    return [rank[-1] for rank in sorted(found)]


def _rank_entries(
    wanted: list[str], entries: list[SearchEntry], legacy: Callable[[SearchEntry], str]
) -> list[Rank]:
    parts = [f" {word}" for word in wanted]
    typed = parts[0] in TYPE_STARTS
    found = []
    for entry in entries:
        quality = _entry_rank(entry, parts, legacy)
        if quality == NONE:
            continue
        if typed and "".join(parts).startswith(f"{entry.type} "):
            after = parts[entry.type.count(" ") :]  # xã Bình Xa: only the first xa is the type
            quality = min(quality, _entry_rank(entry, after, legacy))
        found.append((quality, len(entry.phrase), entry.phrase, entry.code))
    return found


def _entry_rank(entry: SearchEntry, parts: list[str], legacy: Callable[[SearchEntry], str]) -> int:
    """Rank of an entry for the words; NONE if it does not match."""
    rest = [part for part in parts if part not in entry.keys]
    if not rest:
        return min(_name_rank(entry, parts), _legacy_rank(entry, parts), _area_rank(entry, parts))
    others = f"{entry.area}{entry.type}"
    missing = [part for part in rest if part not in others]
    if missing:
        names = legacy(entry)
        if not all(part in names for part in missing):
            return NONE
        return min(_legacy_rank(entry, missing), _legacy_rank(entry, parts), LEGACY_PART)
    named = [part for part in parts if part not in rest]
    quality = _name_rank(entry, named) if named else NONE
    if any(part not in entry.type for part in rest):
        quality = LOOSE_IN
    if not named or "".join(parts) in entry.area:
        quality = min(quality, AREA)
    return min(quality, _legacy_rank(entry, parts), _area_rank(entry, parts))


def _name_rank(entry: SearchEntry, parts: list[str]) -> int:
    """Rank of the name for words that are all in its keys."""
    phrase, name = "".join(parts), f" {entry.phrase}"
    if phrase == name or phrase[1:] == entry.code or phrase.replace(" ", "") == name.replace(" ", ""):
        return EXACT
    if name.startswith(phrase) or entry.code.startswith(phrase[1:]):
        return START
    if phrase in name:
        return PHRASE
    return WORDS if all(part in name for part in parts) else INITIALS


def _area_rank(entry: SearchEntry, parts: list[str]) -> int:
    """EXACT_IN for the exact name before or after its province, even sharing words (Hải Ninh, Quảng Ninh)."""
    length, name = entry.phrase.count(" ") + 1, f" {entry.phrase}"
    before, after = parts[:-length], parts[length:]
    if after and "".join(parts[:length]) == name and "".join(after) in entry.area:
        return EXACT_IN
    return EXACT_IN if before and "".join(parts[-length:]) == name and "".join(before) in entry.area else NONE


def _legacy_rank(entry: SearchEntry, parts: list[str]) -> int:
    """LEGACY if the words are exactly the name of a legacy commune or district, else NONE."""
    return LEGACY if f";{''.join(parts)} ;" in entry.legacy else NONE
