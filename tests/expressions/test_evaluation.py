"""Evaluation: references, functions, and no other exception than ExpressionError."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.errors import ExpressionError
from survey_tui.expressions import BUILTINS, Expr, Function, Value, compile_choice_filter, compile_expression
from survey_tui.expressions.printer import to_text
from survey_tui.expressions.syntax import Call, Negate, Number, Operation, Path, PathStep, Reference, Text

from .world import Household

HOME = Household()
QUESTIONS = ("age", "name", "devices", "province", "visit", "p_age", "pet_name", "person", "more")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${age} + 1", 35.0),
        ("${age} > 17 and selected(${devices}, 'laptop')", True),
        ("${age} = '34'", True),
        ("count(${person})", 3.0),
        ("sum(${p_age})", 48.0),
        ("max(${p_age})", 40.0),
        ("max(-5, -3)", -3.0),
        ("join(', ', ${p_name})", "Lan, Tí, Bà"),
        ("count(${person}[p_age > 18])", 1.0),
        ("count(${person}[1])", 0.0),
        ("${person}[position() = 2]/p_name", "Tí"),
        ("indexed-repeat(${p_name}, ${person}, 3)", "Bà"),
        ("indexed-repeat(${pet_name}, ${person}, 1, ${pet}, 2)", "Vàng"),
        ("count(${pet})", 3.0),
        ("count(${person}[count(./pet) > 1])", 1.0),
        ("count-non-empty(${p_age})", 2.0),
        ("jr:choice-name(${province}, '${province}')", "Vĩnh Long"),
        ("instance('province')/root/item[name = ${province}]/area", "south"),
        ("count(instance('province')/root/item[area = 'south'])", 2.0),
        ("pulldata('province', 'label', 'name', '25')", "Phú Thọ"),
        ("jr:itext('hello')", "Xin chào"),
        ("version()", "3"),
        ("${last-saved#age} + 1", 42.0),
        ("${last-saved#name}", ""),
        ("string(${visit} + 0)", "20778"),
        ("format-date(${visit}, '%d/%m/%Y')", "21/11/2026"),
        ("string(today())", "2026-11-21"),
        ("decimal-time(now())", 0.3958333333321207),
        ("geofence(${spot}, ${plot})", True),
        ("geofence(${far}, ${plot})", False),
        ("intersects('0 0;2 2;2 0;0 2')", True),
        ("intersects('0 0;0 2;2 2;2 0;0 0')", False),
        ("round(distance('10.77 106.70;21.03 105.85'), -3)", 1146000.0),
        ("round(distance('10.77 106.70', '21.03 105.85'), -3)", 1146000.0),
        ("round(area(${plot}) div 1000000, 0)", 49552.0),
        ("distance(1, '0 0') >= 0", True),
        ("../more/remark", ""),
        ("/data/age * 2", 68.0),
        ("if(${age} > 17, 'adult', 'child')", "adult"),
    ],
)
def test_results(text: str, result: Value) -> None:
    assert HOME.value(text) == result


def test_inside_a_repeat() -> None:
    second = HOME.people[1]
    at = HOME.p_note
    assert HOME.value("${p_name}", at, second) == "Tí"
    assert HOME.value("position(..)", at, second) == 2.0
    assert HOME.value("${p_age} + ${age}", at, second) == 42.0
    assert HOME.value("count(${person})", at, second) == 1.0
    assert HOME.value("count(../../person)", at, second) == 3.0
    assert HOME.value("indexed-repeat(${p_name}, ${person}, position(..) - 1)", at, second) == "Lan"
    assert HOME.value("count(../../person[p_age > current()/../p_age])", at, second) == 1.0
    assert HOME.value("count(../../person[p_age > ${p_age}])", at, second) == 1.0


def test_inside_a_nested_repeat() -> None:
    pet = HOME.people[0].instances[HOME.pet][1]
    at = HOME.pet_note
    assert HOME.value(
        "concat(${p_name}, '/', ${pet_name}, '/', position(..), '/', position(../..))", at, pet
    ) == ("Lan/Vàng/2/1")
    assert HOME.value("count(${pet})", at, pet) == 2.0


def test_nodes_that_are_not_relevant_do_not_count() -> None:
    home = Household()
    home.people[0].relevant[home.p_age.slot] = False
    assert home.value("sum(${p_age})") == 8.0
    home.people[0].relevant[0] = False
    assert home.value("count(${person})") == 2.0
    home.frame.relevant[home.more.slot] = False
    assert home.value("count(${remark})") == 0.0


def test_reads_and_volatile() -> None:
    expression = compile_expression("${age} > count(${person}[p_age > 3])", HOME.result)
    assert expression.reads == {HOME.age, HOME.person, HOME.p_age}
    assert not expression.volatile
    assert compile_expression("position(..)", HOME.p_note).reads == {HOME.person}
    assert compile_expression("now()", HOME.result).volatile
    assert compile_expression("once(${age})", HOME.result).reads == {HOME.age}


def test_a_constraint_sees_the_candidate() -> None:
    expression = compile_expression(". > 10 and ${age} < 50", HOME.age, dot=HOME.age)
    assert expression.truth(HOME.frame, 20.0)
    assert not expression.truth(HOME.frame, 60.0)
    assert expression.truth(HOME.frame)


def test_a_choice_filter_reads_columns() -> None:
    accepts = compile_choice_filter("area = 'south' and name != ${province}", HOME.province)
    rows = HOME.environment.tables["province"]
    assert [row["name"] for row in rows if accepts.accepts(HOME.frame, row)] == ["96"]
    assert accepts.reads == {HOME.province}


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("${agee}", "unknown_name_near", "age"),
        ("${zzzzzz}", "unknown_name", ""),
        ("count_selected(${devices})", "unknown_function_near", "count-selected"),
        ("Selected(${devices}, 'a')", "unknown_function_near", "selected"),
        ("${age} = yes", "bare_word", "'yes'"),
        ("age + 1", "bare_word", "${age}"),
        ("today", "bare_word", "today()"),
    ],
)
def test_suggestions(text: str, code: str, suggestion: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, HOME.result)
    assert caught.value.code == f"expressions_{code}"
    assert caught.value.details["suggestion"] == suggestion
    assert caught.value.details["expression"] == text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${p_age}", "repeated"),
        ("selected(${age}, '3')", "text_wanted"),
        ("date('2026-02-30')", "date"),
        ("date(99999999999)", "date"),
        ("date(1000000000)", "date"),
        ("format-date(today(), '%Q')", "date_format"),
        ("sum(3)", "not_a_path"),
        ("regex('a', '*')", "regex"),
        ("regex('" + "a" * 60 + "', '(a|aa)+b')", "regex_slow"),
        ("uuid(99999999)", "too_long"),
        ("instance('nothing')/root/item[name = 'x']/label", "no_list"),
        ("area(${name})", "geography"),
        ("area('0 0;0 1;1 1;0 0')", "not_a_path"),
        ("geofence('1 1', ${plot})", "geography"),
        ("geofence(${spot}, '0 0;0 2;2 2;2 0;0 0')", "geography"),
        ("distance(1)", "not_a_path"),
        ("regex('a', '[z-a]')", "regex"),
        ("regex('a', '(?P<n>a)')", "regex"),
        ("regex('a', '(?a)a')", "regex"),
        ("regex('a', '\\N*')", "regex"),
        ("depend(1, date('x'))", "date"),
    ],
)
def test_evaluation_errors(text: str, code: str) -> None:
    expression = compile_expression(text, HOME.result)
    with pytest.raises(ExpressionError) as caught:
        expression.value(HOME.frame)
    assert caught.value.code == f"expressions_{code}"
    assert caught.value.details["expression"] == text


def test_huge_numbers() -> None:
    assert HOME.value("pow(10, 400)") == math.inf
    assert HOME.value("-pow(10, 400)") == -math.inf
    assert HOME.value("exp(100000)") == math.inf
    assert HOME.value("9" * 1000) == math.inf
    assert HOME.value("round(pow(10, 300), 20)") == 1e300
    assert HOME.value("int(pow(10, 300))") == 1e300


def test_plugins_add_functions_but_change_none() -> None:
    function = Function(
        "double", lambda number: number * 2, least=1, most=1, takes=("number",), kind="number"
    )
    registry = BUILTINS.with_functions({"double": function})
    assert compile_expression("double(${age})", HOME.result, functions=registry).value(HOME.frame) == 68.0
    assert "double" not in BUILTINS
    with pytest.raises(ValueError, match="concat"):
        BUILTINS.with_functions({"concat": function})


LEAVES: st.SearchStrategy[Expr] = st.one_of(
    st.sampled_from(["0", "1", "2.5", "31", "99999999999", "0.0001"]).map(Number),
    st.sampled_from(
        ["", "abc", "12", "2026-11-21", "2026-11-21T10:00", "%Y-%m", "smartphone", "hex", "(a|b)*", "-"]
    ).map(Text),
    st.sampled_from(QUESTIONS).map(Reference),
    st.just(Path(".", (PathStep("self"),))),
    st.just(Path(".", (PathStep("parent"),))),
)


def _compound(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    args = st.lists(inner, max_size=4).map(tuple)
    signs = st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", ">=", "and", "or"])
    return st.one_of(
        st.builds(Call, st.sampled_from(sorted(BUILTINS)), args),
        st.builds(lambda left, sign, right: Operation(left, ((sign, right),)), inner, signs, inner),
        st.builds(Negate, inner),
    )


@settings(deadline=None, max_examples=500)
@given(st.recursive(LEAVES, _compound, max_leaves=8))
def test_random_expressions_yield_a_value_or_an_expression_error(tree: Expr) -> None:
    for at, frame in ((HOME.result, HOME.frame), (HOME.p_note, HOME.people[1])):
        with suppress(ExpressionError):
            expression = compile_expression(to_text(tree), at)
            assert expression.value(frame) is not None
            assert isinstance(expression.text(frame), str)
            assert isinstance(expression.truth(frame), bool)
            assert isinstance(expression.number(frame), float)
