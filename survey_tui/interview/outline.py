"""Outline: every visible item with its state, and the reason why a skipped one is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from survey_tui.expressions.tree import Node
from survey_tui.interview.checks import Checks
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace, SessionTranslator
from survey_tui.interview.navigation import Navigation
from survey_tui.interview.progress import UpcomingQuestions
from survey_tui.interview.view_builder import Views
from survey_tui.interview.views import ItemState, OutlineEntry

_WORST: tuple[ItemState, ...] = ("error", "warning", "open", "answered")
_LABEL_LENGTH = 48
_Container: TypeAlias = Literal["group", "repeat", "instance"]


class Outline:
    """Builds the outline of the whole form; too slow to be called for each question."""

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of the session that know about places)
        self,
        state: InterviewState,
        checks: Checks,
        views: Views,
        navigation: Navigation,
        upcoming: UpcomingQuestions,
        translator: SessionTranslator,
    ) -> None:
        self._state = state
        self._checks = checks
        self._upcoming = upcoming
        self._views = views
        self._navigation = navigation
        self._translator = translator

    def entries(self) -> tuple[OutlineEntry, ...]:
        """All visible items in document order."""
        return tuple(self._inside(self._state.root, self._state.form.root, 0))

    def reason(self, place: NodePlace) -> str:
        """The reason why a place is skipped: the questions that decide it, with their answers."""
        refused = self._upcoming.irrelevant_places(place)
        if not refused:
            return ""
        frame, outermost = refused[0]
        deciding = sorted(self._upcoming.deciding_questions(outermost), key=lambda node: node.path)
        parts = [self._part(frame, node) for node in deciding]
        return (
            self._translator("skipped_because", parts=", ".join(parts))
            if parts
            else self._translator("skipped")
        )

    def _inside(self, frame: InstanceFrame, parent: Node, depth: int) -> Iterator[OutlineEntry]:
        for node in self._state.form.children[parent]:
            place = NodePlace(frame, node)
            if node.kind == "repeat":
                yield from self._repeat(place, depth)
            elif node.kind == "group":
                inner = tuple(self._inside(frame, node, depth + 1))
                yield self._container("group", place, inner, depth, relevant=place.relevant)
                yield from inner
            elif self._state.item(node).is_visible:
                yield self._question(place, depth)

    def _repeat(self, place: NodePlace, depth: int) -> Iterator[OutlineEntry]:
        frame, node = place
        below: list[OutlineEntry] = []
        for instance in frame.instances_of(node):
            inner = tuple(self._inside(instance, node, depth + 2))
            spot = NodePlace(instance, node)
            below += [
                self._container("instance", spot, inner, depth + 1, relevant=instance.relevant[0]),
                *inner,
            ]
        relevant = self._navigation.is_repeat_relevant(frame, node)
        yield self._container("repeat", place, tuple(below), depth, relevant=relevant)
        yield from below

    def _question(self, place: NodePlace, depth: int) -> OutlineEntry:
        state = self._checks.item_state(place)
        return OutlineEntry(
            "question",
            place.path,
            place.node.name,
            self._views.label(place),
            depth,
            state,
            self._views.answer(place) or self._translator.missing(place.missing),
            self.reason(place) if state == "skipped" else "",
            place.frame.notes.get(place.node.slot, ""),
            state == "skipped" and self._upcoming.may_be_asked(place),
        )

    def _container(
        self,
        kind: _Container,
        place: NodePlace,
        inner: tuple[OutlineEntry, ...],
        depth: int,
        *,
        relevant: bool,
    ) -> OutlineEntry:
        states = {entry.state for entry in inner}
        worst: ItemState = next((state for state in _WORST if state in states), "answered")
        label = self._views.group(place).label
        if kind == "instance":
            label = f"{label} {place.frame.position}"
        name = place.node.name
        if not relevant:
            reason, ahead = self.reason(place), self._upcoming.may_be_asked(place)
            return OutlineEntry(kind, place.path, name, label, depth, "skipped", reason=reason, ahead=ahead)
        return OutlineEntry(kind, place.path, name, label, depth, worst)

    def _part(self, frame: InstanceFrame, node: Node) -> str:
        around: InstanceFrame | None = frame
        while around is not None and around.node is not node.frame:
            around = around.outer
        if around is None:
            return f"“{_shorten(self._views.plain_label(node))}”"
        place = NodePlace(around, node)
        label = self._views.label(place)
        answer = (self._views.answer(place) if place.relevant else "") or self._translator.missing(
            place.missing
        )
        return self._translator(
            "is", label=_shorten(label), answer=_shorten(answer) or self._translator("no_answer")
        )


def _shorten(text: str) -> str:
    return text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 1].rstrip()}…"
