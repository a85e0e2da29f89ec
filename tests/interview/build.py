"""Small forms and sessions for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.forms.model import Choice, ChoiceList, Form, Group, Question, Repeat
from survey_tui.interview.events import Event, Started
from survey_tui.interview.session import Session

ZONE = dt.timezone(dt.timedelta(hours=7))
START = dt.datetime(2026, 11, 21, 8, 0, tzinfo=ZONE)


class Clock:
    """Each call is ten seconds later."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=10)
        return self.now


def question(name: str, type: str = "text", **cells: Any) -> Question:  # noqa: A002
    cells.setdefault("label", {"vi": f"Câu {name}", "en": f"Question {name}"})
    return Question(name=name, type=type, **cells)


def group(name: str, *children: Question | Group | Repeat, **cells: Any) -> Group:
    return Group(name=name, label={"vi": name}, children=children, **cells)


def repeat(name: str, *children: Question | Group | Repeat, **cells: Any) -> Repeat:
    return Repeat(name=name, label={"vi": name}, children=children, **cells)


def choice_list(name: str, **labels: str) -> ChoiceList:
    return ChoiceList(name, tuple(Choice(key, {"vi": label}) for key, label in labels.items()))


YES_NO = choice_list("yn", yes="Có", no="Không")


def form(*children: Question | Group | Repeat, lists: tuple[ChoiceList, ...] = (YES_NO,)) -> CompiledForm:
    return compile_form(
        Form(
            id="f",
            version="1",
            title={"vi": "Phiếu"},
            languages=("vi", "en"),
            default_language="vi",
            children=children,
            lists={each.name: each for each in lists},
        )
    )


def started(**facts: Any) -> Started:
    facts.setdefault("seed", 42)
    return Started(START.isoformat(timespec="milliseconds"), response_id="r1", form_id="f", **facts)


def begin(
    *children: Question | Group | Repeat,
    lists: tuple[ChoiceList, ...] = (YES_NO,),
    sink: Callable[[Event], None] | None = None,
    **facts: Any,
) -> tuple[Session, Clock]:
    return Session(form(*children, lists=lists), started(**facts), sink), Clock()


def values(session: Session) -> dict[str, str]:
    return {node.path: node.text for node in session.states() if node.text}


def relevant(session: Session) -> set[str]:
    return {node.path for node in session.states() if node.relevant}
