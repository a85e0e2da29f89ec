"""What a review says beside the form's own checks. None of it keeps a response from being finished.

Answers without a place in the form (its plugin is gone) are named with their text; *advisers* are further
checks that whoever opened the session brought along.
"""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.expressions import Expression, compile_expression
from survey_tui.interview.events import Answered, Cleared, Missing
from survey_tui.interview.interview_state import Place
from survey_tui.interview.replay import Core
from survey_tui.interview.views import Finding

__all__ = ["Conditions", "orphaned"]


def orphaned(core: Core) -> Iterator[Finding]:
    """The last answer of every question that this form does not have."""
    last: dict[str, str] = {}
    for event in core.orphans:
        if isinstance(event, Answered):
            last[event.path] = event.text
        elif isinstance(event, Missing):
            last[event.path] = core.words(f"missing_{event.kind}")
        elif isinstance(event, Cleared):
            last.pop(event.path, None)
    for path, text in last.items():
        message = core.words("orphan", answer=text)
        yield Finding("orphan", "", message, blocking=False, label=path)


class Conditions:
    """Conditions asked from outside, as if they stood at the top of the form."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._compiled: dict[str, Expression] = {}

    def holds(self, text: str) -> bool:
        """Whether it is true now. Raises ``ExpressionError`` when it is faulty or fails."""
        return self._expression(text).truth(self._core.state.root)

    def answered(self, text: str) -> bool:
        """Whether every question outside repeats that it reads has an answer. Raises as :meth:`holds`."""
        root = self._core.state.root
        places = [
            Place(root, node)
            for node in self._expression(text).reads
            if node.kind == "leaf" and node.frame is self._core.form.root
        ]
        return all(place.relevant and place.text for place in places)

    def _expression(self, text: str) -> Expression:
        if text not in self._compiled:
            form = self._core.form
            self._compiled[text] = compile_expression(text, form.root, functions=form.functions)
        return self._compiled[text]
