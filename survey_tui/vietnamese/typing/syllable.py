"""The written Vietnamese syllable: initials, rimes, their combinations, and the place of the tone mark.

Sources: the tables of initials and rimes of Vietnamese orthography as taught in primary school (Tiếng Việt
1), plus what frequent place names need beyond them: final ``k`` (Đắk Lắk), ``k`` before any vowel (Bắc Kạn,
Kon Tum), and the initials of Krông, Plông, Prông. The rest of the Central Highlands' spellings would let too
much English through.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product

from survey_tui.vietnamese.typing.letters import BASES, VOWELS, Tone

_INITIALS = "ngh ng nh n gh gi g kh kr k ph pl pr p qu q th tr t ch c b d đ h l m r s v x"
_RIMES = """
    a ai ao au ay ac ach ak am an ang anh ap at
    ăc ăk ăm ăn ăng ăp ăt  âu ây âc âk âm ân âng âp ât
    e eo ec ek em en eng ep et  ê êu êch êk êm ên êng ênh êp êt
    i ia iu ich ik im in inh ip it  iêu iêc iêm iên iêng iêp iêt  yêu yêm yên yêng yêt
    o oi oc ok om on ong op ot  ooc oong  oa oai oao oay oac oach oam oan oang oanh oap oat
    oăc oăm oăn oăng oăt oăp  oe oeo oem oen oet
    ô ôi ôc ôk ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
    u ua ui uc uk um un ung up ut  uân uâng uât uây  uê uêch uên uênh  uơ
    uôi uôc uôm uôn uông uôt  uy uya uyu uych uyn uynh uyp uyt uyên uyêt
    ư ưa ưi ưu ưc ưk ưm ưn ưng ưt  ươi ươu ươc ươm ươn ương ươp ươt  y
"""

INITIALS = tuple(_INITIALS.split())
RIMES = frozenset(_RIMES.split())

_FRONT = frozenset("ieêy")
_STOPS = ("p", "t", "c", "ch", "k")
_GLIDED = ("oa", "oă", "oe", "uy", "uê", "uâ", "uơ")  # after the sound k written qu, never c
_OPEN_PAIRS = frozenset({"oa", "oe", "uy"})
# What may not begin the rime after an initial, by the spelling rules.
_BARRED: dict[str, tuple[str, ...]] = {
    "": ("iê",),
    "c": (*_FRONT, *_GLIDED),
    "gi": ("i", "y"),
    "g": ("e", "ê", "y"),
    "ng": tuple(_FRONT),
    "qu": ("u", "ư", "o"),
}
# Where only some beginnings are right.
_ALLOWED: dict[str, tuple[str, ...]] = {
    "gh": ("i", "e", "ê"),
    "ngh": ("i", "e", "ê"),
    "pl": ("ông",),
    "pr": ("ông",),
    "q": ("uy", "uê", "uâ", "uơ"),
}


def _fits(initial: str, rime: str) -> bool:
    """Whether an initial and a rime may form a syllable."""
    if rime.startswith("yê") and initial not in {"", "qu"}:
        return False
    if initial == "qu" and rime[0] == "ô":
        return rime == "ôc"
    allowed = _ALLOWED.get(initial)
    return rime.startswith(allowed) if allowed else not rime.startswith(_BARRED.get(initial, "-"))


def split(letters: str) -> Iterator[tuple[str, str]]:
    """Every way to read letters (lower case, no tone) as an initial and a non-empty rest."""
    for initial in ("", *INITIALS):
        rest = letters[len(initial) :]
        if rest and letters.startswith(initial) and rest[0] in VOWELS:
            yield initial, rest


def is_syllable(letters: str) -> bool:
    """Whether the letters (lower case, no tone) are a whole syllable."""
    return any(rest in RIMES and _fits(initial, rest) for initial, rest in split(letters))


@lru_cache(maxsize=512)
def may_become_syllable(letters: str) -> bool:
    """Whether more letters or more marks can make a syllable of these (lower case, no tone).

    A plain letter may still get its mark (``viet`` may become ``việt``); an empty word may become anything.
    """
    if any(initial.startswith(letters) for initial in INITIALS):
        return True
    beginnings = _beginnings()
    return any(_fits(initial, rime) for initial, rest in split(letters) for rime in beginnings.get(rest, ()))


@cache
def _beginnings() -> dict[str, list[str]]:
    """Every beginning of every rime, its marks already typed or not, and the rimes it leads to."""
    found: dict[str, list[str]] = {}
    for rime in sorted(RIMES):
        choices = [{letter, BASES.get(letter, letter)} for letter in rime]
        for end in range(1, len(rime) + 1):
            for letters in product(*choices[:end]):
                found.setdefault("".join(letters), []).append(rime)
    return found


def tone_fits(letters: str, tone: Tone) -> bool:
    """Whether a syllable may have ``tone``: after p, t, c, ch, k only sắc and nặng (or no mark yet)."""
    return tone in {Tone.LEVEL, Tone.SAC, Tone.NANG} or not letters.endswith(_STOPS)


def tone_index(letters: str, *, modern: bool = False) -> int | None:
    """Index of the letter (lower case, no tone) that carries the tone mark; ``None`` without a vowel.

    ``modern`` puts it on the second letter of open oa, oe, uy (``hoà``) instead of the first (``hòa``).
    """
    start = _nucleus_start(letters)
    end = start
    while end < len(letters) and letters[end] in VOWELS:
        end += 1
    nucleus = letters[start:end]
    if not nucleus:
        return None
    for index in range(end - 1, start - 1, -1):
        if letters[index] in BASES:  # ê, ô, ơ, â, ă, ư carry the tone; of ươ the ơ
            return index
    if len(nucleus) == 1:
        return start
    closed = end < len(letters)
    if len(nucleus) >= 3 or closed or (modern and nucleus in _OPEN_PAIRS):
        return start + 1
    return start


def _nucleus_start(letters: str) -> int:
    """Index of the first vowel of the rime: the u of qu and the i of gi + vowel belong to the initial."""
    start = 0
    while start < len(letters) and letters[start] not in VOWELS:
        start += 1
    after = letters[start + 1 : start + 2]
    if letters[:start] == "q" and letters[start : start + 1] == "u":
        return start + 1
    if letters[:start] == "g" and letters[start : start + 1] == "i" and after and after in VOWELS:
        return start + 1
    return start
