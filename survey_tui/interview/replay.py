"""The parts of a session put together, and what each event does to them.

Live and replayed interviews take the same road: an event is applied here and nowhere else, so that the log
always leads to the same state. Nothing in this module decides whether an event may happen.

The answers that a log leads to, read without its form: what was held where, whatever the form is now.

The one way in which something happens: told to the sink, then applied."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, structs

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical_or_same
from survey_tui.interview.checks import Checks
from survey_tui.interview.choices import Choices
from survey_tui.interview.evaluation import Effect, Engine, Stored, put_back, set_and_trigger, typed
from survey_tui.interview.events import Event
from survey_tui.interview.interview_state import Place, State, Surroundings, Words
from survey_tui.interview.navigation import Navigator, Step
from survey_tui.interview.progress import Pace, Prospects
from survey_tui.interview.repeats import Repeats
from survey_tui.interview.view_builder import Views

if TYPE_CHECKING:
    from survey_tui.interview.outline import Outline


class Former(NamedTuple):
    """What a question held before an answer, and what the answer triggered, for undo."""

    place: Place
    text: str
    missing: str
    effects: tuple[Effect, ...]


class Core:
    """Everything that one session consists of."""

    def __init__(self, form: CompiledForm, started: ev.Started) -> None:
        self.form = form
        self.started = started
        self.env = Surroundings(form, started)
        self.state = State(form, self.env)
        self.engine = Engine(self.state)
        self.repeats = Repeats(self.state, self.engine)
        self.navigator = Navigator(self.state, self.repeats)
        self.choices = Choices(self.state)
        self.words = Words(self.env)
        self.checks = Checks(self.state, self.choices, self.words)
        self.views = Views(self.state, self.choices, self.checks, self.navigator)
        self.prospects = Prospects(
            self.state, self.checks, self.repeats, lambda: self.finished or self.cursor.kind == "end"
        )
        self.pace = Pace()
        self.events: list[ev.Event] = []
        self.orphans: list[ev.Event] = []
        self.history: list[Former] = []
        self.finished = False
        self._begin(started)
        self.cursor: Step = self.navigator.first()

    @cached_property
    def outline(self) -> Outline:
        """The table of contents and rosters; made when first looked at."""
        from survey_tui.interview.outline import Outline

        return Outline(self.state, self.checks, self.views, self.navigator, self.prospects, self.words)

    @property
    def metadata(self) -> dict[str, str]:
        """Texts of the metadata questions that are known from the start, by question type."""
        now = self.env.now
        return {
            "start": ev.stamp(ev.moment(self.started.at)),
            "today": now.date().isoformat(),
            "deviceid": self.started.device_id,
            "username": self.started.username,
        }

    def apply(self, event: ev.Event) -> None:
        """Let an event happen. One whose place this form does not have is kept in ``orphans``."""
        at = ev.moment(event.at)
        self.env.begin_event(len(self.events), at)
        self.events.append(event)
        self.choices.forget()
        self.engine.moved.clear()
        self.pace.tick(at, leaving=isinstance(event, ev.Paused))
        handler = _HANDLERS.get(type(event))
        if handler is None:
            return
        try:
            handler(self, event)
        except AnswerError:
            self.orphans.append(event)

    def hold(self, place: Place, text: str, missing: str = "") -> tuple[Effect, ...]:
        """Put an answer, or a missing one, in place; what it triggered."""
        _mark_missing(place, missing)
        return set_and_trigger(self.state, self.engine, place, Stored(text, typed(text, place.node)))

    def take_back(self, event: ev.Undone) -> None:
        """Put back what a question held, and what its last answer triggered."""
        place = self.state.question(event.path)
        effects: tuple[Effect, ...] = ()
        if self.history and self.history[-1].place == place:
            effects = self.history.pop().effects
        _mark_missing(place, event.missing)
        put_back(self.engine, place, Stored(event.text, typed(event.text, place.node)), effects)

    def _begin(self, started: ev.Started) -> None:
        now = self.env.now
        self.env.begin_event(0, now)
        self.events.append(started)
        self.pace.tick(now)
        self.repeats.begin(self.metadata)
        for path, text in started.prefill.items():
            try:
                place = self.state.question(path)
                question = self.form.items[place.node].question
                assert question is not None
                self.hold(place, canonical_or_same(question, place.node, text, now))
            except AnswerError:
                self.orphans.append(ev.Answered(started.at, path, text))
        self.engine.moved.clear()


def _change(core: Core, path: str, text: str, missing: str = "") -> None:
    place = core.state.question(path)
    former, former_missing = place.text, place.frame.missing.get(place.node.slot, "")
    effects = core.hold(place, text, missing)
    core.history.append(Former(place, former, former_missing, effects))


def _mark_missing(place: Place, missing: str) -> None:
    if missing:
        place.frame.missing[place.node.slot] = missing
    else:
        place.frame.missing.pop(place.node.slot, None)


def _answered(core: Core, event: ev.Answered) -> None:
    _change(core, event.path, event.text)


def _cleared(core: Core, event: ev.Cleared) -> None:
    _change(core, event.path, "")


def _missing(core: Core, event: ev.Missing) -> None:
    _change(core, event.path, "", event.kind)


def _undone(core: Core, event: ev.Undone) -> None:
    core.take_back(event)


def _visited(core: Core, event: ev.Visited) -> None:
    core.cursor = core.navigator.step_at(event.path)


def _noted(core: Core, event: ev.Noted) -> None:
    frame, node = core.state.question(event.path)
    if event.text:
        frame.notes[node.slot] = event.text
    else:
        frame.notes.pop(node.slot, None)


def _confirmed(core: Core, event: ev.WarningConfirmed) -> None:
    frame, node = core.state.question(event.path)
    frame.confirmed[node.slot] = event.text


def _instance_added(core: Core, event: ev.InstanceAdded) -> None:
    place = core.state.repeat(event.path.rpartition("[")[0])
    core.repeats.add(*place, core.metadata)


def _instance_removed(core: Core, event: ev.InstanceRemoved) -> None:
    frame = core.state.instance(event.path)
    outer, repeat, position = frame.outer, frame.node, frame.position
    assert outer is not None
    core.repeats.remove(frame)
    core.history = [former for former in core.history if former.place.frame.alive]
    if core.cursor.place.frame.alive:
        return
    instances = outer.instances_of(repeat)
    if position <= len(instances) and instances[position - 1].relevant[0]:
        start = Step("repeat", Place(instances[position - 1], repeat))
        core.cursor = core.navigator.settled(core.navigator.forward(start))
    elif core.navigator.may_add(outer, repeat):
        core.cursor = Step("add", Place(outer, repeat))
    else:
        core.cursor = core.navigator.settled(core.navigator.forward(Step("add", Place(outer, repeat))))


def _language(core: Core, event: ev.LanguageChanged) -> None:
    core.env.language = event.language


def _recalculated(core: Core, _: ev.Recalculated) -> None:
    for place in core.state.places():
        if (
            place.node.kind == "leaf"
            and place.relevant
            and place.text
            and core.form.items[place.node].visible
        ):
            core.engine.touch(place.frame, place.node)
            core.engine.settle()


def _form_changed(core: Core, event: ev.FormChanged) -> None:
    core.started = structs.replace(
        core.started,
        form_version=event.form_version,
        form_sha256=event.form_sha256,
        modules=event.modules,
    )
    for aside in event.aside:
        _hold_if_there(core, aside.path, "")
    for moved in event.moved:
        _hold_if_there(core, moved.new, moved.text, moved.missing, moved.note)
    core.history.clear()


def _hold_if_there(core: Core, path: str, text: str, missing: str = "", note: str = "") -> None:
    """A still later version may have no such question."""
    try:
        place = core.state.question(path)
    except AnswerError:
        return
    core.hold(place, text, missing)
    if note:
        place.frame.notes[place.node.slot] = note


def _finalised(core: Core, event: ev.Finalised) -> None:
    core.finished = True
    for place in list(core.state.places()):
        question = core.form.items[place.node].question
        if question is not None and question.type == "end":
            core.hold(place, event.at)


def _reopened(core: Core, _: ev.Reopened) -> None:
    core.finished = False


_HANDLERS: dict[type, Callable[[Core, Any], None]] = {  # each is called with its own kind of event
    ev.Answered: _answered,
    ev.Cleared: _cleared,
    ev.Missing: _missing,
    ev.Undone: _undone,
    ev.Visited: _visited,
    ev.Noted: _noted,
    ev.WarningConfirmed: _confirmed,
    ev.InstanceAdded: _instance_added,
    ev.InstanceRemoved: _instance_removed,
    ev.LanguageChanged: _language,
    ev.Recalculated: _recalculated,
    ev.FormChanged: _form_changed,
    ev.Finalised: _finalised,
    ev.Reopened: _reopened,
}


class Held(Struct):
    """An answer as the log left it: ``text``, or ``missing`` (``dk``, ``refused``), and a note."""

    text: str = ""
    missing: str = ""
    note: str = ""


def held_answers(events: Iterable[ev.Event]) -> dict[str, Held]:
    """Path → what is held there, in the order in which it was first given; nothing empty."""
    answers: dict[str, Held] = {}
    for event in events:
        _take(answers, event)
    return {path: held for path, held in answers.items() if held.text or held.missing or held.note}


def _take(answers: dict[str, Held], event: ev.Event) -> None:
    match event:
        case ev.Started(prefill=prefill):
            answers.update({path: Held(text) for path, text in prefill.items()})
        case ev.Answered(path=path, text=text):
            _hold(answers, path, text)
        case ev.Cleared(path=path):
            _hold(answers, path, "")
        case ev.Missing(path=path, kind=kind):
            _hold(answers, path, "", kind)
        case ev.Undone(path=path, text=text, missing=missing):
            _hold(answers, path, text, missing)
        case ev.Noted(path=path, text=text):
            answers.setdefault(path, Held()).note = text
        case ev.InstanceRemoved(path=path):
            _remove_instance(answers, path)
        case ev.FormChanged():
            _change_form(answers, event)


def _change_form(answers: dict[str, Held], event: ev.FormChanged) -> None:
    for each in event.aside:
        answers.pop(each.path, None)
    for move in event.moved:
        former = answers.pop(move.old, Held())
        answers[move.new] = Held(move.text, move.missing, move.note or former.note)


def _hold(answers: dict[str, Held], path: str, text: str, missing: str = "") -> None:
    held = answers.setdefault(path, Held())
    held.text, held.missing = text, missing


def _remove_instance(answers: dict[str, Held], instance: str) -> None:
    """What was in the instance is gone; later instances move up by one."""
    repeat, _, number = instance.rpartition("[")
    gone = int(number.rstrip("]"))
    pattern = re.compile(re.escape(repeat) + r"\[(\d+)\](/.*)", re.DOTALL)
    moved: dict[str, Held] = {}
    for path in list(answers):
        found = pattern.fullmatch(path)
        if found is None or int(found[1]) < gone:
            continue
        held = answers.pop(path)
        if int(found[1]) > gone:
            moved[f"{repeat}[{int(found[1]) - 1}]{found[2]}"] = held
    answers.update(moved)


class Recorder:
    """Hands events to the sink before memory changes; if the sink raises, nothing has changed."""

    def __init__(self, core: Core, sink: Callable[[Event], None] | None) -> None:
        self.core = core
        self._sink = sink

    def emit(self, event: Event) -> None:
        """Let an event happen that was found to be allowed."""
        if self._sink is not None:
            self._sink(event)
        self.core.apply(event)

    def open(self, at: dt.datetime) -> None:
        """Raise ``AnswerError("interview_finished")`` if the response is final; from here on it is ``at``."""
        if self.core.finished:
            raise AnswerError("interview_finished")
        self.core.env.now = at
