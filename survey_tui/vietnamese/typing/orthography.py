"""Orthography of the tone mark: ``Hòa, Thúy`` (as in the official lists) or modern ``Hoà, Thuý``."""

from __future__ import annotations

import re

from survey_tui.vietnamese.normal_form import nfc
from survey_tui.vietnamese.typing.letters import Tone, split_tone, with_tone
from survey_tui.vietnamese.typing.syllable import is_syllable, tone_index

_WORD = re.compile(r"[^\W\d_]+")


def place_tones(text: str, *, modern: bool = False) -> str:
    """The text (made NFC) with the tone of every Vietnamese syllable in its place; other words unchanged."""
    return _WORD.sub(lambda found: _place_tone(found[0], modern=modern), nfc(text))


def _place_tone(word: str, *, modern: bool) -> str:
    parts = [split_tone(letter) for letter in word.lower()]
    tones = [tone for _, tone in parts if tone]
    letters = "".join(letter for letter, _ in parts)
    if len(tones) != 1 or len(letters) != len(word) or not is_syllable(letters):
        return word
    place = tone_index(letters, modern=modern)
    return "".join(
        _match_case(with_tone(letter, tones[0] if index == place else Tone.LEVEL), like=word[index])
        for index, letter in enumerate(letters)
    )


def _match_case(letter: str, *, like: str) -> str:
    return letter.upper() if like.isupper() else letter
