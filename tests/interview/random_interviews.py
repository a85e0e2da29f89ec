"""Random forms and random surveyors, for property tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from survey_tui.errors import AnswerError, FormError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Group, Question, Repeat
from survey_tui.interview.session import Session
from survey_tui.interview.views import END

from .build import Clock, choice_list, form, group, question, repeat

LIST = choice_list("abc", a="A", b="B", c="C")
TYPES = (
    "integer",
    "text",
    "select_one",
    "select_multiple",
    "decimal",
    "date",
    "note",
    "calculate",
    "acknowledge",
)
ANSWERS = ("", "0", "1", "7", "-3", "2.5", "a", "b c", "x", "2026-11-21", "OK", "nhà", "99999999999", " ")
OFTEN = ("answer", "answer", "answer", "next", "next", "back", "jump", "clear", "missing")
SELDOM = (
    "confirm",
    "note",
    "add",
    "remove",
    "undo",
    "language",
    "walk",
    "finalise",
    "reopen",
    "outcome",
    "pause",
)
ACTIONS = OFTEN + SELDOM
CONDITIONS = (
    "${%s} > 2",
    "${%s} = 'a'",
    "selected(${%s}, 'b')",
    "${%s} != ''",
    "string-length(${%s}) < 3",
    "not(${%s})",
)
CALCULATIONS = (
    "${%s} + 1",
    "concat('x', ${%s})",
    "count(${%s})",
    "if(${%s} = '', 1, 0)",
    "once(random())",
    "random() + string-length(${%s})",
    "position(..)",
    "sum(${%s})",
    "uuid()",
)


@st.composite
def forms(draw: st.DrawFn) -> tuple[CompiledForm, list[str]]:
    """A form of up to a dozen questions, some in groups and (nested) repeats; references only look back or
    ahead as drawn, cycles are thrown away."""
    count = draw(st.integers(2, 12))
    names = [f"q{number}" for number in range(count)]
    questions = [
        _question(draw, name, names if draw(st.integers(0, 5)) == 0 else names[:index])
        for index, name in enumerate(names)
    ]
    children: list[Question | Group | Repeat] = []
    while questions:
        size = draw(st.integers(1, 4))
        part, questions = questions[:size], questions[size:]
        kind = draw(st.sampled_from(("plain", "plain", "group", "repeat", "counted", "nested", "screen")))
        children.extend(_wrapped(draw, kind, f"g{len(children)}", part, names))
    return form(*children, lists=(LIST,)), names


def _cell(draw: st.DrawFn, patterns: tuple[str, ...], names: list[str], odds: int) -> str:
    if draw(st.integers(0, odds)):
        return ""
    pattern = draw(st.sampled_from(patterns))
    if "%s" not in pattern:
        return pattern
    return pattern % draw(st.sampled_from(names)) if names else ""


def _question(draw: st.DrawFn, name: str, names: list[str]) -> Question:
    kind = draw(st.sampled_from(TYPES))
    cells: dict[str, Any] = {"relevant": _cell(draw, CONDITIONS, names, 2)}
    if kind == "calculate":
        cells["calculation"] = _cell(draw, CALCULATIONS, names, 0)
    else:
        cells["constraint"] = _cell(draw, (". > 0", ". != 'x'", "string-length(.) < 5"), names, 3)
        cells["warning"] = _cell(draw, (". < 5",), names, 4)
        cells["required"] = _cell(draw, ("true()", "${%s} = 1"), names, 4)
        cells["read_only"] = _cell(draw, ("${%s} = 7",), names, 8)
        cells["default"] = _cell(draw, ("1", "${%s}", "random()"), names, 5)
        cells["allow"] = ("dk", "refused")
        cells["label"] = {"vi": f"Câu {name} " + _cell(draw, ("${%s}",), names, 2)}
    if kind.startswith("select"):
        cells["list_name"] = "abc"
        cells["choice_filter"] = _cell(draw, ("name != ${%s}", "name = 'a' or ${%s} > 1"), names, 2)
    return question(name, kind, **cells)


def _wrapped(
    draw: st.DrawFn, kind: str, name: str, part: list[Question], names: list[str]
) -> list[Question | Group | Repeat]:
    when = _cell(draw, CONDITIONS, names, 2)
    if kind == "plain":
        return list(part)
    if kind in ("group", "screen"):
        return [group(name, *part, relevant=when, appearance=("field-list",) if kind == "screen" else ())]
    if kind == "nested":
        return [
            repeat(name, *part[:1], repeat(f"{name}_in", *part[1:], question(f"{name}_t")), relevant=when)
        ]
    count = draw(st.sampled_from(("2", *(f"${{{each}}}" for each in names)))) if kind == "counted" else ""
    return [repeat(name, *part, relevant=when, repeat_count=count)]


@st.composite
def interviews(draw: st.DrawFn) -> tuple[CompiledForm, list[tuple[Any, ...]]]:
    try:
        compiled, _ = draw(forms())
    except FormError:  # a cycle: not a form
        compiled = form(question("q0"))
    step = st.tuples(
        st.sampled_from(ACTIONS),
        st.integers(0, 50),
        st.sampled_from(ANSWERS),
    )
    return compiled, draw(st.lists(step, max_size=25))


def take_step(session: Session, clock: Clock, step: tuple[Any, ...]) -> None:
    """One action of a surveyor who may try anything; what the session refuses is passed over."""
    action, number, text = step
    nodes = [node for node in session.states() if node.kind == "question"]
    repeats = [node.path for node in session.states() if node.kind == "repeat"]
    path = nodes[number % len(nodes)].path if nodes else "q0"
    row = repeats[number % len(repeats)] if repeats else "none[1]"
    actions: dict[str, Callable[[], object]] = {
        "answer": lambda: session.answer(path, text, clock()),
        "next": lambda: session.next(clock()),
        "back": lambda: session.back(clock()),
        "jump": lambda: session.jump(path if number % 3 else END, clock()),
        "clear": lambda: session.clear(path, clock()),
        "missing": lambda: session.set_missing(path, "dk", clock()),
        "confirm": lambda: session.confirm_warning(path, clock()),
        "note": lambda: session.note(path, text, clock()),
        "add": lambda: session.add_instance(row.rpartition("[")[0], clock()),
        "remove": lambda: session.remove_instance(row, clock()),
        "undo": lambda: session.undo(clock()),
        "language": lambda: session.set_language("en" if number % 2 else "vi", clock()),
        "walk": lambda: session.walk(clock()),
        "finalise": lambda: session.finalise(clock()),
        "reopen": lambda: session.reopen(clock()),
        "outcome": lambda: session.record_outcome("completed", text, clock()),
        "pause": lambda: session.pause(clock()),
    }
    try:
        actions[action]()
    except AnswerError:
        assert action != "undo" or session.is_final


_TRIGGERED = ("${%s} + 1", "concat('x', ${%s})", "if(${%s} = '', '', ${%s})", "string-length(${%s})")


@st.composite
def triggering_forms(draw: st.DrawFn) -> CompiledForm:
    """Up to six questions, some in a repeat, that set each other when they change."""
    names = [f"q{number}" for number in range(draw(st.integers(2, 6)))]

    def one(name: str) -> Question:
        cells: dict[str, Any] = {"allow": ("dk",), "relevant": _cell(draw, CONDITIONS, names[:1], 3)}
        if draw(st.booleans()):
            of = draw(st.sampled_from(names))
            cells["trigger"] = tuple(draw(st.sets(st.sampled_from(names), min_size=1, max_size=2)))
            cells["calculation"] = draw(st.sampled_from(_TRIGGERED)).replace("%s", of)
        return question(name, draw(st.sampled_from(("text", "integer"))), **cells)

    questions = [question(names[0]), *map(one, names[1:])]
    cut = draw(st.integers(1, len(names)))
    inside = questions[cut:]
    return form(*questions[:cut], *([repeat("r", *inside)] if inside else []))
