"""Turning pages: what happens on the way to another screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from survey_tui.errors import AnswerError
from survey_tui.interview import events as ev
from survey_tui.interview.interview_state import Place
from survey_tui.interview.live_state import EventLog
from survey_tui.interview.navigation import Step
from survey_tui.interview.views import Stop


class Travelling:
    """Moves the current place. On the way instances are made where a count asks for them, and answers are
    dropped that a choice filter no longer offers, as ODK Collect does when it shows a question."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._live = log.live
        self._navigator = log.live.navigator

    @property
    def stop(self) -> Stop:
        """The current place; of a field-list its first question."""
        cursor = self._live.cursor
        if cursor.kind == "question" and self._navigator.screen_group(cursor.place) is not None:
            return Stop("question", self._navigator.screen(cursor.place)[0].path)
        return cursor.stop

    def next(self, at: dt.datetime) -> Stop:
        """The next screen; at the end, stay there."""
        cursor = self._live.cursor
        if cursor.kind == "question":
            cursor = Step("question", self._navigator.screen(cursor.place)[-1])
        for step in self._navigator.forward(cursor):
            if step.kind == "grow":
                self._grow(step.place, at)
            elif step.kind in ("question", "add", "end"):
                return self._visit(step, at)
        raise AssertionError("a walk ends at the end")

    def back(self, at: dt.datetime) -> Stop:
        """The screen before; on the first, stay there."""
        cursor = self._live.cursor
        if cursor.kind == "question":
            cursor = Step("question", self._navigator.screen(cursor.place)[0])
        before = next(self._navigator.backward(cursor), None)
        if before is None:
            return self.stop
        return self._visit(Step("question", self._navigator.screen(before.place)[0]), at)

    def jump(self, path: str, at: dt.datetime) -> Stop:
        """The screen of a path."""
        return self._visit(self._navigator.step_at(path), at)

    def stops(self, at: dt.datetime) -> Iterator[Stop]:
        """Every place from the first to the last, met one by one; the current one stays."""
        for step in self._navigator.forward():
            if step.kind == "grow":
                self._grow(step.place, at)
                continue
            if step.kind == "question":
                self._drop_filtered(step.place, at)
            yield step.stop

    def add(self, repeat_path: str, at: dt.datetime) -> str:
        """One more instance because the surveyor wants it."""
        self._log.open(at)
        place = self._live.state.repeat(repeat_path)
        if not self._navigator.may_add(place.frame, place.node):
            raise AnswerError("interview_cannot_add", path=repeat_path)
        return self._add(place, at)

    def remove(self, instance_path: str, at: dt.datetime) -> None:
        """One instance less."""
        self._log.open(at)
        self._live.state.instance(instance_path)
        self._log.emit(ev.InstanceRemoved(ev.stamp(at), instance_path))

    def _add(self, place: Place, at: dt.datetime, by: ev.Cause = "") -> str:
        path = f"{place.path}[{len(place.frame.instances_of(place.node)) + 1}]"
        self._log.emit(ev.InstanceAdded(ev.stamp(at), path, by))
        return path

    def _grow(self, place: Place, at: dt.datetime) -> None:
        if not self._live.finished:
            self._add(place, at, by="count")

    def _visit(self, step: Step, at: dt.datetime) -> Stop:
        if step.kind == "question":
            for place in self._navigator.screen(step.place):
                self._drop_filtered(place, at)
        self._log.emit(ev.Visited(ev.stamp(at), step.stop.path))
        return self.stop

    def _drop_filtered(self, place: Place, at: dt.datetime) -> None:
        remaining = self._live.choices.remaining(place)
        if remaining == place.text or self._live.finished:
            return
        if remaining:
            self._log.emit(ev.Answered(ev.stamp(at), place.path, remaining, by="filter"))
        else:
            self._log.emit(ev.Cleared(ev.stamp(at), place.path, by="filter"))
