"""Telex and VNI: every syllable by every usual key order, and English left alone."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import is_normalized

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.vietnamese.typing import TelexEngine, TypingEngine, VniEngine, place_tones
from survey_tui.vietnamese.typing.letters import BASES, Tone, split_tone, with_tone
from survey_tui.vietnamese.typing.syllable import INITIALS, RIMES, is_syllable, tone_fits, tone_index
from survey_tui.vietnamese.typing.telex import TELEX
from survey_tui.vietnamese.typing.vni import VNI
from survey_tui.vietnamese.typing.word_composer import Layout, compose, keys_for

LAYOUTS = pytest.mark.parametrize("layout", [TELEX, VNI], ids=["telex", "vni"])


def typed(engine: TypingEngine, keys: str) -> str:
    text = ""
    for key in keys:
        text = engine.feed(text, key)
    return text


def syllables() -> Iterator[str]:
    """Every syllable that the tables allow, with every tone it can carry."""
    letters = {start + rime for start in ("", *INITIALS) for rime in RIMES}
    for word in sorted(word for word in letters if is_syllable(word)):
        place = tone_index(word)
        assert place is not None
        for tone in Tone:
            if tone_fits(word, tone):
                yield word[:place] + with_tone(word[place], tone) + word[place + 1 :]


SYLLABLES = list(syllables())


def has_double_o(word: str) -> bool:
    return "oo" in "".join(split_tone(letter)[0] for letter in word)


def marks_last(word: str, layout: Layout) -> str:
    """Keys with the plain letters first, then the marks, then the tone: ``vietej``."""
    if has_double_o(word):
        return keys_for(word, layout)  # oo can only be made in place
    plain, marks, tone_key = "", "", ""
    by_letter = {marked: key for key, pairs in layout.marks.items() for marked in pairs.values()}
    for sign in word:
        letter, tone = split_tone(sign)
        plain += BASES.get(letter, letter)
        marks += by_letter.get(letter, "")
        tone_key = next(key for key, one in layout.tones.items() if one == tone) if tone else tone_key
    marks = marks.replace("77", "7").replace("ww", "w")  # one key marks both letters of ươ
    return plain + marks + tone_key


def tone_at_its_letter(word: str, layout: Layout) -> str:
    """Keys with the tone right after the letter that carries it: ``vieejt``."""
    if has_double_o(word):
        return keys_for(word, layout)
    keys = ""
    for sign in word:
        letter, tone = split_tone(sign)
        key = next(key for key, one in layout.tones.items() if one == tone) if tone else ""
        keys += keys_for(letter, layout) + key
    return keys


def test_there_are_thousands_of_syllables() -> None:
    assert len(SYLLABLES) > 9000


@pytest.mark.slow
@LAYOUTS
@pytest.mark.parametrize("order", [keys_for, marks_last, tone_at_its_letter])
def test_every_syllable_can_be_typed(layout: Layout, order: object) -> None:
    assert callable(order)
    wrong = {
        word: compose(order(word, layout), layout).text
        for word in SYLLABLES
        if compose(order(word, layout), layout).text != word
    }
    assert wrong == {}


@pytest.mark.slow
@LAYOUTS
def test_every_syllable_in_capitals(layout: Layout) -> None:
    for word in SYLLABLES[::7]:
        assert compose(keys_for(word.upper(), layout), layout).text == word.upper()
        assert compose(keys_for(word.capitalize(), layout), layout).text == word.capitalize()


@pytest.mark.slow
@LAYOUTS
def test_a_whole_syllable_stays_at_the_end_of_the_word(layout: Layout) -> None:
    for word in SYLLABLES[::5]:
        engine = TypingEngine(layout)
        assert engine.feed(typed(engine, keys_for(word, layout)), " ") == word + " "


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("vieetj", "việt"), ("vietej", "việt"), ("viejet", "việt"), ("VIEEJT", "VIỆT"), ("Vieejt", "Việt"),
        ("as", "á"), ("ass", "as"), ("asz", "a"), ("asf", "à"), ("aaa", "aa"), ("ddi", "đi"),
        ("dddi", "ddi"), ("tw", "tư"), ("w", "ư"), ("ww", "w"), ("uww", "uw"), ("oww", "ow"), ("aww", "aw"),
        ("dinhd", "đinh"), ("nuowcs", "nước"), ("nuwowcs", "nước"), ("nwowcs", "nước"), ("thuowr", "thuở"),
        ("thuowng", "thương"), ("muaw", "mưa"), ("quaanf", "quần"), ("quys", "quý"), ("gif", "gì"),
        ("gieengs", "giếng"), ("hoawcj", "hoặc"), ("khuyur", "khuỷu"), ("ngoaif", "ngoài"),
        ("booongs", "boóng"), ("tooo", "too"), ("xooong", "xoong"), ("QDD", "QĐ"), ("HDDND", "HĐND"),
        ("DDawsk", "Đắk"), ("Kroong", "Krông"), ("tesst", "test"), ("maxx", "max"), ("hoaf", "hòa"),
        ("thuys", "thúy"),
    ],
)  # fmt: skip
def test_telex(keys: str, word: str) -> None:
    assert typed(TelexEngine(), keys) == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("vie65t", "việt"), ("viet65", "việt"), ("VIE65T", "VIỆT"), ("a1", "á"), ("a11", "a1"), ("a10", "a"),
        ("d9i", "đi"), ("nuoc71", "nước"), ("nu7o7c1", "nước"), ("thuo73", "thuở"), ("500d9", "500đ"),
        ("2026", "2026"), ("0912345678", "0912345678"), ("covid19", "covid19"), ("H2O", "H2O"),
        ("hoa2", "hòa"),
    ],
)  # fmt: skip
def test_vni(keys: str, word: str) -> None:
    assert typed(VniEngine(), keys) == word


_ENGLISH = """
password https http www file expense Shopee Facebook Google YouTube TikTok Viettel VssID VNeID VNPT
Lazada Zalo MoMo Mobifone Telegram Samsung iPhone Xiaomi OPPO wifi software server address added adding
class coffee business internet online email app shop router report access process plus profile website
download upload world driver register feedback express
"""
ENGLISH = _ENGLISH.split()


@pytest.mark.parametrize("word", ENGLISH)
def test_english_is_left_alone(word: str) -> None:
    engine = TelexEngine()
    assert typed(engine, word) == word
    assert engine.finish(word) == word


def test_an_unfinished_syllable_gets_its_keys_back_at_the_end_of_the_word() -> None:
    engine = TelexEngine()
    shown = typed(engine, "user")
    assert shown != "user"
    assert engine.feed(shown, " ") == "user "


def test_modern_places() -> None:
    assert typed(TelexEngine(modern=True), "hoaf") == "hoà"
    assert typed(TelexEngine(modern=True), "hoanf") == "hoàn"
    assert typed(TelexEngine(modern=True), "quys") == "quý"


def test_only_the_last_word_changes() -> None:
    assert TelexEngine().feed("xin cha", "f") == "xin chà"
    assert TelexEngine().feed("viê", "t") == "viêt"
    assert TelexEngine().feed("(hoa", "f") == "(hòa"


def test_text_the_engine_did_not_make() -> None:
    assert TelexEngine().feed("á", "s") == "as"
    assert TelexEngine().feed("as", "s") == "ass"
    assert TelexEngine().feed("test", "s") == "tests"
    assert TelexEngine().feed("hoà", "n") == "hoàn"


def test_backspace() -> None:
    engine = TelexEngine()
    text = engine.backspace(typed(engine, "hoanf"))
    assert text == "hòa"
    assert engine.feed(text, "n") == "hoàn"
    assert engine.backspace("") == ""
    assert engine.backspace("a b") == "a "
    engine = TelexEngine()
    text = engine.backspace(typed(engine, "tesst"))
    assert text == "tes"
    assert engine.feed(text, "t") == "test"


def test_place_tones() -> None:
    assert place_tones("Xã Hoà Thuỷ, Quý Khoái, Thuý") == "Xã Hòa Thủy, Quý Khoái, Thúy"
    assert place_tones("Hòa Thủy Quý", modern=True) == "Hoà Thuỷ Quý"
    assert place_tones("HOÀ BÌNH 1, Măih, Zà") == "HÒA BÌNH 1, Măih, Zà"


ENGINES = st.sampled_from([TELEX, VNI]).map(TypingEngine)
KEYS = st.one_of(
    st.sampled_from("aeouydwsfrxjzAOWDS 012679-đướàệ\u0301"), st.characters(exclude_categories=[])
)


@settings(deadline=None, max_examples=300)
@given(ENGINES, st.lists(st.one_of(KEYS, st.just("⌫")), max_size=25), st.text(max_size=6))
def test_feeding_is_total_and_gives_nfc(engine: TypingEngine, keys: list[str], before: str) -> None:
    text = before
    for key in keys:
        text = engine.backspace(text) if key == "⌫" else engine.feed(text, key)
        assert is_normalized("NFC", text)
    assert is_normalized("NFC", engine.finish(text))


@settings(deadline=None, max_examples=200)
@given(st.text("bcdghklmnpqrtvxaeiouywsfj", min_size=1, max_size=20))
def test_what_is_shown_never_grows_beyond_the_keys(keys: str) -> None:
    assert len(typed(TelexEngine(), keys)) <= len(keys)
