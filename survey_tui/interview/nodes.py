"""Every node of an interview as it stands, what is calculated, hidden or skipped included."""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.interview.checks import Checks
from survey_tui.interview.interview_state import State
from survey_tui.interview.views import NodeState

__all__ = ["node_states"]


def node_states(state: State, checks: Checks) -> Iterator[NodeState]:
    """All nodes in document order."""
    for place in state.places():
        frame, node = place
        leaf = node.kind == "leaf"
        kind = "question" if leaf else "repeat" if node.kind == "repeat" else "group"
        yield NodeState(
            kind=kind,  # type: ignore[arg-type]
            path=place.path,
            type=node.type,
            relevant=place.relevant,
            text=place.text if leaf else "",
            missing=frame.missing.get(node.slot, "") if leaf else "",
            required=leaf and checks.required(place),
            read_only=leaf and (node.type == "note" or checks.read_only(place)),
        )
