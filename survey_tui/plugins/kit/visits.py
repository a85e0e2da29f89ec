"""Interviews written down, so that a plugin without Python brings its tests along: ``tests/*.toml``.

::

    [[visit]]
    title = "Households that the team never reached are not asked what it showed them"
    commune = "32044"                    # optional: default a commune of the plugin
    survey = "xa_hoi_so"                 # optional
    language = "vi"                      # optional
    answers = { cm_team = "no" }         # by question; others are answered by themselves
    asked = ["cm_qr"]                    # … and what is expected: see Interview.expect
    not_asked = ["cm_inst"]
    refused = []
    doubted = []
    values = { }
    said = []
    complete = true
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import msgspec

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.remarks import Remark, error
from survey_tui.authoring.respondent import Setting
from survey_tui.authoring.scripted_interview import ExpectationError, Interview
from survey_tui.errors import SurveyError

__all__ = ["Visit", "held_visits"]

_MAX_BYTES = 1024 * 1024


class Visit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[[visit]]``."""

    title: str
    survey: str = ""
    commune: str = ""
    language: str = "vi"
    surveyor: str = "AB001"
    answers: dict[str, str | int | float] = {}
    asked: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    values: dict[str, str | int | float] = {}
    said: tuple[str, ...] = ()
    not_said: tuple[str, ...] = ()
    complete: bool | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    visit: tuple[Visit, ...] = ()


def held_visits(workshop: Workshop) -> Iterator[tuple[str, Remark | None]]:
    """(title, what went otherwise) of every visit in the plugin's ``tests`` folder."""
    for path in sorted((workshop.project.root / "tests").glob("*.toml")):
        try:
            file = msgspec.convert(tomllib.loads(path.read_bytes()[:_MAX_BYTES].decode("utf-8-sig")), _File)
        except (OSError, ValueError, RecursionError) as fault:
            yield path.name, error("bad_visits", f"tests/{path.name}", reason=str(fault)[:300])
            continue
        for visit in file.visit:
            yield visit.title, _hold(workshop, visit)


def _hold(workshop: Workshop, visit: Visit) -> Remark | None:
    setting = Setting(commune=visit.commune, language=visit.language, surveyor=visit.surveyor)
    answers = {name: str(answer) for name, answer in visit.answers.items()}
    interview = Interview(workshop, visit.survey, setting, answers)
    try:
        interview.expect(
            asked=visit.asked,
            not_asked=visit.not_asked,
            refused=visit.refused,
            doubted=visit.doubted,
            values=visit.values,
            said=visit.said,
            not_said=visit.not_said,
            complete=visit.complete,
        )
    except (ExpectationError, SurveyError) as otherwise:  # also: no such survey or commune
        return error("visit_failed", visit.title, reason=str(otherwise))
    return None
