"""Which questions are not asked, which of them may still be, and what decides it.

A skipped question is *decided* when every question behind the condition that skips it has its answer (or is
itself skipped for good); until then it may still come. So an interview that stands before its consent
question has nearly all of the form ahead of it, and not just the questions that are relevant already.

How long this interview has taken, and how much is likely left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TypeAlias

from survey_tui.expressions.tree import Node
from survey_tui.interview.checks import Checks
from survey_tui.interview.interview_state import InstanceFrame, Place, State
from survey_tui.interview.repeats import Repeats

_Verdicts: TypeAlias = dict[tuple[Place, str], bool]
"""Within one look at the form: whether a place may still come (``open``), whether what a column of it says
may still change (the column's name)."""


class Prospects:
    """Looks ahead. ``over`` says whether the interview has come to its end: then nothing comes any more."""

    def __init__(self, state: State, checks: Checks, repeats: Repeats, over: Callable[[], bool]) -> None:
        self._state = state
        self._checks = checks
        self._repeats = repeats
        self._over = over
        self._behind: dict[tuple[Node, str], frozenset[Node]] = {}

    def upcoming(self) -> Iterator[Node]:
        """The question of every place that is not asked now and may be later; those in instances that a
        count asks for, or may ask for, once for each instance."""
        if self._over():
            return
        verdicts: _Verdicts = {}
        for place in self._state.places():
            if self._answerable(place.node) and not place.relevant and self._open(place, verdicts):
                yield place.node
        for place in self._repeats_in(self._state.root):
            questions = [node for node in place.node.walk() if self._answerable(node)]
            for _ in range(self._missing_rows(place, verdicts)):
                yield from questions

    def may_come(self, place: Place) -> bool:
        """Whether a place that is skipped now may still be asked."""
        return not self._over() and self._open(place, {})

    def refusing(self, place: Place) -> list[Place]:
        """The places around (or at) this one whose own relevance says no, the outermost first."""
        found: list[Place] = []
        frame: InstanceFrame | None = place.frame
        node: Node | None = place.node
        if place.node.kind == "repeat" and place.frame.node is not place.node:
            instances = place.frame.instances_of(place.node)
            frame = instances[0] if instances else place.frame
            node = place.node if instances else place.node.parent
        while node is not None and frame is not None and node.kind != "root":
            if not frame.own[node.slot]:
                found.insert(0, Place(frame, node))
            if node is frame.node:
                frame = frame.outer
            node = node.parent
        return found

    def deciding(self, node: Node, column: str = "relevant") -> frozenset[Node]:
        """The visible questions behind an expression; what is calculated stands for what it is calculated
        from, a repeat for what its count is made from."""
        key = node, column
        if key not in self._behind:
            self._behind[key] = frozenset(self._find_deciding(node, column))
        return self._behind[key]

    def _find_deciding(self, node: Node, column: str) -> set[Node]:
        found: set[Node] = set()
        pending, seen = [(node, column)], {node}
        while pending:
            at, cell = pending.pop()
            expression = self._state.item(at).expression(cell)
            for read in () if expression is None else expression.reads:
                if read.kind == "leaf" and self._state.item(read).visible:
                    found.add(read)
                elif read not in seen and read.kind in ("leaf", "repeat"):
                    seen.add(read)
                    pending.append((read, "calculation" if read.kind == "leaf" else "repeat_count"))
        return found

    # --- verdicts
    def _open(self, place: Place, verdicts: _Verdicts) -> bool:
        """Whether nothing that skips this place is decided. A place under examination counts as open, which
        ends the search where conditions of different instances read each other."""
        key = place, "open"
        if key not in verdicts:
            verdicts[key] = True
            verdicts[key] = all(
                self._undecided(refusal, "relevant", verdicts) for refusal in self.refusing(place)
            )
        return verdicts[key]

    def _undecided(self, place: Place, column: str, verdicts: _Verdicts) -> bool:
        key = place, column
        if key not in verdicts:
            verdicts[key] = True
            verdicts[key] = any(
                self._answers_wanted(read, place.frame, verdicts)
                for read in self.deciding(place.node, column)
            )
        return verdicts[key]

    def _answers_wanted(self, node: Node, frame: InstanceFrame, verdicts: _Verdicts) -> bool:
        """Whether a question, as seen from a frame, has no answer yet: in the frame or around it, else in
        all instances, those that are still to be made included."""
        around: InstanceFrame | None = frame
        while around is not None and around.node is not node.frame:
            around = around.outer
        if around is not None:
            return not self._settled(Place(around, node), verdicts)
        if any(not self._settled(each, verdicts) for each in self._state.places() if each.node is node):
            return True
        rows = (each for each in self._repeats_in(self._state.root) if node in each.node.walk())
        return any(self._missing_rows(each, verdicts) > 0 for each in rows)

    def _settled(self, place: Place, verdicts: _Verdicts) -> bool:
        if not place.relevant:
            return not self._open(place, verdicts)
        return not self._answerable(place.node) or self._checks.satisfied(place)

    # --- instances
    def _missing_rows(self, place: Place, verdicts: _Verdicts) -> int:
        """How many instances a repeat's count still asks for, at least one while the count is not known."""
        frame, repeat = place
        wanted = self._repeats.wanted(frame, repeat)
        if wanted is None or not (self._state.enclosing(frame, repeat.parent) or self._open(place, verdicts)):
            return 0
        if self._undecided(place, "repeat_count", verdicts):
            wanted = max(wanted, 1)
        return max(0, wanted - len(frame.instances_of(repeat)))

    def _repeats_in(self, frame: InstanceFrame, parent: Node | None = None) -> Iterator[Place]:
        for node in self._state.form.children[parent or frame.node]:
            if node.kind == "group":
                yield from self._repeats_in(frame, node)
            elif node.kind == "repeat":
                yield Place(frame, node)
                for instance in frame.instances_of(node):
                    yield from self._repeats_in(instance, node)

    def _answerable(self, node: Node) -> bool:
        return node.kind == "leaf" and self._state.item(node).answerable


LONGEST_GAP = 300.0
"""Seconds: a longer silence between two events is a pause, and only this much of it counts as interview
time."""

# Seconds that a question of this type usually takes to read out, answer and type; the interview's own pace
# corrects it.
_USUAL = MappingProxyType(
    {
        "select_one": 12.0,
        "select_multiple": 25.0,
        "rank": 30.0,
        "text": 20.0,
        "integer": 10.0,
        "decimal": 12.0,
        "range": 8.0,
        "date": 12.0,
        "time": 10.0,
        "dateTime": 18.0,
        "note": 8.0,
        "acknowledge": 6.0,
        "geopoint": 30.0,
    }
)
_USUAL_OTHER = 20.0
_FASTEST, _SLOWEST = 0.25, 4.0
_WEIGHT_OF_USUAL = 120.0  # seconds of usual time that count as much as what was seen in this interview


def usual_seconds(question_type: str) -> float:
    """Seconds that a question of this type usually takes."""
    return _USUAL.get(question_type, _USUAL_OTHER)


class Pace:
    """Counts interview time from the moments of the events."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last: dt.datetime | None = None

    def tick(self, at: dt.datetime) -> None:
        """Count the time since the last event."""
        if self._last is not None:
            self.seconds += min(LONGEST_GAP, max(0.0, (at - self._last).total_seconds()))
        self._last = at

    def pause(self) -> None:
        """Leave out the time until the next event."""
        self._last = None

    def minutes(self, until: dt.datetime | None = None) -> float:
        """Interview time in minutes, to the tenth; ``until`` counts the time since the last event too."""
        seconds = self.seconds
        if until is not None and self._last is not None:
            seconds += min(LONGEST_GAP, max(0.0, (until - self._last).total_seconds()))
        return round(seconds / 60, 1)

    def minutes_for(self, usual: float, usual_done: float) -> float:
        """Minutes that questions of ``usual`` seconds will take, when ones of ``usual_done`` took the time
        so far."""
        pace = (self.seconds + _WEIGHT_OF_USUAL) / (usual_done + _WEIGHT_OF_USUAL)
        return round(usual * min(_SLOWEST, max(_FASTEST, pace)) / 60, 1)
