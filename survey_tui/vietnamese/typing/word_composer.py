"""Rules that Telex and VNI share: a word composed from its keys.

A word is composed anew from all its keys at each key, so that marks may come in any order (``vieetj``,
``vietej``) and a word that turns out not to be Vietnamese gets its keys back as typed (``password``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from survey_tui.vietnamese.typing.letters import BASES, VOWELS, Tone, split_tone, with_tone
from survey_tui.vietnamese.typing.syllable import is_syllable, may_become_syllable, tone_fits, tone_index

# The longest syllable, nghiêng, has 7 letters and takes at most 2 further keys; corrections add some more.
LONGEST = 16


@dataclass(frozen=True)
class Layout:
    """Keys of a typing method and their effects, in lower case.

    ``tones``: key to tone. ``marks``: key to letters and their marked forms. ``standalone``: key to the
    letter that it makes where there is no letter to mark. ``plain``: beginnings that are never
    Vietnamese. ``digits``: whether digits are keys of the method, and so part of a word.
    """

    tones: dict[str, Tone]
    marks: dict[str, dict[str, str]]
    standalone: dict[str, str] = field(default_factory=dict)
    plain: tuple[str, ...] = ()
    digits: bool = False


class Kind(Enum):
    """Origin of the text of a word."""

    PLAIN = "plain"  # the keys as typed
    VIETNAMESE = "vietnamese"  # with marks
    UNDONE = "undone"  # a mark was removed by its doubled key; the rest is as typed


@dataclass(frozen=True)
class Composed:
    """A word composed from keys. ``complete`` is false while marked letters are not yet a syllable."""

    text: str
    kind: Kind
    complete: bool = True


def compose(keys: str, layout: Layout, *, modern: bool = False) -> Composed:
    """The word that ``keys`` (NFC) make; ``modern`` places tones as in ``hoà``, not as in ``hòa``."""
    plain = Composed(keys, Kind.PLAIN)
    if len(keys) > LONGEST or _mixed_case(keys) or keys.lower().startswith(layout.plain or ("\0",)):
        return plain
    word = _Word(layout)
    for position, key in enumerate(keys):
        word.press(key, position)
    if word.undone_at is not None:
        # If the word would have been left alone without the second key, that key was meant as a letter.
        single = keys[: word.undone_at] + keys[word.undone_at + 1 :]
        needed = compose(single, layout, modern=modern).kind is not Kind.PLAIN
        return Composed(word.text(modern=modern), Kind.UNDONE) if needed else plain
    letters = "".join(word.letters)
    if not word.changed or not word.is_plausible():
        return plain
    marked = word.tone or any(letter in BASES for letter in letters)
    complete = not marked or not VOWELS.intersection(letters) or is_syllable(word.spelling())
    return Composed(word.text(modern=modern), Kind.VIETNAMESE, complete)


def keys_for(word: str, layout: Layout) -> str:
    """Keys that make ``word`` (NFC): each mark after its letter, the tone last."""
    mark_keys = {marked: key for key, marks in layout.marks.items() for marked in marks.values()}
    tone_keys = {tone: key for key, tone in layout.tones.items()}
    keys: list[str] = []
    last = ""
    for character in word:
        letter, tone = split_tone(character.lower())
        plain = BASES.get(letter, letter) if letter in mark_keys else letter
        pair = plain + mark_keys.get(letter, "")
        if letter == "o" and keys and keys[-1] in {"o", "O"} and "o" in layout.marks:
            pair = "oo"  # xoong: two keys would make xông
        keys.append(pair.upper() if character != character.lower() else pair)
        last = tone_keys[tone] if tone else last
    text = "".join(keys) + last
    return text.upper() if word == word.upper() else text


def _mixed_case(keys: str) -> bool:
    """Whether a capital follows a small letter, as in ``MoMo`` and ``iPhone``: never in Vietnamese."""
    return any(first.islower() and second.isupper() for first, second in pairwise(keys))


class _Word:
    """A word being composed: letters (lower case, no tone), flags of capitals, tone."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.letters: list[str] = []
        self.capital: list[bool] = []
        self.tone = Tone.LEVEL
        self.changed = False
        self.undone_at: int | None = None
        self._stands_for: set[int] = set()  # letters that one standalone key made

    def press(self, key: str, position: int) -> None:
        lower = key.lower()
        capital = key != lower
        if self.undone_at is None:
            if self._put_tone(lower) or self._put_mark(lower) or self._put_standalone(lower, capital=capital):
                self.changed = True
                return
            if self._undo(lower) and not (lower in VOWELS and self.is_plausible(lower)):
                self.undone_at = position  # but the third o of xooong makes oo, and the word goes on
        self._append(lower, capital=capital)

    def _append(self, letter: str, *, capital: bool) -> None:
        self.letters.append(letter)
        self.capital.append(capital)

    def is_plausible(self, more: str = "") -> bool:
        """Whether the letters (and ``more``) can become a syllable, or have no vowel (``QĐ``)."""
        text = "".join(self.letters) + more
        return not VOWELS.intersection(text) or (may_become_syllable(text) and tone_fits(text, self.tone))

    def _put_tone(self, key: str) -> bool:
        tone = self.layout.tones.get(key, self.tone)
        text = "".join(self.letters)
        if (
            tone == self.tone
            or tone_index(text) is None
            or not (self.is_plausible() and tone_fits(text, tone))
        ):
            return False
        self.tone = tone
        return True

    def _put_mark(self, key: str) -> bool:
        marks = self.layout.marks.get(key, {})
        before = self.letters
        for letters in self._with_mark(marks):
            self.letters = letters
            if self.is_plausible():
                return True
        self.letters = before
        return False

    def _with_mark(self, marks: dict[str, str]) -> list[list[str]]:
        """The letters with the mark in each place, likeliest first: both letters of ươ, then from the end."""
        letters, found = self.letters, []
        if "u" in marks and "o" in marks:
            for index, pair in enumerate(pairwise(letters)):
                if pair in {("u", "o"), ("ư", "o"), ("u", "ơ"), ("u", "ô")}:
                    found.append([*letters[:index], "ư", "ơ", *letters[index + 2 :]])
        voiced = bool(VOWELS.intersection(letters))
        for index, letter in reversed(list(enumerate(letters))):
            if letter in marks and (letter != "d" or index == 0 or not voiced):
                found.append([*letters[:index], marks[letter], *letters[index + 1 :]])
        return found

    def _put_standalone(self, key: str, *, capital: bool) -> bool:
        letter = self.layout.standalone.get(key)
        if (
            letter is None
            or letter in self.letters
            or not may_become_syllable("".join([*self.letters, letter]))
        ):
            return False
        self._stands_for.add(len(self.letters))
        self._append(letter, capital=capital)
        return True

    def _undo(self, key: str) -> bool:
        """Remove the mark that this key made; ``False`` if it made none."""
        if not self.is_plausible():
            return False
        if key in self.layout.tones and self.layout.tones[key] == self.tone != Tone.LEVEL:
            self.tone = Tone.LEVEL
            return True
        made = set(self.layout.marks.get(key, {}).values())
        if not VOWELS.intersection(self.letters) and self.letters[-1:] != ["đ"]:
            return False  # the second D of HĐND
        if not made.intersection(self.letters) or may_become_syllable("".join([*self.letters, key])):
            return False
        kept = [index for index in range(len(self.letters)) if index not in self._stands_for]
        self.capital = [self.capital[index] for index in kept]
        self.letters = [
            BASES[self.letters[index]] if self.letters[index] in made else self.letters[index]
            for index in kept
        ]
        return True

    def spelling(self) -> str:
        """The letters as they are spelled: an open ươ is uơ (``thuở``)."""
        text = "".join(self.letters)
        return f"{text[:-2]}uơ" if text.endswith("ươ") else text

    def text(self, *, modern: bool) -> str:
        letters = list(self.spelling())
        place = tone_index("".join(letters), modern=modern)
        if place is not None:
            letters[place] = with_tone(letters[place], self.tone)
        return "".join(one.upper() if big else one for one, big in zip(letters, self.capital, strict=True))
