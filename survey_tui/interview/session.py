"""A conversation in progress: the one object through which everything that happens in an interview goes.

The session has no clock, no file and no screen: time, seed and identity come from its caller, events go to
the ``sink``. The subjects live in modules of their own (``core`` puts them together); this class decides
whether a step may be taken, and lets it happen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview import events as ev
from survey_tui.interview.answers import canonical
from survey_tui.interview.core import Core
from survey_tui.interview.final import final, submission
from survey_tui.interview.navigation import Step
from survey_tui.interview.nodes import node_states
from survey_tui.interview.review import progress, review
from survey_tui.interview.state import Place
from survey_tui.interview.views import (
    Final,
    Finding,
    GroupView,
    NodeState,
    Outcome,
    OutlineEntry,
    Progress,
    QuestionView,
    Review,
    RosterView,
    Stop,
)

__all__ = ["Session"]


class Session:
    """One interview.

    Every method that changes something takes ``at`` (zone-aware), checks first, then hands the event to
    ``sink``, and only then changes memory: if the sink raises, nothing has changed. Methods raise
    :class:`~survey_tui.errors.AnswerError` for a path that does not exist or cannot take the step
    (``interview_no_such_path``, ``interview_not_relevant``, ``interview_read_only``, ``interview_finished``
    …).
    """

    def __init__(
        self, form: CompiledForm, started: ev.Started, sink: Callable[[ev.Event], None] | None = None
    ) -> None:
        """Begin. ``started`` is handed to the sink first of all."""
        if sink is not None:
            sink(started)
        self._sink = sink
        self._core = Core(form, started)

    @classmethod
    def replay(
        cls, form: CompiledForm, events: Iterable[ev.Event], sink: Callable[[ev.Event], None] | None = None
    ) -> Session:
        """The session that these events lead to; only later events go to ``sink``.

        The first event must be ``Started`` (``AnswerError("interview_no_start")``). Events on paths that
        this form does not have are kept in ``orphans``.
        """
        log = iter(events)
        started = next(log, None)
        if not isinstance(started, ev.Started):
            raise AnswerError("interview_no_start")
        session = cls(form, started)
        for event in log:
            session._core.apply(event)
        session._sink = sink
        return session

    # --- what is known
    @property
    def form(self) -> CompiledForm:
        return self._core.form

    @property
    def started(self) -> ev.Started:
        return self._core.started

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """The log: everything that happened, in order."""
        return tuple(self._core.events)

    @property
    def orphans(self) -> tuple[ev.Event, ...]:
        """Events (prefilled answers too) that this form has no place for."""
        return tuple(self._core.orphans)

    @property
    def language(self) -> str:
        return self._core.env.language

    @property
    def finished(self) -> bool:
        """Final: no answer can change until :meth:`reopen`."""
        return self._core.finished

    # --- answers
    def answer(self, path: str, text: str, at: dt.datetime) -> Outcome:
        """Record an answer in canonical form; ``""`` takes it away.

        Not accepted, old answer kept: wrong type, not among the choices, constraint broken, emptying a
        required one.
        """
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
        return self._changed(ev.Answered(ev.stamp(at), path, text), place, findings)

    def clear(self, path: str, at: dt.datetime) -> Outcome:
        """Take an answer away, also a required one (the review will ask for it)."""
        return self._cleared(self._answerable(path, at), at)

    def set_missing(self, path: str, kind: ev.MissingKind, at: dt.datetime) -> Outcome:
        """Don't know, or refused; raises ``interview_missing_not_allowed`` where the form does not offer
        it."""
        place = self._answerable(path, at)
        question = self._core.form.items[place.node].question
        if question is None or kind not in question.allow:
            raise AnswerError("interview_missing_not_allowed", path=path)
        return self._changed(ev.Missing(ev.stamp(at), path, kind), place)

    def confirm_warning(self, path: str, at: dt.datetime) -> None:
        """The surveyor stands by the present answer; raises ``interview_no_warning`` when nothing is to
        confirm."""
        place = self._answerable(path, at)
        if not self._core.checks.warning(place):
            raise AnswerError("interview_no_warning", path=path)
        self._emit(ev.WarningConfirmed(ev.stamp(at), path, place.text))

    def note(self, path: str, text: str, at: dt.datetime) -> None:
        """Keep a remark on a question; an empty text takes it away."""
        self._open(at)
        self._core.state.question(path)
        self._emit(ev.Noted(ev.stamp(at), path, text))

    def undo(self, at: dt.datetime) -> str | None:
        """Take back the last answer (also cleared, missing); its path, or ``None`` when there is nothing to
        undo."""
        self._open(at)
        if not self._core.history:
            return None
        former = self._core.history[-1]
        self._emit(ev.Undone(ev.stamp(at), former.place.path, former.text, former.missing))
        return former.place.path

    # --- repeats
    def add_instance(self, repeat_path: str, at: dt.datetime) -> str:
        """A new last instance of ``r/person``; its path (``r/person[3]``). Does not move the current
        place."""
        self._open(at)
        place = self._core.state.repeat(repeat_path)
        if not self._core.navigator.may_add(place.frame, place.node):
            raise AnswerError("interview_cannot_add", path=repeat_path)
        return self._add(place, at)

    def remove_instance(self, instance_path: str, at: dt.datetime) -> None:
        """Remove one instance with all its answers; later ones move up."""
        self._open(at)
        self._core.state.instance(instance_path)
        self._emit(ev.InstanceRemoved(ev.stamp(at), instance_path))

    # --- navigation
    @property
    def stop(self) -> Stop:
        """Where the surveyor is: a question (the first of its screen), ``add`` (one more instance?) or the
        end."""
        cursor = self._core.cursor
        if cursor.kind == "question" and self._core.navigator.screen_group(cursor.place) is not None:
            return Stop("question", self._core.navigator.screen(cursor.place)[0].path)
        return cursor.stop

    @property
    def current(self) -> str:
        """``stop.path``: a question's path (the first of its screen), a repeat's path at ``add``, or
        ``END``."""
        return self.stop.path

    def next(self, at: dt.datetime) -> Stop:
        """Turn to the next screen; at the end, stay there."""
        cursor = self._core.cursor
        if cursor.kind == "question":
            cursor = Step("question", self._core.navigator.screen(cursor.place)[-1])
        for step in self._core.navigator.forward(cursor):
            if step.kind == "grow":
                self._add(step.place, at, by="count")
            elif step.kind in ("question", "add", "end"):
                return self._visit(step, at)
        raise AssertionError("a walk ends at the end")

    def back(self, at: dt.datetime) -> Stop:
        """Turn to the screen before; on the first, stay there."""
        cursor = self._core.cursor
        navigator = self._core.navigator
        if cursor.kind == "question":
            cursor = Step("question", navigator.screen(cursor.place)[0])
        before = next(navigator.backward(cursor), None)
        if before is None:
            return self.stop
        return self._visit(Step("question", navigator.screen(before.place)[0]), at)

    def jump(self, path: str, at: dt.datetime) -> Stop:
        """Go to a relevant question, to the first question of a group or instance, to a repeat's ``add``,
        to END."""
        return self._visit(self._core.navigator.step_at(path), at)

    def walk(self, at: dt.datetime) -> tuple[Stop, ...]:
        """Turn every page from the first to the last, as ODK Collect does before it finalises, and say what
        was met.

        Makes the instances that counts ask for and drops answers that choice filters no longer offer; the
        current place stays.
        """
        stops = []
        for step in self._core.navigator.forward():
            if step.kind == "grow":
                self._add(step.place, at, by="count")
                continue
            if step.kind == "question":
                self._drop_filtered(step.place, at)
            stops.append(step.stop)
        return tuple(stops)

    # --- views (they change nothing)
    def screen(self, path: str) -> tuple[str, ...]:
        """Paths shown together: one question, or all relevant ones of its field-list group."""
        return tuple(place.path for place in self._core.navigator.screen(self._core.state.question(path)))

    def question(self, path: str) -> QuestionView:
        """Everything a screen shows of one question."""
        return self._core.views.question(self._core.state.question(path))

    def group(self, path: str) -> GroupView:
        """A group, a repeat or one of its instances."""
        place = self._core.state.at(path)
        if place.node.kind == "leaf":
            raise AnswerError("interview_no_such_group", path=path)
        return self._core.views.group(place)

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The table of contents, skipped items included."""
        return self._core.outline.entries()

    def roster(self, repeat_path: str) -> RosterView:
        """A repeat as a table."""
        return self._core.outline.roster(self._core.state.repeat(repeat_path))

    def progress(self) -> Progress:
        """How far the interview is."""
        core = self._core
        current = core.cursor.place if core.cursor.kind == "question" else None
        return progress(core.state, core.checks, core.pace, current, ended=core.cursor.kind == "end")

    def states(self) -> Iterator[NodeState]:
        """Every node of the form with its text, calculated and skipped ones included, in document order."""
        return node_states(self._core.state, self._core.checks)

    def submission(self) -> tuple[tuple[str, str | None], ...]:
        """What ODK Collect would submit now: (path, text) of everything relevant, in document order."""
        return submission(self._core.state)

    # --- the rest of the visit
    def set_language(self, language: str, at: dt.datetime) -> None:
        """Go on in another language of the form."""
        if language not in self._core.form.form.languages:
            raise AnswerError("interview_no_such_language", language=language)
        self._emit(ev.LanguageChanged(ev.stamp(at), language))

    def record_outcome(self, code: str, text: str, at: dt.datetime) -> None:
        """How the visit ended."""
        self._emit(ev.OutcomeRecorded(ev.stamp(at), code, text))

    def pause(self, at: dt.datetime) -> None:
        """The surveyor leaves; time until the next event does not count."""
        self._emit(ev.Paused(ev.stamp(at)))

    def review(self, at: dt.datetime) -> Review:
        """What is missing, what contradicts, how long it took."""
        return review(self._core.state, self._core.checks, self._core.pace, at)

    def finalise(self, at: dt.datetime) -> Final:
        """Freeze. Raises ``AnswerError("interview_incomplete", findings=…)`` when a blocking finding is
        left."""
        self._open(at)
        self.walk(at)
        self._emit(ev.Recalculated(ev.stamp(at)))
        findings = tuple(finding for finding in self.review(at).findings if finding.blocking)
        if findings:
            raise AnswerError("interview_incomplete", count=len(findings), findings=findings)
        self._emit(ev.Finalised(ev.stamp(at)))
        return self.final()

    def final(self) -> Final:
        """The response as it stands; ``finished`` is empty while it is a draft."""
        return final(self._core.state, self._core.started, self.events, self._core.pace)

    def reopen(self, at: dt.datetime) -> None:
        """Make a final response a draft again (whether it was sent is the store's business)."""
        if self._core.finished:
            self._emit(ev.Reopened(ev.stamp(at)))

    # --- steps of their own
    def _emit(self, event: ev.Event) -> None:
        if self._sink is not None:
            self._sink(event)
        self._core.apply(event)

    def _open(self, at: dt.datetime) -> None:
        if self._core.finished:
            raise AnswerError("interview_finished")
        self._core.env.now = at

    def _answerable(self, path: str, at: dt.datetime) -> Place:
        self._open(at)
        place = self._core.state.question(path)
        if not self._core.form.items[place.node].answerable:
            raise AnswerError("interview_no_question", path=path)
        if not place.relevant:
            raise AnswerError("interview_not_relevant", path=path)
        if self._core.checks.read_only(place):
            raise AnswerError("interview_read_only", path=path)
        return place

    def _changed(self, event: ev.Event, place: Place, findings: tuple[Finding, ...] = ()) -> Outcome:
        self._emit(event)
        moved = tuple(other.path for other in self._core.engine.moved if other != place and other.frame.alive)
        return Outcome(True, (*findings, *self._core.checks.unconfirmed(place)), moved)

    def _cleared(self, place: Place, at: dt.datetime) -> Outcome:
        if not self._core.checks.satisfied(place):
            return Outcome(True)  # nothing to take away: nothing happened
        return self._changed(ev.Cleared(ev.stamp(at), place.path), place)

    def _add(self, place: Place, at: dt.datetime, by: ev.Cause = "") -> str:
        path = f"{place.path}[{len(place.frame.instances_of(place.node)) + 1}]"
        self._emit(ev.InstanceAdded(ev.stamp(at), path, by))
        return path

    def _visit(self, step: Step, at: dt.datetime) -> Stop:
        if step.kind == "question" and not self.finished:
            for place in self._core.navigator.screen(step.place):
                self._drop_filtered(place, at)
        self._emit(ev.Visited(ev.stamp(at), step.stop.path))
        return self.stop

    def _drop_filtered(self, place: Place, at: dt.datetime) -> None:
        """Take away what the choice filter no longer offers, as ODK Collect does when it shows the
        question."""
        remaining = self._core.choices.remaining(place)
        if remaining == place.text or self.finished:
            return
        if remaining:
            self._emit(ev.Answered(ev.stamp(at), place.path, remaining, by="filter"))
        else:
            self._emit(ev.Cleared(ev.stamp(at), place.path, by="filter"))
