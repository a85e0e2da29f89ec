"""Values that a run of JavaRosa 5.1 (pyxform 4.5.0, Java 17) gave for expressions made for the purpose, one
for each kind of difference that was found between it and this program."""

from __future__ import annotations

import math

import pytest

from survey_tui.errors import ExpressionError
from survey_tui.expressions import Value, compile_expression, text_from_value

from .world import Household

HOME = Household()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("base64-decode('YWJ')", ""),
        ("base64-decode('abc')", ""),
        ("base64-decode('1f')", ""),
        ("base64-decode('YWJj=')", ""),
        ("base64-decode('YWJj')", "abc"),
        ("regex('ABC', '(?i)abc')", True),
        ("regex('ABC', '(?i)[a-c]+')", True),
        ("regex('Đ', '(?i)đ')", False),
        ("regex('Đ', '(?iu)đ')", True),
        ("regex(${name}, '(?i)NGUYỄN.*')", False),
        ("regex(${name}, '(?i)nguy.*')", True),
        ("regex(${name}, '(?U)[\\w ]+')", True),
        ("regex(${name}, '[\\w ]+')", False),
        ("regex('abc', '[[:alpha:]]+')", False),
        ("regex('aa', '[[:alpha:]]+')", True),
        ("regex('abc', '\\0141bc')", True),
        ("regex('abc', '\\cA')", False),
        ("regex('aa', '\\1')", False),
        ("regex('aa', '(a)\\2')", False),
        ("regex('aa', '(a)\\1')", True),
        ("substr('😀a', 1)", "?a"),
        ("substr('a😀b', 1, 3)", "😀"),
        ("translate('a😀b', 'b', '😀')", "a😀?"),
        ("jr:itext('x')", "[itext:x]"),
        ("string(max(0))", "0"),
        ("1 div max(0)", math.inf),
        ("max(0, -5) = 0", True),
        ("boolean(max(0, -5))", False),
        ("min(1 div 0)", 1.7976931348623157e308),
        ("round(exp(100), -3)", 9.223372036854776e21),
        ("string('\t8')", "\t8"),
        ("count-selected('a\tb')", 1.0),
        ("weighted-checklist(0, 10, ${more}, 1)", True),
    ],
)
def test_results(text: str, result: Value) -> None:
    assert HOME.value(text) == result


def test_the_largest_of_negative_numbers_is_found_nonetheless() -> None:
    assert HOME.value("max(-3, -5)") == -3.0


@pytest.mark.parametrize("text", ["'${'", "'${x'", "concat('${', 'a')"])
def test_a_name_begun_within_quotes_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text, HOME.result)


def test_the_smallest_number_is_stored_as_zero() -> None:
    assert text_from_value(HOME.value("max(0)")) == "0"
