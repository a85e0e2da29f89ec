"""Progress: questions that may still be asked, and the duration of the interview.

A skipped question is *decided* when every question behind the condition that skips it has its answer (or is
skipped for good); until then it may still be asked. So an interview before its consent question has nearly
all of the form ahead, and not only the questions that are relevant already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TypeAlias

from survey_tui.expressions.tree import Node
from survey_tui.interview.checks import Checks
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace
from survey_tui.interview.repeats import Repeats

_Verdicts: TypeAlias = dict[tuple[NodePlace, str], bool]
"""Memo of one search: whether a place may still be asked (key ``open``), and whether the value of one of its
columns may still change (key: the column)."""


class UpcomingQuestions:
    """Finds questions that may still be asked. There are none once ``is_over`` returns true,
    at the end of the interview."""

    def __init__(
        self, state: InterviewState, checks: Checks, repeats: Repeats, is_over: Callable[[], bool]
    ) -> None:
        self._state = state
        self._checks = checks
        self._repeats = repeats
        self._is_over = is_over
        self._behind: dict[tuple[Node, str], frozenset[Node]] = {}

    def questions(self) -> Iterator[Node]:
        """The node of every question that is not asked now but may be later; once for each instance that a
        repeat count asks for, or may ask for."""
        if self._is_over():
            return
        verdicts: _Verdicts = {}
        for place in self._state.places():
            if self._is_answerable(place.node) and not place.relevant and self._is_open(place, verdicts):
                yield place.node
        for place in self._repeats_in(self._state.root):
            questions = [node for node in place.node.walk() if self._is_answerable(node)]
            for _ in range(self._missing_instances(place, verdicts)):
                yield from questions

    def may_be_asked(self, place: NodePlace) -> bool:
        """Whether a place that is skipped now may still be asked."""
        return not self._is_over() and self._is_open(place, {})

    def irrelevant_places(self, place: NodePlace) -> list[NodePlace]:
        """The places around (or at) this one whose own relevance is false, the outermost first."""
        found: list[NodePlace] = []
        frame: InstanceFrame | None = place.frame
        node: Node | None = place.node
        if place.node.kind == "repeat" and place.frame.node is not place.node:
            instances = place.frame.instances_of(place.node)
            frame = instances[0] if instances else place.frame
            node = place.node if instances else place.node.parent
        while node is not None and frame is not None and node.kind != "root":
            if not frame.own[node.slot]:
                found.insert(0, NodePlace(frame, node))
            if node is frame.node:
                frame = frame.outer
            node = node.parent
        return found

    def deciding_questions(self, node: Node, column: str = "relevant") -> frozenset[Node]:
        """The visible questions that an expression depends on, through calculations and repeat counts too."""
        key = node, column
        if key not in self._behind:
            self._behind[key] = frozenset(self._find_deciding_questions(node, column))
        return self._behind[key]

    def _find_deciding_questions(self, node: Node, column: str) -> set[Node]:
        found: set[Node] = set()
        pending, seen = [(node, column)], {node}
        while pending:
            at, cell = pending.pop()
            expression = self._state.item(at).expression(cell)
            for read in () if expression is None else expression.reads:
                if read.kind == "leaf" and self._state.item(read).is_visible:
                    found.add(read)
                elif read not in seen and read.kind in ("leaf", "repeat"):
                    seen.add(read)
                    pending.append((read, "calculation" if read.kind == "leaf" else "repeat_count"))
        return found

    # --- verdicts
    def _is_open(self, place: NodePlace, verdicts: _Verdicts) -> bool:
        """Whether no condition that skips this place is decided. A place under examination counts as open,
        which ends the search where conditions of different instances read each other."""
        key = place, "open"
        if key not in verdicts:
            verdicts[key] = True
            verdicts[key] = all(
                self._is_undecided(refusal, "relevant", verdicts) for refusal in self.irrelevant_places(place)
            )
        return verdicts[key]

    def _is_undecided(self, place: NodePlace, column: str, verdicts: _Verdicts) -> bool:
        key = place, column
        if key not in verdicts:
            verdicts[key] = True
            verdicts[key] = any(
                self._lacks_answers(read, place.frame, verdicts)
                for read in self.deciding_questions(place.node, column)
            )
        return verdicts[key]

    def _lacks_answers(self, node: Node, frame: InstanceFrame, verdicts: _Verdicts) -> bool:
        """Whether a question, seen from a frame, has no answer yet: in the frame or around it, else in any
        instance, those still to be made included."""
        around: InstanceFrame | None = frame
        while around is not None and around.node is not node.frame:
            around = around.outer
        if around is not None:
            return not self._is_decided(NodePlace(around, node), verdicts)
        if any(not self._is_decided(each, verdicts) for each in self._state.places() if each.node is node):
            return True
        rows = (each for each in self._repeats_in(self._state.root) if node in each.node.walk())
        return any(self._missing_instances(each, verdicts) > 0 for each in rows)

    def _is_decided(self, place: NodePlace, verdicts: _Verdicts) -> bool:
        if not place.relevant:
            return not self._is_open(place, verdicts)
        return not self._is_answerable(place.node) or self._checks.is_answered(place)

    # --- instances
    def _missing_instances(self, place: NodePlace, verdicts: _Verdicts) -> int:
        """Number of instances that a repeat's count still asks for, at least one while the count is not
        known."""
        frame, repeat = place
        wanted = self._repeats.required_count(frame, repeat)
        if wanted is None or not (
            self._state.is_parent_relevant(frame, repeat.parent) or self._is_open(place, verdicts)
        ):
            return 0
        if self._is_undecided(place, "repeat_count", verdicts):
            wanted = max(wanted, 1)
        return max(0, wanted - len(frame.instances_of(repeat)))

    def _repeats_in(self, frame: InstanceFrame, parent: Node | None = None) -> Iterator[NodePlace]:
        for node in self._state.form.children[parent or frame.node]:
            if node.kind == "group":
                yield from self._repeats_in(frame, node)
            elif node.kind == "repeat":
                yield NodePlace(frame, node)
                for instance in frame.instances_of(node):
                    yield from self._repeats_in(instance, node)

    def _is_answerable(self, node: Node) -> bool:
        return node.kind == "leaf" and self._state.item(node).is_answerable


LONGEST_GAP = 300.0
"""Seconds: a longer silence between two events is a pause, and only this much of it counts as interview
time."""

# Seconds that a question of this type usually takes to read out, answer and type; the speed of the interview
# corrects them.
_EXPECTED_SECONDS = MappingProxyType(
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
_EXPECTED_OTHER = 20.0
_FASTEST, _SLOWEST = 0.25, 4.0
_WEIGHT_OF_EXPECTED = 120.0  # seconds of usual time that count as much as the time measured in this interview


def expected_seconds(question_type: str) -> float:
    """Seconds that a question of this type takes on average."""
    return _EXPECTED_SECONDS.get(question_type, _EXPECTED_OTHER)


class InterviewDuration:
    """Counts interview time from the times of the events. A clock that is set back adds no time and removes
    none."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last: dt.datetime | None = None

    def count_until(self, at: dt.datetime) -> None:
        """Count the time since the last event."""
        if self._last is not None:
            self.seconds += min(LONGEST_GAP, max(0.0, (at - self._last).total_seconds()))
        self._last = at

    def pause(self) -> None:
        """Leave out the time until the next event."""
        self._last = None

    def minutes(self, until: dt.datetime | None = None) -> float:
        """Interview time in minutes, to the tenth; ``until`` adds the time since the last event."""
        seconds = self.seconds
        if until is not None and self._last is not None:
            seconds += min(LONGEST_GAP, max(0.0, (until - self._last).total_seconds()))
        return round(seconds / 60, 1)

    def minutes_left_for(self, usual: float, usual_done: float) -> float:
        """Estimated minutes for questions that usually take ``usual`` seconds, at the speed of those answered
        so far, which usually take ``usual_done`` seconds."""
        pace = (self.seconds + _WEIGHT_OF_EXPECTED) / (usual_done + _WEIGHT_OF_EXPECTED)
        return round(usual * min(_SLOWEST, max(_FASTEST, pace)) / 60, 1)
