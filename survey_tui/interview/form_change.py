"""A draft that was begun with another version of the form: what is carried over, what is kept aside.

Every answer that the new version can hold stays, at its path or, where a question moved to another group, at
its new one. The others are taken out of the interview and kept in the log (:class:`FormChanged`), so that
they travel in the paradata of the response. Pure: the same log and form always give the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from msgspec import Struct

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical
from survey_tui.interview.form_skeleton import FormDifference, Skeleton, difference, skeleton_of
from survey_tui.interview.held import Held, held_answers
from survey_tui.interview.interview_state import Place
from survey_tui.interview.replay import Core

__all__ = ["CarryOver", "carry_over", "form_of"]

_INSTANCE = re.compile(r"\[\d+\]")


class CarryOver(Struct, frozen=True):
    """``event`` is what the log gets; ``carried`` counts the answers that go on; ``labels`` (path without
    instance numbers → label) are those of the questions whose answers are kept aside."""

    event: ev.FormChanged
    difference: FormDifference
    carried: int
    labels: dict[str, str]

    @property
    def silent(self) -> bool:
        """Nothing that a surveyor must know: other words, the same questions."""
        return self.difference.empty and self.difference.known and not self.event.aside


def form_of(events: Sequence[ev.Event]) -> tuple[str, str]:
    """(version, SHA-256) of the form with which this log was last continued."""
    for event in reversed(events):
        if isinstance(event, ev.FormChanged | ev.Started):
            return event.form_version, event.form_sha256
    return "", ""


def carry_over(
    form: CompiledForm, events: Sequence[ev.Event], old: Skeleton | None, at: dt.datetime
) -> CarryOver | None:
    """How this log goes on with ``form``; ``None`` when it was last continued with that very form.

    ``old`` is what was kept of the older version. Raises ``AnswerError("interview_no_start")``.
    """
    version, sha256 = form_of(events)
    if sha256 == form.form.sha256:
        return None
    sorted_out = _Sorting(_replayed(form, events), at)
    for path, held in held_answers(events).items():
        sorted_out.place(path, held)
    event = ev.FormChanged(
        ev.stamp(at),
        form_version=form.form.version,
        form_sha256=form.form.sha256,
        modules=form.form.modules,
        aside=tuple(sorted_out.aside),
        moved=tuple(sorted_out.moved),
    )
    found = difference(old, skeleton_of(form), version)
    return CarryOver(event, found, sorted_out.carried, _labels(form, old, sorted_out.aside))


def _replayed(form: CompiledForm, events: Sequence[ev.Event]) -> Core:
    started = events[0] if events else None
    if not isinstance(started, ev.Started):
        raise AnswerError("interview_no_start")
    core = Core(form, started)
    for event in events[1:]:
        core.apply(event)
    return core


class _Sorting:
    """Where each answer goes."""

    def __init__(self, core: Core, at: dt.datetime) -> None:
        self.carried = 0
        self.aside: list[ev.SetAside] = []
        self.moved: list[ev.Moved] = []
        self._core = core
        self._at = at

    def place(self, path: str, held: Held) -> None:
        """Decide about one answer."""
        place = self._find(path) or self._find(self._elsewhere(path))
        reason, text = self._refused(place, held) if place is not None else ("removed", held.text)
        if reason or place is None:
            self.aside.append(ev.SetAside(path, reason, held.text, held.missing, held.note))
            return
        self.carried += bool(held.text or held.missing)
        if (place.path, text) != (path, held.text):
            self.moved.append(ev.Moved(path, place.path, text, held.missing, held.note))

    def _find(self, path: str) -> Place | None:
        try:
            return self._core.state.question(path)
        except AnswerError:
            return None

    def _elsewhere(self, path: str) -> str:
        """Where the only question of this name stands now, in the same instances; ``""`` if it does not."""
        name = path.rpartition("/")[2]
        form = self._core.form
        found = [there for there in form.by_path if there.rpartition("/")[2] == name]
        if len(found) != 1:
            return ""
        numbers = _INSTANCE.findall(path)
        node = form.by_path[found[0]]
        parts, prefix = [], ""
        for part in found[0].split("/"):
            prefix = f"{prefix}/{part}" if prefix else part
            above = form.by_path[prefix]
            inside = above.kind == "repeat" and above is not node
            if inside and not numbers:
                return ""
            parts.append(part + (numbers.pop(0) if inside else ""))
        return "" if numbers else "/".join(parts)

    def _refused(self, place: Place, held: Held) -> tuple[str, str]:
        """Why the new version cannot hold this answer (``""``: it can), and the answer as it holds it."""
        item = self._core.form.items[place.node]
        question = item.question
        if question is None or not item.answerable:
            return "not_asked", held.text
        if not held.text and not held.missing:
            return "", ""  # a note
        if held.missing:
            return ("" if held.missing in question.allow else "missing"), held.text
        try:
            text = canonical(question, place.node, held.text, self._at)
        except AnswerError:
            return "type", held.text
        if not place.relevant:
            return "", text
        blocking = [finding for finding in self._core.checks.of_answer(place, text) if finding.blocking]
        return (blocking[0].kind if blocking else ""), text


def _labels(form: CompiledForm, old: Skeleton | None, aside: Sequence[ev.SetAside]) -> dict[str, str]:
    now = skeleton_of(form).questions
    before = old.questions if old is not None else {}
    plain = {_INSTANCE.sub("", each.path) for each in aside}
    return {path: asked.label for path in plain if (asked := before.get(path) or now.get(path)) is not None}
