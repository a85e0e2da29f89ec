"""Live state of an interview with its form, and the log through which events reach it.

Live and replayed interviews reach the same state, because every event goes through :meth:`LiveState.apply`.
Whether an event is allowed is decided before it is emitted (:mod:`survey_tui.interview.session`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from survey_tui.errors import AnswerError
from survey_tui.expressions.tree import Node
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical_text_or_same
from survey_tui.interview.checks import Checks
from survey_tui.interview.choices import Choices
from survey_tui.interview.evaluation import (
    Evaluation,
    NodeValue,
    TriggerEffect,
    restore,
    set_and_trigger,
    value_of_answer,
)
from survey_tui.interview.interview_state import (
    InstanceFrame,
    InterviewState,
    NodePlace,
    SessionEnvironment,
    SessionTranslator,
)
from survey_tui.interview.navigation import Navigation, PlacedStep
from survey_tui.interview.progress import InterviewDuration, UpcomingQuestions
from survey_tui.interview.repeats import Repeats
from survey_tui.interview.replay import PathAnswers, apply_event
from survey_tui.interview.view_builder import Views

if TYPE_CHECKING:
    from survey_tui.interview.outline import Outline
    from survey_tui.interview.roster import Roster


class UndoEntry(NamedTuple):
    """The answer of a question before its last change, and what that change triggered."""

    place: NodePlace
    text: str
    missing: str
    effects: tuple[TriggerEffect, ...]


class LiveState:
    """The state of an interview with its form: answers, evaluation, navigation, undo history.

    ``orphans`` has the events, and prefilled answers, on paths that the form does not have; ``orphaned`` has
    the answers that they lead to. ``outcome`` is (code, text); ``finalised_at`` is kept when a response is
    reopened.
    """

    def __init__(self, form: CompiledForm, started: ev.Started) -> None:
        self.form = form
        self.started = started
        self.env = SessionEnvironment(form, started)
        self.state = InterviewState(form, self.env)
        self.evaluation = Evaluation(self.state)
        self.repeats = Repeats(self.state, self.evaluation)
        self.navigation = Navigation(self.state, self.repeats)
        self.choices = Choices(self.state)
        self.translator = SessionTranslator(self.env)
        self.checks = Checks(self.state, self.choices, self.translator)
        self.views = Views(self.state, self.choices, self.checks, self.navigation)
        self.upcoming = UpcomingQuestions(
            self.state, self.checks, self.repeats, lambda: self.is_final or self.cursor.kind == "end"
        )
        self.duration = InterviewDuration()
        self.events: list[ev.Event] = []
        self.orphans: list[ev.Event] = []
        self.orphaned = PathAnswers()
        self.history: list[UndoEntry] = []
        self.outcome = ("", "")
        self.is_final = False
        self.finalised_at = ""
        self.cursor: PlacedStep = self.navigation.end
        self.apply(started)
        self.cursor = self.navigation.first()

    @classmethod
    def replay(cls, form: CompiledForm, events: Iterable[ev.Event]) -> LiveState:
        """The state that these events lead to. Raises ``AnswerError("interview_no_start")``."""
        log = iter(events)
        started = next(log, None)
        if not isinstance(started, ev.Started):
            raise AnswerError("interview_no_start")
        live = cls(form, started)
        for event in log:
            live.apply(event)
        return live

    @cached_property
    def outline(self) -> Outline:
        from survey_tui.interview.outline import Outline  # the first question does without

        return Outline(self.state, self.checks, self.views, self.navigation, self.upcoming, self.translator)

    @cached_property
    def roster(self) -> Roster:
        from survey_tui.interview.roster import Roster  # the first question does without

        return Roster(self.state, self.checks, self.views, self.translator)

    @property
    def metadata(self) -> dict[str, str]:
        """Texts of the metadata questions that are known from the start, by question type."""
        now = self.env.now
        return {
            "start": ev.text_from_moment(ev.moment_from_text(self.started.at)),
            "today": now.date().isoformat(),
            "deviceid": self.started.device_id,
            "username": self.started.username,
        }

    def apply(self, event: ev.Event) -> None:
        """Append an event to the log and apply it; one on a path that the form does not have is orphaned."""
        at = ev.moment_from_text(event.at)
        self.env.begin_event(len(self.events), at)
        self.events.append(event)
        self.choices.clear()
        self.evaluation.changed.clear()
        self.duration.count_until(at)
        try:
            apply_event(event, self)
        except AnswerError:
            self._orphan(event)

    def begin(self, started: ev.Started) -> None:
        if len(self.events) > 1:
            return  # a log has one start
        self.repeats.begin(self.metadata)
        for path, text in started.prefill.items():
            try:
                place = self.state.question(path)
            except AnswerError:
                self._orphan(ev.Answered(started.at, path, text))
                continue
            question = self.form.items[place.node].question
            assert question is not None
            self._store(place, canonical_text_or_same(question, place.node, text, self.env.now))
        self.evaluation.changed.clear()

    def set_answer(self, path: str, text: str, missing: str = "") -> None:
        place = self.state.question(path)
        former, former_missing = place.text, place.missing
        effects = self._store(place, text, missing)
        self.history.append(UndoEntry(place, former, former_missing, effects))

    def undo_answer(self, path: str, text: str, missing: str) -> None:
        place = self.state.question(path)
        effects: tuple[TriggerEffect, ...] = ()
        if self.history and self.history[-1].place == place:
            effects = self.history.pop().effects
        _mark_missing(place, missing)
        restore(self.evaluation, place, NodeValue(text, value_of_answer(text, place.node)), effects)

    def set_note(self, path: str, text: str) -> None:
        frame, node = self.state.question(path)
        if text:
            frame.notes[node.slot] = text
        else:
            frame.notes.pop(node.slot, None)

    def confirm_warning(self, path: str, text: str) -> None:
        frame, node = self.state.question(path)
        frame.confirmed[node.slot] = text

    def add_instance(self, path: str) -> None:
        place = self.state.repeat(path.rpartition("[")[0])
        self.repeats.add(*place, self.metadata)

    def remove_instance(self, path: str) -> None:
        frame = self.state.instance(path)
        outer, repeat, position = frame.outer, frame.node, frame.position
        assert outer is not None
        self.repeats.remove(frame)
        self.orphaned.remove_instance(path)
        self.history = [entry for entry in self.history if entry.place.frame.alive]
        if not self.cursor.place.frame.alive:
            self.cursor = self._step_after_removal(outer, repeat, position)

    def move_to(self, path: str) -> None:
        self.cursor = self.navigation.step_at(path)

    def set_language(self, language: str) -> None:
        self.env.language = language

    def record_outcome(self, code: str, text: str) -> None:
        self.outcome = (code, text)

    def pause(self) -> None:
        self.duration.pause()

    def recalculate(self) -> None:
        for place in self.state.places():
            if (
                place.node.kind == "leaf"
                and place.relevant
                and place.text
                and self.form.items[place.node].is_visible
            ):
                self.evaluation.touch(place.frame, place.node)
                self.evaluation.propagate()

    def change_form(self, change: ev.FormChanged) -> None:
        self.started = structs.replace(
            self.started,
            form_version=change.form_version,
            form_sha256=change.form_sha256,
            modules=change.modules,
        )
        for aside in change.aside:
            self._store_if_present(aside.path, "")
        for moved in change.moved:
            self._store_if_present(moved.new, moved.text, moved.missing, moved.note)
        self.history.clear()

    def finalise(self, at: str) -> None:
        self.is_final, self.finalised_at = True, at
        for place in list(self.state.places()):
            question = self.form.items[place.node].question
            if question is not None and question.type == "end":
                self._store(place, at)

    def reopen(self) -> None:
        self.is_final = False

    def _orphan(self, event: ev.Event) -> None:
        self.orphans.append(event)
        apply_event(event, self.orphaned)

    def _store(self, place: NodePlace, text: str, missing: str = "") -> tuple[TriggerEffect, ...]:
        """Store an answer or a missing code; the effects of what it triggered."""
        _mark_missing(place, missing)
        return set_and_trigger(
            self.state, self.evaluation, place, NodeValue(text, value_of_answer(text, place.node))
        )

    def _store_if_present(self, path: str, text: str, missing: str = "", note: str = "") -> None:
        """As :meth:`_store`; a still later version of the form may not have the question."""
        try:
            place = self.state.question(path)
        except AnswerError:
            return
        self._store(place, text, missing)
        if note:
            place.frame.notes[place.node.slot] = note

    def _step_after_removal(self, outer: InstanceFrame, repeat: Node, position: int) -> PlacedStep:
        """The instance that moved up, else the question for one more, else what follows the repeat."""
        instances = outer.instances_of(repeat)
        if position <= len(instances) and instances[position - 1].relevant[0]:
            start = PlacedStep("repeat", NodePlace(instances[position - 1], repeat))
            return self.navigation.first_shown(self.navigation.steps_after(start))
        add = PlacedStep("add", NodePlace(outer, repeat))
        if self.navigation.may_add(outer, repeat):
            return add
        return self.navigation.first_shown(self.navigation.steps_after(add))


def _mark_missing(place: NodePlace, missing: str) -> None:
    if missing:
        place.frame.missing[place.node.slot] = missing
    else:
        place.frame.missing.pop(place.node.slot, None)


class EventLog:
    """Hands each event to the sink before memory changes: if the sink raises, nothing has changed."""

    def __init__(self, live: LiveState, sink: Callable[[ev.Event], None] | None) -> None:
        self.live = live
        self._sink = sink

    def emit(self, event: ev.Event) -> None:
        """Record an event in the sink, then apply it."""
        if self._sink is not None:
            self._sink(event)
        self.live.apply(event)
