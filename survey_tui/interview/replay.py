"""Replay of an event log: the only interpreter of events.

:func:`apply_event` has two targets: an interview with its form
(:class:`~survey_tui.interview.live_state.LiveState`) and answers by path, without a form
(:class:`PathAnswers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol, assert_never

from msgspec import Struct

from survey_tui.interview import events as ev


class ReplayTarget(Protocol):
    """State that events change. Paths are those of the log at the time of the event.

    A target may raise ``AnswerError`` for a path that it does not have.
    """

    def begin(self, started: ev.Started) -> None: ...

    def set_answer(self, path: str, text: str, missing: str = "") -> None: ...

    def undo_answer(self, path: str, text: str, missing: str) -> None: ...

    def set_note(self, path: str, text: str) -> None: ...

    def confirm_warning(self, path: str, text: str) -> None: ...

    def add_instance(self, path: str) -> None: ...

    def remove_instance(self, path: str) -> None: ...

    def move_to(self, path: str) -> None: ...

    def set_language(self, language: str) -> None: ...

    def record_outcome(self, code: str, text: str) -> None: ...

    def pause(self) -> None: ...

    def recalculate(self) -> None: ...

    def change_form(self, change: ev.FormChanged) -> None: ...

    def finalise(self, at: str) -> None: ...

    def reopen(self) -> None: ...


def apply_event(event: ev.Event, target: ReplayTarget) -> None:  # noqa: C901, PLR0912 (one case an event)
    """Apply an event to ``target``."""
    match event:
        case ev.Visited(path=path):
            target.move_to(path)
        case ev.Answered(path=path, text=text):
            target.set_answer(path, text)
        case ev.Cleared(path=path):
            target.set_answer(path, "")
        case ev.Missing(path=path, kind=kind):
            target.set_answer(path, "", kind)
        case ev.Undone(path=path, text=text, missing=missing):
            target.undo_answer(path, text, missing)
        case ev.Noted(path=path, text=text):
            target.set_note(path, text)
        case ev.WarningConfirmed(path=path, text=text):
            target.confirm_warning(path, text)
        case ev.InstanceAdded(path=path):
            target.add_instance(path)
        case ev.InstanceRemoved(path=path):
            target.remove_instance(path)
        case ev.LanguageChanged(language=language):
            target.set_language(language)
        case ev.OutcomeRecorded(code=code, text=text):
            target.record_outcome(code, text)
        case ev.Paused():
            target.pause()
        case ev.Recalculated():
            target.recalculate()
        case ev.Started():
            target.begin(event)
        case ev.FormChanged():
            target.change_form(event)
        case ev.Finalised(at=at):
            target.finalise(at)
        case ev.Reopened():
            target.reopen()
        case _:
            assert_never(event)


class PathAnswer(Struct):
    """An answer by the log alone: ``text``, or ``missing`` (``dk``, ``refused``), and a note."""

    text: str = ""
    missing: str = ""
    note: str = ""


_INSTANCE = re.compile(r"(.*)\[(\d{1,9})\]", re.DOTALL | re.ASCII)


class PathAnswers:
    """Answers by path, without a form. Instances are renumbered when an earlier one is removed.

    ``aside`` has the answers that changes of the form took out of the interview.
    """

    def __init__(self) -> None:
        self.aside: dict[str, ev.SetAside] = {}
        self._answers: dict[str, PathAnswer] = {}

    def answers(self) -> dict[str, PathAnswer]:
        """Path → answer, in the order in which each was first given; empty ones are left out."""
        return {path: each for path, each in self._answers.items() if each.text or each.missing or each.note}

    def begin(self, started: ev.Started) -> None:
        self._answers.update({path: PathAnswer(text) for path, text in started.prefill.items()})

    def set_answer(self, path: str, text: str, missing: str = "") -> None:
        answer = self._answers.setdefault(path, PathAnswer())
        answer.text, answer.missing = text, missing

    def undo_answer(self, path: str, text: str, missing: str) -> None:
        self.set_answer(path, text, missing)

    def set_note(self, path: str, text: str) -> None:
        self._answers.setdefault(path, PathAnswer()).note = text

    def remove_instance(self, path: str) -> None:
        found = _INSTANCE.fullmatch(path)
        if found is None:
            return
        repeat, removed = found[1], int(found[2])
        inside = re.compile(re.escape(repeat) + r"\[(\d{1,9})\](/.*)", re.DOTALL | re.ASCII)
        renumbered: dict[str, PathAnswer] = {}
        for old in list(self._answers):
            parts = inside.fullmatch(old)
            if parts is None or int(parts[1]) < removed:
                continue
            answer = self._answers.pop(old)
            if int(parts[1]) > removed:
                renumbered[f"{repeat}[{int(parts[1]) - 1}]{parts[2]}"] = answer
        self._answers.update(renumbered)

    def change_form(self, change: ev.FormChanged) -> None:
        for each in change.aside:
            self._answers.pop(each.path, None)
            self.aside[each.path] = each
        for move in change.moved:
            former = self._answers.pop(move.old, PathAnswer())
            self._answers[move.new] = PathAnswer(move.text, move.missing, move.note or former.note)

    # The other events change no answer.
    def confirm_warning(self, path: str, text: str) -> None: ...

    def add_instance(self, path: str) -> None: ...

    def move_to(self, path: str) -> None: ...

    def set_language(self, language: str) -> None: ...

    def record_outcome(self, code: str, text: str) -> None: ...

    def pause(self) -> None: ...

    def recalculate(self) -> None: ...

    def finalise(self, at: str) -> None: ...

    def reopen(self) -> None: ...


def answers_from_events(events: Iterable[ev.Event]) -> PathAnswers:
    """The answers that a log leads to, whatever its form is now."""
    answers = PathAnswers()
    for event in events:
        apply_event(event, answers)
    return answers
