"""Node tree of a form, and the frames with the values of its nodes.

An expression is compiled against the tree, so that at run time a reference is an index into a list and no
name is looked up. The tree mirrors the primary instance of an XForm: the root, groups, repeats and leaves
(questions, calculates, notes).

Values are in *frames*: one for the root, one for each repeat instance. A node's ``frame`` is the root or
repeat node whose frames have it, its ``slot`` the index there; slot 0 is the frame's own node. The interview
writes frames, expressions only read them. ``values`` is ``""`` for an unanswered node *and for one that is
not relevant* (JavaRosa reads such a node as empty), so that closures need not check.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

Kind = Literal["root", "group", "repeat", "leaf"]


class Node:
    """A node of the form.

    ``type`` is the question type of a leaf (``integer``, ``select_multiple`` …), ``""`` otherwise; it decides
    how the text of an answer becomes a value. ``list_name`` is the choice list of a select. Nodes compare by
    identity. ``inner_path`` is the path by names from the frame around the node: ``group/p_age``.
    """

    __slots__ = (
        "_named", "_size", "children", "frame", "inner_path", "kind", "list_name", "name", "parent", "root",
        "slot", "type",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        kind: Kind,
        parent: Node | None,
        type: str = "",  # noqa: A002
        list_name: str = "",
    ) -> None:
        self.name = name
        self.kind: Kind = kind
        self.parent = parent
        self.type = type
        self.list_name = list_name
        self.inner_path: str = name
        if parent is not None and parent.kind == "group":
            self.inner_path = f"{parent.inner_path}/{name}"
        self.children: dict[str, Node] = {}
        self.root: Node = self if parent is None else parent.root
        self._named: dict[str, list[Node]] = {}
        self.root._named.setdefault(name, []).append(self)
        self._size = 1
        if kind in ("root", "repeat"):
            self.frame, self.slot = self, 0
        else:
            assert parent is not None
            self.frame = parent.frame
            self.slot = self.frame._size
            self.frame._size += 1

    def add(self, name: str, kind: Kind, type: str = "", list_name: str = "") -> Node:  # noqa: A002
        """Append a child and return it. Names are unique within a parent; the caller checks that."""
        child = Node(name, kind, self, type, list_name)
        self.children[name] = child
        return child

    def nodes_named(self, name: str) -> list[Node]:
        """All nodes of that name in the whole tree, in the order in which they were added."""
        return self.root._named.get(name, [])

    def names(self) -> list[str]:
        """Every name in the whole tree, once."""
        return list(self.root._named)

    @property
    def frame_size(self) -> int:
        """Number of slots of this root's or repeat's frames, slot 0 included."""
        return self._size

    @property
    def outer(self) -> Node | None:
        """The root or repeat that encloses this node's frame; ``None`` at the root."""
        return self.frame.parent.frame if self.frame.parent is not None else None

    @property
    def path(self) -> str:
        """Absolute path by names: ``/data/household/person/p_age``."""
        return ("" if self.parent is None else self.parent.path) + "/" + self.name

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in document order."""
        yield self
        for child in self.children.values():
            yield from child.walk()

    def __repr__(self) -> str:
        return f"<Node {self.path}>"


def new_root(name: str = "data") -> Node:
    return Node(name, "root", None)


Value: TypeAlias = str | float | bool | dt.date | dt.datetime | dt.time
"""One value: text (``""`` is the empty answer; selects are space-separated names), number (always ``float``),
boolean, date, date with time (zone-aware), time of day."""


class Environment(Protocol):
    """Facts besides the answers. The session has one and keeps it up to date. It may also have a ``version``:
    that of the form, for ``version()``."""

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

    ``values`` and ``relevant`` are indexed by ``node.slot``; ``instances`` maps a repeat node directly in
    this frame (possibly inside groups) to its instances in order. ``position`` counts from 1. A node counts
    in a nodeset when ``relevant`` is true for it and for everything around it.
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
