"""Parsing, printing, syntax errors."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.errors import ExpressionError
from survey_tui.expressions import Expr, parse
from survey_tui.expressions.printer import to_text
from survey_tui.expressions.syntax import (
    PRECEDENCE,
    Call,
    Negate,
    Number,
    Operation,
    Path,
    PathStart,
    PathStep,
    Reference,
    Text,
)

NAMES = st.text(string.ascii_lowercase + "ạđê_", min_size=1, max_size=6).filter(
    lambda name: name not in ("instance", "current", "node", "text", "comment")
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="'\"\u2018\u2019\u201c\u201d\r\n\t"), max_size=8
)
LEVELS = sorted({level for sign, level in PRECEDENCE.items() if sign != "|"})


def _operations(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    def of(level: int) -> st.SearchStrategy[Expr]:
        signs = st.sampled_from([sign for sign, own in PRECEDENCE.items() if own == level])
        rest = st.lists(st.tuples(signs, inner), min_size=1, max_size=3).map(tuple)
        return st.builds(Operation, inner, rest)

    return st.sampled_from(LEVELS).flatmap(of)


def _steps(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[tuple[PathStep, ...]]:
    child = st.builds(
        PathStep, st.just("child"), NAMES | st.just("*"), st.lists(inner, max_size=1).map(tuple)
    )
    step = child | st.sampled_from([PathStep("self"), PathStep("parent")])
    return st.lists(step, min_size=1, max_size=3).map(tuple)


def _compound(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    start = st.builds(
        PathStart, st.builds(Reference, NAMES), st.lists(inner, min_size=1, max_size=1).map(tuple)
    )
    return st.one_of(
        st.builds(Negate, inner),
        _operations(inner),
        st.builds(Call, NAMES, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Path, st.sampled_from(["/", "."]), _steps(inner)),
        st.builds(Path, start, _steps(inner)),
    )


ATOMS: st.SearchStrategy[Expr] = st.one_of(
    st.builds(Number, st.from_regex(r"[0-9]{1,5}(\.[0-9]{0,3})?", fullmatch=True)),
    st.builds(Text, TEXTS.map(lambda text: " ".join(filter(None, text.split(" "))))),
    st.builds(Reference, NAMES, st.booleans()),
)
TREES = st.recursive(ATOMS, _compound, max_leaves=12)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(TREES)
def test_printing_and_parsing_are_inverse(tree: Expr) -> None:
    assert parse(to_text(tree)) == tree


FRAGMENTS = st.sampled_from(
    [
        "${age}",
        "${",
        "'a'",
        '"b"',
        "1",
        ".5",
        "1.",
        "(",
        ")",
        "[",
        "]",
        ",",
        "+",
        "-",
        "*",
        "div",
        "mod",
        "and",
        "or",
        "=",
        "!=",
        "<",
        "<=",
        "|",
        "/",
        "//",
        "..",
        ".",
        "@",
        "::",
        "if(",
        "count(",
        "x",
        "đ",
        " ",
        "\n",
        "$",
        "#",
        "'",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(FRAGMENTS, max_size=12).map("".join) | st.text(max_size=20))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    details = {"expression": text, "position": 0}
    try:
        tree = parse(text)
    except ExpressionError as error:
        details = error.details
    else:
        assert parse(to_text(tree)) == tree
    assert details["expression"] == text
    assert isinstance(details["position"], int)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("((1))", "1"),
        ("10div2", "10 div 2"),
        ("- -1", "--1"),
        ("-(1+2)", "-(1 + 2)"),
        ("${a}='x'and(${b}>1)", "${a} = 'x' and ${b} > 1"),
        ("concat ( 'a' , \"it's\" )", "concat('a', \"it's\")"),
        ("\u201ca\u201d", "'a'"),
        ("'a   b'", "'a b'"),
        ("instance('l')/root/item[name=${x}]/label", "instance('l')/root/item[name = ${x}]/label"),
        ("current()/../a", "current()/../a"),
        ("${r}[position()=1]/n", "${r}[position() = 1]/n"),
        ("${last-saved#a}", "${last-saved#a}"),
    ],
)
def test_printed(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("1 +", 3, "a value"),
        ("1 2", 2, "an operator or the end"),
        ("(1", 2, ")"),
        ("concat('a',)", 11, "a value"),
        ("'a", 0, "'"),
        ("${ x }", 0, "${name}"),
        ("1 == 1", 3, "a value"),
        ("${x} AND 1", 5, "an operator or the end"),
        ("../", 3, "a name, '.' or '..'"),
    ],
)
def test_a_syntax_error_has_its_position_and_what_was_expected(
    text: str, position: int, expected: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.details["position"], caught.value.details["expected"]) == (position, expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "-" * 90_000 + "1",
        "not(" * 10_000,
        "x[" * 5_000,
        "1" + "+1" * 600_000,
    ],
)
def test_bombs_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_long_chains_and_deep_calls_are_parsed() -> None:
    chain = parse(" or ".join(["${x} = 'a'"] * 2_000))
    assert isinstance(chain, Operation)
    assert len(chain.rest) == 1_999
    nested = "if(1, 2, " * 60 + "3" + ")" * 60
    assert to_text(parse(nested)) == nested
