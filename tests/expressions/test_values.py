"""Coercions, stored text, dates, patterns, shuffles and signatures."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.errors import ExpressionError
from survey_tui.expressions import Value, shuffle, stored_value, text_from_value, value_from_text, values
from survey_tui.expressions.moments import format_moment, parse_moment
from survey_tui.expressions.regex import Pattern, check_pattern
from survey_tui.signatures import verify

from .world import NOW, ZONE


@contextmanager
def refusal(*codes: str) -> Iterator[None]:
    """What happens within may be refused, for these reasons and no others."""
    found = codes[0]
    try:
        yield
    except ExpressionError as error:
        found = error.code
    assert found in codes


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("", "integer", ""),
        ("17", "integer", 17.0),
        ("10.5", "decimal", 10.5),
        ("yes no", "select_multiple", "yes no"),
        ("2026-11-21", "date", dt.date(2026, 11, 21)),
        ("14:45:00.000+07:00", "time", dt.time(14, 45, tzinfo=dt.timezone(dt.timedelta(hours=7)))),
        ("10.77 106.70 0 0", "geopoint", "10.77 106.7 0.0 0.0"),
        ("0912345678", "text", "0912345678"),
    ],
)
def test_answers(text: str, kind: str, value: Value) -> None:
    assert value_from_text(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind"), [("a", "integer"), ("1e999", "decimal"), ("2026-02-30", "date"), ("x", "time")]
)
def test_answers_of_another_type(text: str, kind: str) -> None:
    with pytest.raises(ExpressionError):
        value_from_text(text, kind)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (True, "", "1"),
        (math.nan, "", ""),
        (3.0, "", "3"),
        (2147483648.0, "", "2147483648"),
        (1e21, "", "1.0E21"),
        (0.0001, "", "1.0E-4"),
        (2.7, "integer", "2"),
        (NOW, "", "2026-11-21T09:30:00.000+07:00"),
        (NOW, "date", "2026-11-21"),
        (NOW, "time", "09:30:00.000+07:00"),
        ("x", "", "x"),
    ],
)
def test_stored_text(value: Value, kind: str, text: str) -> None:
    assert text_from_value(value, kind) == text


def test_stored_values() -> None:
    assert stored_value(math.nan) == ""
    assert stored_value(3.0000000000001) == 3.0
    assert stored_value(True) is True
    assert stored_value(NOW, "date") == NOW.replace(hour=0, minute=0)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_java_numbers_are_the_same_numbers(number: float) -> None:
    assert float(values.java_double(number)) == number


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_becomes_a_number_or_nan(text: str) -> None:
    assert isinstance(values.number(text), float)


@settings(deadline=None)
@given(st.text(alphabet="0123456789-T:+Z. ", max_size=30))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    with refusal("expressions_date"):
        assert parse_moment(text, ZONE).tzinfo is not None


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_date_pattern_is_formatted_or_refused(pattern: str) -> None:
    with refusal("expressions_date_format"):
        format_moment(NOW, pattern)


@pytest.mark.parametrize(
    ("day", "week"),
    [((2024, 1, 1), 1), ((2024, 1, 6), 1), ((2024, 1, 7), 2), ((2024, 12, 28), 52), ((2024, 12, 29), 1)],
)
def test_weeks_begin_on_sunday(day: tuple[int, int, int], week: int) -> None:
    assert format_moment(dt.datetime(*day, tzinfo=ZONE), "%W") == str(week)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"^0[35789][0-9]{8}$", "0912345678", True),
        (r"[0-9]{3}", "1234", False),
        (r"\d+", "٣٤", False),
        (r"\w+", "Huế", False),
        (r"[\p{L} ]+", "Nguyễn Văn An", True),
        (r"\p{Lu}\p{Ll}+", "Đức", True),
        (r"\p{Alpha}+", "abc", True),
        (r"\p{Alpha}+", "đ", False),
        (r"(?i)ABC", "abc", True),
        (r"(?i:a)B", "aB", True),
        (r"\Qa.b\E+", "a.bb", True),
        (r"[a-z&&[^b]]+", "acd", True),
        (r"[a-z&&[^b]]+", "abd", False),
        (r"a|b", "b", True),
        (r"a++", "aaa", True),
        (r"[]a]+", "]a", True),
        (r"a b", "a b", True),
        (r"(\d\d)\1", "1212", True),
        (r"a.c", "a\nc", False),
    ],
)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert Pattern(pattern).matches(text) is matches


@pytest.mark.parametrize(
    "pattern", ["*", "(", "[a", "a{", "{2}", r"\y", "a**", "(?<n", r"\p{Nothing}", "x" * 20_000]
)
def test_bad_patterns(pattern: str) -> None:
    with pytest.raises(ExpressionError):
        check_pattern(pattern)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=r"ab0\dpL{}[]()*+?|^$-&.,:<>=!i", max_size=14), st.text(alphabet="ab0-", max_size=8))
def test_any_pattern_matches_or_is_refused(pattern: str, text: str) -> None:
    with refusal("expressions_regex", "expressions_regex_slow"):
        assert isinstance(Pattern(pattern).matches(text), bool)


def test_shuffles_are_those_of_the_reference_engine() -> None:
    devices = ["smartphone", "laptop", "tablet", "none"]
    assert shuffle(devices, 42) == ["smartphone", "none", "tablet", "laptop"]
    assert shuffle(["1", "2", "3", "99"], 1) == ["2", "99", "3", "1"]
    assert sorted(shuffle(devices, -(2**63))) == sorted(devices)
    assert shuffle([], 0) == []


def test_signatures_of_rfc_8032() -> None:
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify(key, signature, b"\x72")
    assert not verify(key, signature, b"\x73")
    assert not verify(key[:-1], signature, b"\x72")
    assert not verify(b"\xff" * 32, signature, b"\x72")
