"""Roster: a repeat as a table, its columns the questions in it."""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.expressions.tree import Node
from survey_tui.interview.checks import Checks
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace, SessionTranslator
from survey_tui.interview.view_builder import Views
from survey_tui.interview.views import RosterCell, RosterRow, RosterView


class Roster:
    """Builds the tables of repeats."""

    def __init__(
        self, state: InterviewState, checks: Checks, views: Views, translator: SessionTranslator
    ) -> None:
        self._state = state
        self._checks = checks
        self._views = views
        self._translator = translator

    def table(self, place: NodePlace) -> RosterView:
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

    def _columns(self, parent: Node) -> Iterator[Node]:
        for node in self._state.form.children[parent]:
            if node.kind == "group":
                yield from self._columns(node)
            elif node.kind == "leaf" and self._state.item(node).is_answerable:
                yield node

    def _row(self, instance: InstanceFrame, columns: list[Node]) -> RosterRow:
        cells = []
        for node in columns:
            place = NodePlace(instance, node)
            state = self._checks.item_state(place)
            path = place.path if state != "skipped" else ""
            answer = self._views.answer(place) or self._translator.missing(place.missing)
            cells.append(RosterCell(path, place.text, answer, state))
        label = self._views.label(NodePlace(instance, instance.node))
        return RosterRow(instance.path, f"{label} {instance.position}", tuple(cells))
