"""References and paths, resolved at compile time against the node tree.

The rules are those of pyxform and JavaRosa together. A ``${name}`` that shares a repeat with the node of the
expression is relative to that repeat's instance. Any other name, and every absolute path, takes over the
instances of its context as long as both paths have the same nodes; a predicate ends that for its own level.
Further repeats mean all their instances.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from survey_tui.expressions.closures import Eval
from survey_tui.expressions.failures import failure
from survey_tui.expressions.tree import Node

Pick: TypeAlias = Literal["all", "same"] | Eval


class PathLevel(NamedTuple):
    """A node on the way down.

    ``pick`` selects instances of a repeat: ``all``, the one with the ``same`` number as the context's, or the
    one whose number the closure gives. ``predicates`` filter the selected ones.
    """

    node: Node
    pick: Pick
    predicates: tuple[Eval, ...]


class ResolvedPath(NamedTuple):
    """A path to one node: from the frame of ``base`` (the context's own or one around it; with ``origin``
    that of the expression's node) down through ``levels`` to ``target``."""

    context: Node
    base: Node
    levels: tuple[PathLevel, ...]
    target: Node
    origin: bool


class PathResolver:
    """Follows a path over the tree of nodes, step by step."""

    def __init__(self, context: Node, *, absolute: bool, origin: bool = False) -> None:
        self.context = context
        self.origin = origin
        self.node: Node = context.root if absolute else context
        self.base: Node = self.node.frame
        self.levels: tuple[PathLevel, ...] = ()
        self.bound: Literal["on", "loose", "off"] = "on" if absolute else "off"
        self.around = frozenset(_ancestors(context))

    def copy(self) -> PathResolver:
        other = object.__new__(PathResolver)
        other.__dict__.update(self.__dict__)
        return other

    def to_parent(self, position: int) -> None:
        """Follow the step ``..`` to the parent node."""
        if self.node.parent is None:
            raise failure("no_parent", position)
        if self.levels and self.levels[-1].node is self.node:
            self.levels = self.levels[:-1]
        self.node = self.node.parent
        if not self.levels:
            self.base = self.node.frame

    def to_child(self, node: Node, predicates: tuple[Eval, ...] = (), pick: Eval | None = None) -> None:
        """Follow the step to a child, with predicates on its nodes."""
        same_way = self.bound != "off" and node in self.around
        self.node = node
        if pick is not None:
            self._add(node, pick, predicates, same_way)
        elif same_way and self.bound == "on" and not predicates:
            self.base = node.frame
        elif same_way and not predicates and node.kind == "repeat":
            self._add(node, "same", (), same_way)
        elif node.kind == "repeat" or predicates:
            self._add(node, "all", predicates, same_way)

    def wildcard_children(self) -> list[Node]:
        """Children that ``*`` means: all, but on the context's own path only the one on it (as in
        JavaRosa)."""
        members = list(self.node.children.values())
        return [node for node in members if node in self.around] or members

    def _add(self, node: Node, pick: Pick, predicates: tuple[Eval, ...], same_way: bool) -> None:
        self.levels = (*self.levels, PathLevel(node, pick, predicates))
        self.bound = "loose" if same_way else "off"

    def resolved_path(self) -> ResolvedPath:
        return ResolvedPath(self.context, self.base, self.levels, self.node, self.origin)


def shared_repeat(target: Node, at: Node) -> Node | None:
    """The innermost repeat around ``target`` that is also around ``at``, or is ``at``'s own frame."""
    if at.frame.kind == "root" or target.frame.kind == "root":
        return None
    frames = {node for node in _ancestors(at) if node.kind == "repeat"}
    return next((node for node in _ancestors(target)[1:] if node in frames), None)


def _ancestors(node: Node) -> list[Node]:
    """``node`` and everything around it, innermost first."""
    found = [node]
    while (parent := found[-1].parent) is not None:
        found.append(parent)
    return found


def path_from_root(target: Node) -> list[Node]:
    """The nodes from the root to ``target``."""
    way = [target]
    while (parent := way[-1].parent) is not None:
        way.append(parent)
    return way[::-1]
