"""Normal form, folding and initials of Vietnamese text."""

from __future__ import annotations

from unicodedata import combining, normalize

__all__ = ["fold", "initials", "nfc", "words"]

# Every Vietnamese vowel with a mark, grouped by the plain letter it folds to (NFC).
_MARKED = {
    "a": "àáảãạăằắẳẵặâầấẩẫậ",
    "e": "èéẻẽẹêềếểễệ",
    "i": "ìíỉĩị",
    "o": "òóỏõọôồốổỗộơờớởỡợ",
    "u": "ùúủũụưừứửữự",
    "y": "ỳýỷỹỵ",
    "d": "đ",
}
_FOLD = {ord(letter): plain for plain, letters in _MARKED.items() for letter in letters}


def nfc(text: str) -> str:
    """The text in Unicode normal form C, in which every Vietnamese letter is one character."""
    return text if text.isascii() else normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without marks, đ as d: what people type into a search box.

    NFC and NFD input give the same result; marks of other languages are dropped too.
    """
    folded = nfc(text).lower().translate(_FOLD)
    if folded.isascii():
        return folded
    bare = "".join(sign for sign in normalize("NFD", folded) if not combining(sign))
    return nfc(bare.lower().translate(_FOLD))


def words(text: str) -> list[str]:
    """The folded words of a text: runs of letters and digits, in order."""
    return "".join(sign if sign.isalnum() else " " for sign in fold(text)).split()


def initials(text: str) -> str:
    """First letters of the words, folded; a number stays whole: ``Khánh Thuận`` kt, ``Long Phú 12`` lp12."""
    return "".join(word if word.isdigit() else word[0] for word in words(text))
