"""An interview held with a respondent, screen by screen as a surveyor goes through it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.events import MissingKind, Started, stamp
from survey_tui.interview.session import Session
from survey_tui.interview.views import Finding, QuestionView, Stop
from survey_tui.plugins.kit.respondent import Respondent

__all__ = ["Setting", "Walk"]

_START = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
_SECONDS = 5
_SCREENS = 2_000  # no interview has as many; a form that never ends has
_INSTANCES = 0.4  # share of random respondents who want one more where the surveyor adds instances
_EMPTY = 0.15  # share who leave open what may stay open
_MISSING = 0.05  # share who refuse, or do not know, where that is an answer
_STUBBORN = 0.2  # share whose first accepted answer stands although a soft check doubts it


class Setting(Struct, frozen=True, kw_only=True):
    """Where and by whom an interview is held, and the seed of its chance."""

    commune: str = ""
    language: str = "vi"
    surveyor: str = "AB001"
    seed: int = 1
    response_id: str = "kit"


class Walk:
    """``asked`` counts the questions shown, by name; ``answers`` are the latest ones by name; ``rejected``
    holds what was said about scripted answers that were not taken; ``stuck`` the required questions that
    took no answer; ``said`` the doubts of soft checks; ``unanswered`` what keeps the response from being
    finished."""

    def __init__(
        self,
        form: CompiledForm,
        respondent: Respondent,
        setting: Setting,
        script: Mapping[str, str] | None = None,
    ) -> None:
        self.script = dict(script or {})
        self.respondent = respondent
        self._now = _START
        area = f"{setting.commune or '00000'}-01"
        prefill = {"enum_code": setting.surveyor, "ea_code": area, "hh_no": "1"}
        paths = {name: path for path, node in form.by_path.items() if (name := node.name) in prefill}
        self.session = Session(
            form,
            Started(
                at=stamp(_START),
                response_id=setting.response_id,
                form_id=form.form.id,
                form_version=form.form.version,
                form_sha256=form.form.sha256,
                modules=form.form.modules,
                seed=setting.seed,
                commune=setting.commune,
                language=setting.language,
                prefill={path: prefill[name] for name, path in paths.items()},
            ),
        )
        self.asked: Counter[str] = Counter()
        self.answers: dict[str, str] = {path.rpartition("/")[2]: prefill[n] for n, path in paths.items()}
        self.rejected: dict[str, str] = {}
        self.said: dict[str, str] = {}
        self.stuck: set[str] = set()
        self.unanswered: tuple[Finding, ...] = ()
        self.endless = False

    def at(self) -> dt.datetime:
        """A little later."""
        self._now += dt.timedelta(seconds=_SECONDS)
        return self._now

    def go(self, until: str = "", screens: int = _SCREENS) -> bool:
        """On to the end, to the question ``until`` (before it is answered), or for so many screens; whether
        it got there."""
        for _ in range(screens):
            stop = self.session.stop
            if stop.kind == "end":
                return True
            if until and any(_name(path) == until for path in self._screen(stop)):
                return True
            self.step(stop)
        self.endless = screens == _SCREENS
        return False

    def step(self, stop: Stop) -> None:
        """Answer one screen and turn the page."""
        if stop.kind == "add":
            if self.respondent.maybe(_INSTANCES) or not self.session.group(stop.path).instances:
                self.session.jump(self.session.add_instance(stop.path, self.at()), self.at())
                return
        else:
            done: set[str] = set()
            while open_paths := [path for path in self._screen(stop) if path not in done]:
                done.add(open_paths[0])
                self._ask(self.session.question(open_paths[0]))
        self.session.next(self.at())

    def finish(self) -> bool:
        """Whether the response can be finished as it stands; ``unanswered`` says what is in the way."""
        try:
            self.session.finalise(self.at())
        except AnswerError as error:
            found = error.details.get("findings", ())
            self.unanswered = cast("tuple[Finding, ...]", found) if isinstance(found, tuple) else ()
            return False
        return True

    def _screen(self, stop: Stop) -> tuple[str, ...]:
        return self.session.screen(stop.path) if stop.kind == "question" else ()

    # --- answers
    def _ask(self, view: QuestionView) -> None:
        self.asked[view.name] += 1
        if view.type == "note" or view.read_only:
            return
        if view.name in self.script:
            self._scripted(view, self.script[view.name])
        elif not view.text:
            self._answer(view)

    def _scripted(self, view: QuestionView, text: str) -> None:
        """A list separated by ``|`` holds the answers of the repeat's instances in turn."""
        answers = text.split("|")
        answer = answers[min(self.asked[view.name], len(answers)) - 1].strip()
        if answer in view.allow:
            self.session.set_missing(view.path, cast("MissingKind", answer), self.at())
            self.answers.pop(view.name, None)
        elif answer:
            self._offer(view, answer, scripted=True)
        elif view.text:
            self.session.clear(view.path, self.at())

    def _answer(self, view: QuestionView) -> None:
        if view.allow and self.respondent.maybe(_MISSING):
            self.session.set_missing(view.path, cast("MissingKind", view.allow[-1]), self.at())
            return
        if not view.required and self.respondent.maybe(_EMPTY):
            return
        doubted = ""
        for text in self.respondent.tries(view):
            doubt = self._offer(view, text)
            if doubt == "" or (doubt and self.respondent.maybe(_STUBBORN)):
                return
            if doubt and not doubted:
                doubted = text
        if doubted:
            self._offer(view, doubted)
        elif view.allow:
            self.session.set_missing(view.path, cast("MissingKind", view.allow[-1]), self.at())
        elif view.required:
            self.stuck.add(view.name)

    def _offer(self, view: QuestionView, text: str, *, scripted: bool = False) -> str | None:
        """Give an answer; ``None`` if it was not taken, else what a soft check says (``""``: nothing)."""
        try:
            outcome = self.session.answer(view.path, text, self.at())
        except AnswerError as error:
            self._reject(view.name, str(error), scripted)
            return None
        if not outcome.accepted:
            self._reject(view.name, " ".join(each.message for each in outcome.findings), scripted)
            return None
        self.answers[view.name] = text
        doubt = next((each.message for each in outcome.findings if each.kind == "warning"), "")
        self.said.pop(view.name, None)
        if doubt:
            self.said[view.name] = doubt
            self.session.confirm_warning(view.path, self.at())
        return doubt

    def _reject(self, name: str, reason: str, scripted: bool) -> None:
        if scripted:
            self.rejected[name] = reason


def _name(path: str) -> str:
    return path.rpartition("/")[2]
