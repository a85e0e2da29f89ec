"""The table of contents and the roster: every item with its state, and why a skipped one is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from survey_tui.expressions.tree import Node
from survey_tui.interview.checks import Checks
from survey_tui.interview.interview_state import InstanceFrame, Place, State, Words
from survey_tui.interview.navigation import Navigator
from survey_tui.interview.progress import Prospects
from survey_tui.interview.view_builder import Views
from survey_tui.interview.views import ItemState, OutlineEntry, RosterCell, RosterRow, RosterView

_WORST: tuple[ItemState, ...] = ("error", "warning", "open", "answered")
_LABEL_LENGTH = 48
_Container: TypeAlias = Literal["group", "repeat", "instance"]


class Outline:
    """Looks at the whole form; for screens that show all of it, not for each question."""

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of the session that know about places)
        self,
        state: State,
        checks: Checks,
        views: Views,
        navigator: Navigator,
        prospects: Prospects,
        words: Words,
    ) -> None:
        self._state = state
        self._checks = checks
        self._prospects = prospects
        self._views = views
        self._navigator = navigator
        self._words = words

    def entries(self) -> tuple[OutlineEntry, ...]:
        """All visible items in document order."""
        return tuple(self._inside(self._state.root, self._state.form.root, 0))

    def state_of(self, place: Place) -> ItemState:
        """The state of one question."""
        if not place.relevant:
            return "skipped"
        if place.node.type == "note":
            return "answered"
        if self._checks.broken(place):
            return "error"
        if next(self._checks.unconfirmed(place), None) is not None:
            return "warning"
        return "answered" if self._checks.satisfied(place) else "open"

    def reason(self, place: Place) -> str:
        """Why a place is skipped, in words: the questions that decide it, and the answers there."""
        refused = self._prospects.refusing(place)
        if not refused:
            return ""
        frame, outermost = refused[0]
        deciding = sorted(self._prospects.deciding(outermost), key=lambda node: node.path)
        parts = [self._part(frame, node) for node in deciding]
        return self._words("skipped_because", parts=", ".join(parts)) if parts else self._words("skipped")

    def roster(self, place: Place) -> RosterView:
        """A repeat as a table; its columns are the questions directly in it and in its groups."""
        frame, node = place
        columns = list(self._columns(node))
        group = self._views.group(place)
        return RosterView(
            path=place.path,
            label=group.label,
            columns=tuple((inner.name, self._views.plain_label(inner)) for inner in columns),
            rows=tuple(self._row(instance, columns) for instance in frame.instances_of(node)),
            can_add=group.can_add,
            can_remove=group.can_remove,
        )

    def _inside(self, frame: InstanceFrame, parent: Node, depth: int) -> Iterator[OutlineEntry]:
        for node in self._state.form.children[parent]:
            place = Place(frame, node)
            if node.kind == "repeat":
                yield from self._repeat(place, depth)
            elif node.kind == "group":
                inner = tuple(self._inside(frame, node, depth + 1))
                yield self._container("group", place, inner, depth, relevant=place.relevant)
                yield from inner
            elif self._state.item(node).visible:
                yield self._question(place, depth)

    def _repeat(self, place: Place, depth: int) -> Iterator[OutlineEntry]:
        frame, node = place
        below: list[OutlineEntry] = []
        for instance in frame.instances_of(node):
            inner = tuple(self._inside(instance, node, depth + 2))
            spot = Place(instance, node)
            below += [
                self._container("instance", spot, inner, depth + 1, relevant=instance.relevant[0]),
                *inner,
            ]
        relevant = self._navigator.repeat_relevant(frame, node)
        yield self._container("repeat", place, tuple(below), depth, relevant=relevant)
        yield from below

    def _question(self, place: Place, depth: int) -> OutlineEntry:
        state = self.state_of(place)
        return OutlineEntry(
            "question",
            place.path,
            place.node.name,
            self._views.label(place),
            depth,
            state,
            self._views.answer(place) or self._missing(place),
            self.reason(place) if state == "skipped" else "",
            place.frame.notes.get(place.node.slot, ""),
            state == "skipped" and self._prospects.may_come(place),
        )

    def _container(
        self, kind: _Container, place: Place, inner: tuple[OutlineEntry, ...], depth: int, *, relevant: bool
    ) -> OutlineEntry:
        states = {entry.state for entry in inner}
        worst: ItemState = next((state for state in _WORST if state in states), "answered")
        label = self._views.group(place).label
        if kind == "instance":
            label = f"{label} {place.frame.position}"
        name = place.node.name
        if not relevant:
            reason, ahead = self.reason(place), self._prospects.may_come(place)
            return OutlineEntry(kind, place.path, name, label, depth, "skipped", reason=reason, ahead=ahead)
        return OutlineEntry(kind, place.path, name, label, depth, worst)

    def _missing(self, place: Place) -> str:
        kind = place.frame.missing.get(place.node.slot)
        return self._words(f"missing_{kind}") if kind else ""

    def _part(self, frame: InstanceFrame, node: Node) -> str:
        around: InstanceFrame | None = frame
        while around is not None and around.node is not node.frame:
            around = around.outer
        if around is None:
            return f"“{_clipped(self._views.plain_label(node))}”"
        place = Place(around, node)
        label = self._views.label(place)
        answer = (self._views.answer(place) if place.relevant else "") or self._missing(place)
        return self._words("is", label=_clipped(label), answer=_clipped(answer) or self._words("no_answer"))

    def _columns(self, parent: Node) -> Iterator[Node]:
        for node in self._state.form.children[parent]:
            if node.kind == "group":
                yield from self._columns(node)
            elif node.kind == "leaf" and self._state.item(node).answerable:
                yield node

    def _row(self, instance: InstanceFrame, columns: list[Node]) -> RosterRow:
        cells = []
        for node in columns:
            place = Place(instance, node)
            state = self.state_of(place)
            path = place.path if state != "skipped" else ""
            answer = self._views.answer(place) or self._missing(place)
            cells.append(RosterCell(path, place.text, answer, state))
        label = self._views.label(Place(instance, instance.node))
        return RosterRow(instance.path, f"{label} {instance.position}", tuple(cells))


def _clipped(text: str) -> str:
    return text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 1].rstrip()}…"
