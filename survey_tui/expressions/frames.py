"""What expressions read while an interview runs.

The interview writes frames, expressions only read them. ``values`` holds what an expression sees: ``""``
for an unanswered node *and for one that is not relevant* (JavaRosa reads a node that is not relevant as
empty), so that closures need not ask.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from survey_tui.expressions.tree import Node

__all__ = ["Environment", "Frame", "Value"]

Value: TypeAlias = str | float | bool | dt.date | dt.datetime | dt.time
"""One value: text (``""`` is the empty answer; selects are space-separated names), number (always ``float``),
boolean, date, date with time (zone-aware), time of day."""


class Environment(Protocol):
    """What an expression may know besides the answers. One object per session; the session keeps it up to
    date. It may also have a ``version``: that of the form, for ``version()``."""

    now: dt.datetime
    """The moment of the event being handled, zone-aware."""
    random: random.Random
    """Seeded by the session, so that a replay draws the same numbers."""
    language: str

    def choice_label(self, node: Node, name: str) -> str | None:
        """Label, in the running language, of the choice ``name`` of the select at ``node``; ``None`` if
        unknown."""

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        """Rows of a secondary instance: a choice list (columns ``name``, ``label``, its own) or a table for
        ``pulldata``; ``None`` if there is none of that name."""

    def text(self, identifier: str) -> str | None:
        """A translated text by its itext id (``jr:itext``)."""

    def last_saved(self, name: str) -> str:
        """Answer of this question in the last response saved on this device, ``""`` if there is none."""


class Frame:
    """The values of the root, or of one instance of a repeat.

    ``values`` and ``relevant`` are indexed by ``node.slot``; ``instances`` maps a repeat node that lies
    directly in this frame (possibly inside groups) to its instances in order. ``position`` counts from 1.
    A node counts in a nodeset when ``relevant`` is true for it and for everything around it.
    """

    __slots__ = ("env", "instances", "node", "parent", "position", "relevant", "values")

    def __init__(self, node: Node, parent: Frame | None, position: int, env: Environment) -> None:
        self.node = node
        self.parent = parent
        self.position = position
        self.env = env
        self.values: list[Value] = [""] * node.frame_size
        self.relevant: list[bool] = [True] * node.frame_size
        self.instances: dict[Node, list[Frame]] = {}
