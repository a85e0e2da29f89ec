"""Vietnamese letters: a vowel may have a mark of its own (ă â ê ô ơ ư) and carries one of six tones."""

from __future__ import annotations

from enum import IntEnum


class Tone(IntEnum):
    """The six tones, numbered as the VNI keys are."""

    LEVEL = 0  # ngang
    SAC = 1
    HUYEN = 2
    HOI = 3
    NGA = 4
    NANG = 5


# One row a vowel letter: the letter without tone, then its forms in the order of Tone.
_ROWS = (
    "aáàảãạ", "ăắằẳẵặ", "âấầẩẫậ", "eéèẻẽẹ", "êếềểễệ", "iíìỉĩị",
    "oóòỏõọ", "ôốồổỗộ", "ơớờởỡợ", "uúùủũụ", "ưứừửữự", "yýỳỷỹỵ",
)  # fmt: skip

VOWELS = frozenset(row[0] for row in _ROWS)
BASES = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}

_FORMS = {row[0]: row for row in _ROWS}
_SPLIT = {form: (row[0], Tone(index)) for row in _ROWS for index, form in enumerate(row)}


def split_tone(letter: str) -> tuple[str, Tone]:
    """A lower-case letter without its tone, and the tone: ``ệ`` gives ``ê`` and NANG."""
    return _SPLIT.get(letter, (letter, Tone.LEVEL))


def with_tone(letter: str, tone: Tone) -> str:
    """A lower-case letter without tone, given one; a consonant stays as it is."""
    return _FORMS[letter][tone] if letter in _FORMS else letter
