"""A conversation in progress: the one object through which everything that happens in an interview goes.

The session has no clock, no file and no screen: time, seed and identity come from its caller, events go to
the ``sink``. The subjects live in modules of their own (``core`` puts them together); this class decides
whether a step may be taken, and lets it happen.

Giving an answer, taking it away, standing by it: may it be, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical
from survey_tui.interview.interview_state import Place
from survey_tui.interview.live_state import EventLog, LiveState
from survey_tui.interview.paging import Travelling
from survey_tui.interview.review import Conditions, orphaned, progress, review
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
from survey_tui.vietnamese import nfc


class Answering:
    """What the surveyor does with one question. All methods raise ``AnswerError`` for a step that cannot be
    taken."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._live = log.live

    def answer(self, path: str, text: str, at: dt.datetime) -> Outcome:
        """Record an answer; ``""`` takes it away."""
        place = self._answerable(path, at)
        question = self._live.form.items[place.node].question
        assert question is not None
        checks = self._live.checks
        try:
            text = canonical(question, place.node, text, at)
        except AnswerError as error:
            return Outcome(False, (checks.finding("type", place, self._live.words.error(error)),))
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
        question = self._live.form.items[place.node].question
        if question is None or kind not in question.allow:
            raise AnswerError("interview_missing_not_allowed", path=path)
        return self._emit(ev.Missing(ev.stamp(at), path, kind), place)

    def confirm_warning(self, path: str, at: dt.datetime) -> None:
        """Stand by the present answer."""
        place = self._answerable(path, at)
        if not self._live.checks.warning(place):
            raise AnswerError("interview_no_warning", path=path)
        self._log.emit(ev.WarningConfirmed(ev.stamp(at), path, place.text))

    def note(self, path: str, text: str, at: dt.datetime) -> None:
        """Keep a remark on a question."""
        self._log.open(at)
        self._live.state.question(path)
        self._log.emit(ev.Noted(ev.stamp(at), path, nfc(text)))

    def undo(self, at: dt.datetime) -> str | None:
        """Put back what the question answered last held before."""
        self._log.open(at)
        if not self._live.history:
            return None
        former = self._live.history[-1]
        path = former.place.path
        self._log.emit(ev.Undone(ev.stamp(at), path, former.text, former.missing))
        return path

    def _answerable(self, path: str, at: dt.datetime) -> Place:
        self._log.open(at)
        place = self._live.state.question(path)
        if not self._live.form.items[place.node].answerable:
            raise AnswerError("interview_no_question", path=path)
        if not place.relevant:
            raise AnswerError("interview_not_relevant", path=path)
        if self._live.checks.read_only(place):
            raise AnswerError("interview_read_only", path=path)
        return place

    def _cleared(self, place: Place, at: dt.datetime) -> Outcome:
        if not self._live.checks.satisfied(place):
            return Outcome(True)  # nothing to take away: nothing happened
        return self._emit(ev.Cleared(ev.stamp(at), place.path), place)

    def _emit(self, event: ev.Event, place: Place, findings: tuple[Finding, ...] = ()) -> Outcome:
        self._log.emit(event)
        return Outcome(True, (*findings, *self._live.checks.unconfirmed(place)))


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
        self._live = LiveState(form, started)
        self._conditions = Conditions(self._live)
        self.advisers: Sequence[Adviser] = ()
        self._progress: tuple[int, Progress] | None = None  # at this number of events
        self._listen(sink)

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
            session._live.apply(event)
        session._listen(sink)
        return session

    def _listen(self, sink: Callable[[ev.Event], None] | None) -> None:
        self._log = EventLog(self._live, sink)
        self._answering = Answering(self._log)
        self._travelling = Travelling(self._log)

    # --- what is known
    @property
    def form(self) -> CompiledForm:
        return self._live.form

    @property
    def started(self) -> ev.Started:
        return self._live.started

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """The log: everything that happened, in order."""
        return tuple(self._live.events)

    @property
    def orphans(self) -> tuple[ev.Event, ...]:
        """Events (prefilled answers too) that this form has no place for."""
        return tuple(self._live.orphans)

    @property
    def language(self) -> str:
        return self._live.env.language

    @property
    def finished(self) -> bool:
        """Final: no answer can change until :meth:`reopen`."""
        return self._live.finished

    # --- answers
    def answer(self, path: str, text: str, at: dt.datetime) -> Outcome:
        """Record an answer in canonical form; ``""`` takes it away.

        Not accepted, old answer kept: wrong type, not among the choices, constraint broken, emptying a
        required one.
        """
        return self._answering.answer(path, text, at)

    def clear(self, path: str, at: dt.datetime) -> Outcome:
        """Take an answer away, also a required one (the review will ask for it)."""
        return self._answering.clear(path, at)

    def set_missing(self, path: str, kind: ev.MissingKind, at: dt.datetime) -> Outcome:
        """Don't know, or refused; raises ``interview_missing_not_allowed`` where the form does not offer
        it."""
        return self._answering.set_missing(path, kind, at)

    def confirm_warning(self, path: str, at: dt.datetime) -> None:
        """The surveyor stands by the present answer; raises ``interview_no_warning`` when nothing is to
        confirm."""
        self._answering.confirm_warning(path, at)

    def note(self, path: str, text: str, at: dt.datetime) -> None:
        """Keep a remark on a question; an empty text takes it away."""
        self._answering.note(path, text, at)

    def undo(self, at: dt.datetime) -> str | None:
        """Take back the last answer (also cleared, missing); its path, or ``None`` when there is nothing to
        undo.

        Calculations follow, and what the answer triggered is taken back with it.
        """
        return self._answering.undo(at)

    @property
    def changed(self) -> tuple[str, ...]:
        """Paths whose value or relevance moved because of the last step (what was answered itself not among
        them)."""
        return tuple(dict.fromkeys(Place(*moved).path for moved in self._live.engine.moved))

    # --- repeats
    def add_instance(self, repeat_path: str, at: dt.datetime) -> str:
        """A new last instance of ``r/person``; its path (``r/person[3]``). Does not move the current
        place."""
        return self._travelling.add(repeat_path, at)

    def remove_instance(self, instance_path: str, at: dt.datetime) -> None:
        """Remove one instance with all its answers; later ones move up."""
        self._travelling.remove(instance_path, at)

    # --- navigation
    @property
    def stop(self) -> Stop:
        """Where the surveyor is: a question (the first of its screen), ``add`` (one more instance?) or the
        end."""
        return self._travelling.stop

    @property
    def current(self) -> str:
        """``stop.path``: a question's path (the first of its screen), a repeat's path at ``add``, or
        ``END``."""
        return self.stop.path

    def next(self, at: dt.datetime) -> Stop:
        """Turn to the next screen; at the end, stay there."""
        return self._travelling.next(at)

    def back(self, at: dt.datetime) -> Stop:
        """Turn to the screen before; on the first, stay there."""
        return self._travelling.back(at)

    def jump(self, path: str, at: dt.datetime) -> Stop:
        """Go to a relevant question, to the first question of a group or instance, to a repeat's ``add``,
        to END."""
        return self._travelling.jump(path, at)

    def walk(self, at: dt.datetime) -> tuple[Stop, ...]:
        """Turn every page from the first to the last, as ODK Collect does before it finalises, and say what
        was met.

        Makes the instances that counts ask for and drops answers that choice filters no longer offer; the
        current place stays.
        """
        return tuple(self._travelling.stops(at))

    def stops(self, at: dt.datetime) -> Iterator[Stop]:
        """As :meth:`walk`, page by page: each is turned when its stop is asked for."""
        return self._travelling.stops(at)

    # --- views (they change nothing)
    def screen(self, path: str) -> tuple[str, ...]:
        """Paths shown together: one question, or all relevant ones of its field-list group."""
        return tuple(place.path for place in self._live.navigator.screen(self._live.state.question(path)))

    def question(self, path: str) -> QuestionView:
        """Everything a screen shows of one question."""
        return self._live.views.question(self._live.state.question(path))

    def group(self, path: str) -> GroupView:
        """A group, a repeat or one of its instances."""
        place = self._live.state.at(path)
        if place.node.kind == "leaf":
            raise AnswerError("interview_no_such_group", path=path)
        return self._live.views.group(place)

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The table of contents, skipped items included."""
        return self._live.outline.entries()

    def roster(self, repeat_path: str) -> RosterView:
        """A repeat as a table."""
        return self._live.outline.roster(self._live.state.repeat(repeat_path))

    def progress(self) -> Progress:
        """How far the interview is."""
        happened = len(self._live.events)
        if self._progress is None or self._progress[0] != happened:
            self._progress = happened, progress(self._live)
        return self._progress[1]

    def states(self) -> Iterator[NodeState]:
        """Every node of the form with its text, calculated and skipped ones included, in document order."""
        from survey_tui.interview.view_builder import node_states

        return node_states(self._live.state, self._live.checks)

    def submission(self) -> tuple[tuple[str, str | None], ...]:
        """What ODK Collect would submit now: (path, text) of everything relevant, in document order."""
        from survey_tui.interview.final_response import submission

        return submission(self._live.state)

    # --- the rest of the visit
    def set_language(self, language: str, at: dt.datetime) -> None:
        """Go on in another language of the form."""
        if language not in self._live.form.form.languages:
            raise AnswerError("interview_no_such_language", language=language)
        self._log.emit(ev.LanguageChanged(ev.stamp(at), language))

    def record_outcome(self, code: str, text: str, at: dt.datetime) -> None:
        """How the visit ended."""
        self._log.emit(ev.OutcomeRecorded(ev.stamp(at), code, text))

    def pause(self, at: dt.datetime) -> None:
        """The surveyor leaves; time until the next event does not count."""
        self._log.emit(ev.Paused(ev.stamp(at)))

    def review(self, at: dt.datetime) -> Review:
        """What is missing, what contradicts, how long it took; then what ``advisers`` say, and answers that
        have no place in this form (neither blocks)."""
        own = self._own_review(at)
        advice = [each for adviser in self.advisers for each in adviser(self)]
        return replace(own, findings=(*own.findings, *advice, *orphaned(self._live)))

    def _own_review(self, at: dt.datetime) -> Review:
        return review(self._live, at)

    def holds(self, condition: str, relevant: str = "") -> bool:
        """Whether a condition at the top of the form is true, or not to be asked: ``relevant`` is not true,
        or, without one, a question outside repeats that it reads has no answer.

        Raises ``ExpressionError`` when one of them is faulty or fails.
        """
        asked = self._conditions.holds(relevant) if relevant else self._conditions.answered(condition)
        return not asked or self._conditions.holds(condition)

    def finalise(self, at: dt.datetime) -> Final:
        """Freeze. Raises ``AnswerError("interview_incomplete", findings=…)`` when a blocking finding is
        left."""
        self._log.open(at)
        self.walk(at)
        self._log.emit(ev.Recalculated(ev.stamp(at)))
        findings = tuple(finding for finding in self._own_review(at).findings if finding.blocking)
        if findings:
            raise AnswerError("interview_incomplete", count=len(findings), findings=findings)
        self._log.emit(ev.Finalised(ev.stamp(at)))
        return self.final()

    def final(self) -> Final:
        """The response as it stands; ``finished`` is empty while it is a draft."""
        from survey_tui.interview.final_response import final

        return final(self._live)

    def change_form(self, change: ev.FormChanged) -> None:
        """Go on with this session's form, after events of another version (see ``carry_over``)."""
        self._log.emit(change)

    def reopen(self, at: dt.datetime) -> None:
        """Make a final response a draft again (whether it was sent is the store's business)."""
        if self._live.finished:
            self._log.emit(ev.Reopened(ev.stamp(at)))


Adviser: TypeAlias = Callable[[Session], Iterable[Finding]]
"""A further check of a response under review; it changes nothing."""
