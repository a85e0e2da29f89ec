"""Scores of matching, and the order of ranked items."""

from __future__ import annotations

import pytest

from survey_tui.vietnamese.match import EXACT, INITIALS, INSIDE, NONE, PHRASE, START, WORDS, match, rank


@pytest.mark.parametrize(
    ("query", "text", "score"),
    [
        ("khanh thuan", "Khánh Thuận", EXACT),
        ("khanh th", "Khánh Thuận", START),
        ("thuan", "Khánh Thuận", PHRASE),
        ("thuan kh", "Khánh Thuận", WORDS),
        ("kt", "Khánh Thuận", INITIALS),
        ("an b", "Ái Nghĩa Bắc", INITIALS),  # an is not the start of a word: a, n, b are initials
        ("hanh", "Khánh Thuận", INSIDE),
        ("", "Khánh Thuận", INSIDE),
        ("xyz", "Khánh Thuận", NONE),
    ],
)
def test_each_way_to_match_has_its_score(query: str, text: str, score: int) -> None:
    assert match(query, text) == score


def test_scores_are_those_that_the_docstring_gives() -> None:
    assert (EXACT, START, PHRASE, WORDS, INITIALS, INSIDE, NONE) == (60, 50, 40, 30, 20, 10, 0)


def test_rank_orders_words_before_initials() -> None:
    texts = ["Ban bến", "Ái Nghĩa Bắc", "Bình An", "Ban an bình", "An Bình", "An B"]
    assert rank("an b", texts, str) == [
        "An B",
        "An Bình",
        "Ban an bình",
        "Bình An",
        "Ái Nghĩa Bắc",
        "Ban bến",
    ]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("khanh thuan", "Khánh Thuận", "Khánh Thuận Đông"),
        ("khanh", "Khánh Thuận", "An Khánh"),
        ("thuan khanh", "Khánh Thuận", "Khanh Thị Thu Anh"),
        ("kt", "Khánh Thuận", "Bkt"),
        ("dien tu", "Điện tử", "Tài khoản điện tử"),
    ],
)
def test_better_matches_score_higher(query: str, better: str, worse: str) -> None:
    assert match(query, better) > match(query, worse)


def test_no_match_is_zero_and_empty_query_matches_all() -> None:
    assert match("xyz", "Khánh Thuận") == 0
    assert match("", "Khánh Thuận") > 0


def test_rank_keeps_the_order_of_equals() -> None:
    items = ["Tân An", "Tân Bình", "An Tân", "Hòa"]
    assert rank("tan", items, str) == ["Tân An", "Tân Bình", "An Tân"]
    assert rank("", items, str) == items
