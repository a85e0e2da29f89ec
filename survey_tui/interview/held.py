"""The answers that a log leads to, read without its form: what was held where, whatever the form is now."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from survey_tui.interview import events as ev

__all__ = ["Held", "held_answers"]


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
