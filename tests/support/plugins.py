"""Plugins as their authors write them, and interviews on the national instrument with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from survey_tui.interview.events import Started, text_from_moment
from survey_tui.interview.session import Session
from survey_tui.places import Places
from survey_tui.plugins import Plugins
from survey_tui.plugins.metadata import EntryPoint, installed_entry_points
from survey_tui.plugins.response_checks import plugin_adviser
from survey_tui.plugins.survey_catalogue import Surveys

CA_MAU = "32062"
"""A commune of legacy Cà Mau."""


BAC_LIEU = "31834"
"""A commune of the same province of today that was in Bạc Liêu."""


START = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


MANIFEST = """
name = "{name}"
version = "1.0"
requires_api = 1
title.vi = "Phần riêng {name}"
title.en = "Own part {name}"

[area]
communes = ["{commune}"]

[[addition]]
module = "{name}"
after = "b"
"""


MODULE = """
name = "{name}"
version = "1.0"

[[question]]
type = "begin_group"
name = "{name}"
label.vi = "Phần {name}"
label.en = "Part {name}"

[[question]]
type = "integer"
name = "{name}_n"
label.vi = "Bao nhiêu?"
label.en = "How many?"
required = true

[[question]]
type = "end_group"
name = "{name}"
"""


Write = Callable[..., Path]


Point = Callable[..., EntryPoint]


CommandLine = Callable[..., "Result"]


Install = Callable[..., None]


class Result(NamedTuple):
    status: int
    out: str
    err: str


def core_points() -> list[EntryPoint]:
    """The national instrument's entry point."""
    return [each for each in installed_entry_points() if each.distribution.startswith("survey_tui-")]


def load(home: Path, points: Sequence[EntryPoint] = (), time_limit: float = 5.0) -> Plugins:
    """The core, ``points`` and what lies in ``home``."""
    return Plugins.load([*core_points(), *points], home, time_limit=time_limit)


def begin(plugins: Plugins, commune: str, survey: str = "xa_hoi_so", language: str = "vi") -> Session:
    """An interview in this commune, with what plugins add."""
    form = Surveys(plugins).compiled_form(survey, commune, {"communes": Places().table()})
    started = Started(
        at=text_from_moment(START),
        response_id="r",
        form_id=form.form.id,
        seed=1,
        commune=commune,
        language=language,
        modules=form.form.modules,
    )
    session = Session(form, started)
    session.advisers = (plugin_adviser(plugins),)
    return session


def answer_all(session: Session, **given: str) -> list[str]:
    """Answer until the end, as an adult who lives alone; names of the questions asked, in order."""
    answers = {
        "enum_code": "CM012",
        "ea_code": f"{session.started.commune}-03",
        "hh_no": "12",
        "hh_size": "1",
        "p_age": "45",
        "p_sex": "m",
        "age": "45",
        "sex": "m",
        "sel_line": "1",
        **given,
    }
    asked: list[str] = []
    now = START
    for _ in range(2000):
        if session.step.kind == "end":
            return asked
        now += dt.timedelta(seconds=5)
        for path in session.screen(session.step.path):
            view = session.question(path)
            asked.append(view.name)
            if view.type == "note" or view.text:
                continue
            text = answers.get(
                view.name, view.choices[0].name if view.choices else "1" if view.type == "integer" else ""
            )
            if text:
                outcome = session.answer(path, text, now)
                assert outcome.accepted, (view.name, text, outcome.findings)
                if session.question(path).warning:
                    session.confirm_warning(path, now)
        session.next(now)
    raise AssertionError("the interview does not end")
