"""Session: the object through which every change of an interview goes.

Pure: time, seed and identity come from the caller, events go to the ``sink``. A method decides whether its
event is allowed; what the event does is in :mod:`survey_tui.interview.live_state`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical_text
from survey_tui.interview.final_response import build_final_response, submission_values
from survey_tui.interview.interview_state import NodePlace
from survey_tui.interview.live_state import EventLog, LiveState
from survey_tui.interview.navigation import PlacedStep
from survey_tui.interview.review import Conditions, orphan_findings, progress, review
from survey_tui.interview.view_builder import node_states
from survey_tui.interview.views import (
    AnswerResult,
    FinalResponse,
    GroupView,
    InterviewFinding,
    InterviewProgress,
    NavigationStep,
    NodeState,
    OutlineEntry,
    QuestionView,
    Review,
    RosterView,
)
from survey_tui.vietnamese import nfc


class Session:
    """An interview.

    A method that changes something takes ``at`` (zone-aware), checks, hands the event to ``sink``, and only
    then changes memory: if the sink raises, nothing has changed. It raises ``AnswerError`` for a path that
    does not exist or does not allow the change (``interview_no_such_path``, ``interview_not_relevant``,
    ``interview_read_only``, ``interview_finished`` …).
    """

    def __init__(
        self, form: CompiledForm, started: ev.Started, sink: Callable[[ev.Event], None] | None = None
    ) -> None:
        """Begin an interview; ``started`` goes to the sink first."""
        if sink is not None:
            sink(started)
        self._open(LiveState(form, started), sink)

    @classmethod
    def replay(
        cls, form: CompiledForm, events: Iterable[ev.Event], sink: Callable[[ev.Event], None] | None = None
    ) -> Session:
        """The session that these events lead to; only later events go to ``sink``.

        Raises ``AnswerError("interview_no_start")`` when the first event is another one.
        """
        session = cls.__new__(cls)
        session._open(LiveState.replay(form, events), sink)
        return session

    def _open(self, live: LiveState, sink: Callable[[ev.Event], None] | None) -> None:
        self._live = live
        self._emit = EventLog(live, sink).emit
        self._conditions = Conditions(live)
        self._progress: tuple[int, InterviewProgress] | None = None  # at this number of events
        self.advisers: Sequence[Adviser] = ()

    # --- facts
    @property
    def form(self) -> CompiledForm:
        return self._live.form

    @property
    def started(self) -> ev.Started:
        return self._live.started

    @property
    def events(self) -> tuple[ev.Event, ...]:
        return tuple(self._live.events)

    @property
    def orphans(self) -> tuple[ev.Event, ...]:
        """Events, and prefilled answers, on paths that this form does not have."""
        return tuple(self._live.orphans)

    @property
    def language(self) -> str:
        return self._live.env.language

    @property
    def is_final(self) -> bool:
        """True when the response is final: no answer can change until :meth:`reopen`."""
        return self._live.is_final

    # --- answers
    def answer(self, path: str, text: str, at: dt.datetime) -> AnswerResult:
        """Record an answer in canonical form; ``""`` clears it.

        Not accepted, so that the old answer stays: wrong type, not among the choices, constraint broken, a
        required answer cleared.
        """
        place = self._answerable_place(path, at)
        question = self._live.form.items[place.node].question
        assert question is not None
        checks = self._live.checks
        try:
            text = canonical_text(question, place.node, text, at)
        except AnswerError as error:
            return AnswerResult(False, (checks.finding("type", place, self._live.translator.error(error)),))
        if not text:
            if checks.is_required(place):
                return AnswerResult(
                    False, (checks.finding("required", place, checks.required_message(place)),)
                )
            return self._clear(place, at)
        findings = checks.check_answer(place, text)
        if any(finding.blocking for finding in findings):
            return AnswerResult(False, findings)
        return self._emit_answer(ev.Answered(ev.text_from_moment(at), path, text), place, findings)

    def clear(self, path: str, at: dt.datetime) -> AnswerResult:
        """Clear an answer, even a required one (the review will ask for it)."""
        return self._clear(self._answerable_place(path, at), at)

    def set_missing(self, path: str, kind: ev.MissingKind, at: dt.datetime) -> AnswerResult:
        """Record a missing code; ``interview_missing_not_allowed`` where the form does not offer it."""
        place = self._answerable_place(path, at)
        question = self._live.form.items[place.node].question
        if question is None or kind not in question.allow:
            raise AnswerError("interview_missing_not_allowed", path=path)
        return self._emit_answer(ev.Missing(ev.text_from_moment(at), path, kind), place)

    def confirm_warning(self, path: str, at: dt.datetime) -> None:
        """Confirm an answer despite its warning; raises ``interview_no_warning`` when there is none."""
        place = self._answerable_place(path, at)
        if not self._live.checks.warning_message(place):
            raise AnswerError("interview_no_warning", path=path)
        self._emit(ev.WarningConfirmed(ev.text_from_moment(at), path, place.text))

    def note(self, path: str, text: str, at: dt.datetime) -> None:
        """Set the note on a question; an empty text deletes it."""
        self._require_draft(at)
        self._live.state.question(path)
        self._emit(ev.Noted(ev.text_from_moment(at), path, nfc(text)))

    def undo(self, at: dt.datetime) -> str | None:
        """Undo the last answer (also cleared, missing); its path, or ``None`` when there is nothing to undo.

        Calculations follow, and what the answer triggered is undone with it.
        """
        self._require_draft(at)
        if not self._live.history:
            return None
        former = self._live.history[-1]
        path = former.place.path
        self._emit(ev.Undone(ev.text_from_moment(at), path, former.text, former.missing))
        return path

    @property
    def changed(self) -> tuple[str, ...]:
        """Paths whose value or relevance changed because of the last event, without the answered question."""
        return tuple(dict.fromkeys(NodePlace(*place).path for place in self._live.evaluation.changed))

    # --- repeats
    def add_instance(self, repeat_path: str, at: dt.datetime) -> str:
        """Append an instance to ``r/person``; its path (``r/person[3]``). The current step stays."""
        self._require_draft(at)
        place = self._live.state.repeat(repeat_path)
        if not self._live.navigation.may_add(place.frame, place.node):
            raise AnswerError("interview_cannot_add", path=repeat_path)
        return self._add_instance(place, at)

    def remove_instance(self, instance_path: str, at: dt.datetime) -> None:
        """Remove one instance with all its answers; later ones move up."""
        self._require_draft(at)
        self._live.state.instance(instance_path)
        self._emit(ev.InstanceRemoved(ev.text_from_moment(at), instance_path))

    # --- navigation: as in ODK Collect, makes the instances of counts and drops choices no longer offered
    @property
    def step(self) -> NavigationStep:
        """The current step: a question (the first of its screen), ``add`` (one more instance?) or the end."""
        cursor, navigation = self._live.cursor, self._live.navigation
        if cursor.kind == "question" and navigation.screen_group(cursor.place) is not None:
            return NavigationStep("question", navigation.screen(cursor.place)[0].path)
        return cursor.navigation_step

    @property
    def current(self) -> str:
        """Path of the current step: a question's, a repeat's at ``add``, or ``END``."""
        return self.step.path

    def next(self, at: dt.datetime) -> NavigationStep:
        """Go to the next screen; at the end, stay there."""
        cursor, navigation = self._live.cursor, self._live.navigation
        if cursor.kind == "question":
            cursor = PlacedStep("question", navigation.screen(cursor.place)[-1])
        for step in navigation.steps_after(cursor):
            if step.kind == "grow":
                self._grow(step.place, at)
            elif step.kind in ("question", "add", "end"):
                return self._visit(step, at)
        raise AssertionError("a walk ends at the end")

    def back(self, at: dt.datetime) -> NavigationStep:
        """Go to the screen before; on the first, stay there."""
        cursor, navigation = self._live.cursor, self._live.navigation
        if cursor.kind == "question":
            cursor = PlacedStep("question", navigation.screen(cursor.place)[0])
        before = next(navigation.steps_before(cursor), None)
        if before is None:
            return self.step
        return self._visit(PlacedStep("question", navigation.screen(before.place)[0]), at)

    def jump(self, path: str, at: dt.datetime) -> NavigationStep:
        """Go to a question, the first question of a group or instance, a repeat's ``add``, or END."""
        return self._visit(self._live.navigation.step_at(path), at)

    def walk(self, at: dt.datetime) -> tuple[NavigationStep, ...]:
        """Visit every screen from the first to the last, as ODK Collect does before it finalises; the steps.

        The current step stays.
        """
        return tuple(self.steps(at))

    def steps(self, at: dt.datetime) -> Iterator[NavigationStep]:
        """As :meth:`walk`, screen by screen: each is visited when its step is asked for."""
        for step in self._live.navigation.steps_after():
            if step.kind == "grow":
                self._grow(step.place, at)
                continue
            if step.kind == "question":
                self._drop_filtered(step.place, at)
            yield step.navigation_step

    # --- views (they change nothing)
    def screen(self, path: str) -> tuple[str, ...]:
        """Paths shown together: one question, or all relevant ones of its field-list group."""
        return tuple(place.path for place in self._live.navigation.screen(self._live.state.question(path)))

    def question(self, path: str) -> QuestionView:
        """A question as a screen shows it."""
        return self._live.views.question(self._live.state.question(path))

    def group(self, path: str) -> GroupView:
        """A group, a repeat or one of its instances."""
        place = self._live.state.at(path)
        if place.node.kind == "leaf":
            raise AnswerError("interview_no_such_group", path=path)
        return self._live.views.group(place)

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The outline, skipped items included."""
        return self._live.outline.entries()

    def roster(self, repeat_path: str) -> RosterView:
        """A repeat as a table."""
        return self._live.roster.table(self._live.state.repeat(repeat_path))

    def progress(self) -> InterviewProgress:
        """Questions answered and asked, and the time left."""
        count = len(self._live.events)
        if self._progress is None or self._progress[0] != count:
            self._progress = count, progress(self._live)
        return self._progress[1]

    def states(self) -> Iterator[NodeState]:
        """Every node with its text, calculated and skipped ones included, in document order."""
        return node_states(self._live.state, self._live.checks)

    def submission(self) -> tuple[tuple[str, str | None], ...]:
        """(path, text) of everything relevant in document order, as ODK Collect would submit it now."""
        return submission_values(self._live.state)

    # --- the rest of the visit
    def set_language(self, language: str, at: dt.datetime) -> None:
        """Continue in another language of the form."""
        if language not in self._live.form.form.languages:
            raise AnswerError("interview_no_such_language", language=language)
        self._emit(ev.LanguageChanged(ev.text_from_moment(at), language))

    def record_outcome(self, code: str, text: str, at: dt.datetime) -> None:
        """Record how the visit ended."""
        self._emit(ev.OutcomeRecorded(ev.text_from_moment(at), code, text))

    def pause(self, at: dt.datetime) -> None:
        """Leave the interview: the time until the next event does not count."""
        self._emit(ev.Paused(ev.text_from_moment(at)))

    def review(self, at: dt.datetime) -> Review:
        """Findings of the form, then of ``advisers``, then orphaned answers; counts and duration."""
        own = review(self._live, at)
        advice = [each for adviser in self.advisers for each in adviser(self)]
        return replace(own, findings=(*own.findings, *advice, *orphan_findings(self._live)))

    def holds(self, condition: str, relevant: str = "") -> bool:
        """Whether a condition is true at the top of the form, or does not apply: ``relevant`` is not true,
        or, without one, a question outside repeats that it reads has no answer. Raises ``ExpressionError``.
        """
        return self._conditions.holds(condition, relevant)

    def finalise(self, at: dt.datetime) -> FinalResponse:
        """End the interview: the final response.

        Raises ``AnswerError("interview_incomplete", findings=…)`` when a blocking finding is left.
        """
        self._require_draft(at)
        self.walk(at)
        self._emit(ev.Recalculated(ev.text_from_moment(at)))
        findings = tuple(finding for finding in review(self._live, at).findings if finding.blocking)
        if findings:
            raise AnswerError("interview_incomplete", count=len(findings), findings=findings)
        self._emit(ev.Finalised(ev.text_from_moment(at)))
        return self.final()

    def final(self) -> FinalResponse:
        """The response at this moment; ``finished`` is empty as long as it has not been finalised."""
        return build_final_response(self._live)

    def change_form(self, change: ev.FormChanged) -> None:
        """Continue with this session's form, after events of another version (see ``plan_form_change``)."""
        self._emit(change)

    def reopen(self, at: dt.datetime) -> None:
        """Make a final response a draft again; the store knows whether it was sent."""
        if self._live.is_final:
            self._emit(ev.Reopened(ev.text_from_moment(at)))

    # --- events
    def _require_draft(self, at: dt.datetime) -> None:
        """Raise ``AnswerError("interview_finished")`` if the response is final; set the time to ``at``."""
        if self._live.is_final:
            raise AnswerError("interview_finished")
        self._live.env.now = at

    def _answerable_place(self, path: str, at: dt.datetime) -> NodePlace:
        self._require_draft(at)
        place = self._live.state.question(path)
        if not self._live.form.items[place.node].is_answerable:
            raise AnswerError("interview_no_question", path=path)
        if not place.relevant:
            raise AnswerError("interview_not_relevant", path=path)
        if self._live.checks.is_read_only(place):
            raise AnswerError("interview_read_only", path=path)
        return place

    def _clear(self, place: NodePlace, at: dt.datetime) -> AnswerResult:
        if not self._live.checks.is_answered(place):
            return AnswerResult(True)  # there is no answer: no event
        return self._emit_answer(ev.Cleared(ev.text_from_moment(at), place.path), place)

    def _emit_answer(
        self, event: ev.Event, place: NodePlace, findings: tuple[InterviewFinding, ...] = ()
    ) -> AnswerResult:
        self._emit(event)
        return AnswerResult(True, (*findings, *self._live.checks.warning_findings(place)))

    def _add_instance(self, place: NodePlace, at: dt.datetime, by: ev.Cause = "") -> str:
        path = f"{place.path}[{len(place.frame.instances_of(place.node)) + 1}]"
        self._emit(ev.InstanceAdded(ev.text_from_moment(at), path, by))
        return path

    def _grow(self, place: NodePlace, at: dt.datetime) -> None:
        if not self._live.is_final:
            self._add_instance(place, at, by="count")

    def _visit(self, step: PlacedStep, at: dt.datetime) -> NavigationStep:
        if step.kind == "question":
            for place in self._live.navigation.screen(step.place):
                self._drop_filtered(place, at)
        self._emit(ev.Visited(ev.text_from_moment(at), step.navigation_step.path))
        return self.step

    def _drop_filtered(self, place: NodePlace, at: dt.datetime) -> None:
        remaining = self._live.choices.offered_answer(place)
        if remaining == place.text or self._live.is_final:
            return
        if remaining:
            self._emit(ev.Answered(ev.text_from_moment(at), place.path, remaining, by="filter"))
        else:
            self._emit(ev.Cleared(ev.text_from_moment(at), place.path, by="filter"))


Adviser: TypeAlias = Callable[[Session], Iterable[InterviewFinding]]
"""A further check of a response in review; it changes nothing."""
