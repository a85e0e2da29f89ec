"""Giving an answer, taking it away, standing by it: may it be, and what follows."""

from __future__ import annotations

import datetime as dt

from survey_tui.errors import AnswerError
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical
from survey_tui.interview.interview_state import Place
from survey_tui.interview.recorder import Recorder
from survey_tui.interview.views import Finding, Outcome
from survey_tui.vietnamese import nfc

__all__ = ["Answering"]


class Answering:
    """What the surveyor does with one question. All methods raise ``AnswerError`` for a step that cannot be
    taken."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._core = recorder.core

    def answer(self, path: str, text: str, at: dt.datetime) -> Outcome:
        """Record an answer; ``""`` takes it away."""
        place = self._answerable(path, at)
        question = self._core.form.items[place.node].question
        assert question is not None
        checks = self._core.checks
        try:
            text = canonical(question, place.node, text, at)
        except AnswerError as error:
            return Outcome(False, (checks.finding("type", place, self._core.words.error(error)),))
        if not text:
            if checks.required(place):
                return Outcome(False, (checks.finding("required", place, checks.required_message(place)),))
            return self._cleared(place, at)
        findings = checks.of_answer(place, text)
        if any(finding.blocking for finding in findings):
            return Outcome(False, findings)
        return self._emit(ev.Answered(ev.stamp(at), path, text), place, findings)

    def clear(self, path: str, at: dt.datetime) -> Outcome:
        """Take an answer away, required or not."""
        return self._cleared(self._answerable(path, at), at)

    def set_missing(self, path: str, kind: ev.MissingKind, at: dt.datetime) -> Outcome:
        """Don't know, or refused."""
        place = self._answerable(path, at)
        question = self._core.form.items[place.node].question
        if question is None or kind not in question.allow:
            raise AnswerError("interview_missing_not_allowed", path=path)
        return self._emit(ev.Missing(ev.stamp(at), path, kind), place)

    def confirm_warning(self, path: str, at: dt.datetime) -> None:
        """Stand by the present answer."""
        place = self._answerable(path, at)
        if not self._core.checks.warning(place):
            raise AnswerError("interview_no_warning", path=path)
        self._recorder.emit(ev.WarningConfirmed(ev.stamp(at), path, place.text))

    def note(self, path: str, text: str, at: dt.datetime) -> None:
        """Keep a remark on a question."""
        self._recorder.open(at)
        self._core.state.question(path)
        self._recorder.emit(ev.Noted(ev.stamp(at), path, nfc(text)))

    def undo(self, at: dt.datetime) -> str | None:
        """Put back what the question answered last held before."""
        self._recorder.open(at)
        if not self._core.history:
            return None
        former = self._core.history[-1]
        path = former.place.path
        self._recorder.emit(ev.Undone(ev.stamp(at), path, former.text, former.missing))
        return path

    def _answerable(self, path: str, at: dt.datetime) -> Place:
        self._recorder.open(at)
        place = self._core.state.question(path)
        if not self._core.form.items[place.node].answerable:
            raise AnswerError("interview_no_question", path=path)
        if not place.relevant:
            raise AnswerError("interview_not_relevant", path=path)
        if self._core.checks.read_only(place):
            raise AnswerError("interview_read_only", path=path)
        return place

    def _cleared(self, place: Place, at: dt.datetime) -> Outcome:
        if not self._core.checks.satisfied(place):
            return Outcome(True)  # nothing to take away: nothing happened
        return self._emit(ev.Cleared(ev.stamp(at), place.path), place)

    def _emit(self, event: ev.Event, place: Place, findings: tuple[Finding, ...] = ()) -> Outcome:
        self._recorder.emit(event)
        return Outcome(True, (*findings, *self._core.checks.unconfirmed(place)))
