"""One expression case as a small world: the tree of its context, answers given in order, and what comes of
it.

Nothing here but the public engine and the rules that the cases state: answers are set one after the other,
a calculate runs at the start and after each of them, a value that is not relevant reads as empty.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from survey_tui.errors import ExpressionError
from survey_tui.expressions import (
    Expression,
    Frame,
    Node,
    Value,
    compile_expression,
    new_root,
    stored_value,
    text_from_value,
    value_from_text,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

Case = Mapping[str, Any]


class World:
    """Environment, tree and frames of one case."""

    language = "en"

    def __init__(self, case: Case) -> None:
        self.now = dt.datetime.now(ZONE)
        self.random = random.Random(1)
        self.lists: dict[str, list[dict[str, str]]] = case.get("choices", {})
        self.expression: str = case["expression"]
        self.root = new_root()
        self.relevant: dict[Node, str] = {}
        self.answers: list[tuple[Frame, Node, str]] = []
        context: dict[str, Any] = case["context"]
        dot = case.get("dot")
        at = case.get("at")
        for name, spec in context.items():
            self._grow(self.root, name, spec)
        self.dot = self._leaf(self.root, dot["name"], dot) if dot else None
        self.candidate = (
            value_from_text(dot["value"], dot["type"]) if dot and dot["value"] is not None else None
        )
        home = self.root.nodes_named(at["repeat"])[0] if at else self.root
        self.at = self.dot or home.add("r", "leaf", "calculate")
        self.top = Frame(self.root, None, 1, self)
        for name, spec in context.items():
            self._fill(self.top, self.root.children[name], spec)
        self.home = self._home(at) if at else self.top

    # What expressions may ask

    def choice_label(self, node: Node, name: str) -> str | None:
        return next((row["en"] for row in self.lists.get(node.list_name, ()) if row["name"] == name), None)

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        return self.lists.get(instance)

    def text(self, identifier: str) -> str | None:
        return None

    def last_saved(self, name: str) -> str:
        return ""

    # Building

    def _leaf(self, parent: Node, name: str, spec: Case) -> Node:
        return parent.add(name, "leaf", spec["type"], spec.get("list", ""))

    def _grow(self, parent: Node, name: str, spec: Case) -> None:
        if spec["type"] in ("repeat", "group"):
            node = parent.add(name, spec["type"])
            for child, inner in spec["children"].items():
                self._grow(node, child, inner)
        else:
            node = self._leaf(parent, name, spec)
        if spec.get("relevant"):
            self.relevant[node] = spec["relevant"]

    def _fill(self, frame: Frame, node: Node, spec: Case) -> None:
        if node.kind == "group":
            for name, inner in spec["children"].items():
                self._fill(frame, node.children[name], inner)
        elif node.kind == "repeat":
            self._instances(frame, node, spec, spec["instances"])
        elif spec.get("value") is not None:
            self.answers.append((frame, node, spec["value"]))

    def _instances(self, frame: Frame, node: Node, spec: Case, instances: list[dict[str, Any]]) -> None:
        members = frame.instances[node] = [
            Frame(node, frame, number, self) for number in range(1, len(instances) + 1)
        ]
        for member, given in zip(members, instances, strict=True):
            for name, inner in spec["children"].items():
                child = node.children[name]
                if child.kind == "repeat":
                    self._instances(member, child, inner, given.get(name, []))
                else:
                    self._fill(member, child, {**inner, "value": given.get(name, inner.get("value"))})

    def _home(self, at: Case) -> Frame:
        frame = self.top
        for part in [*at.get("parents", []), f"{at['repeat']}[{at['index']}]"]:
            name, number = re.fullmatch(r"(.*)\[(\d+)\]", part).groups()  # type: ignore[union-attr]
            frame = frame.instances[self.root.nodes_named(name)[0]][int(number) - 1]
        return frame

    # Running

    def compile(self) -> Expression:
        return compile_expression(self.expression, self.at, dot=self.dot)

    @property
    def siblings(self) -> list[Frame]:
        """The frames in which the expression stands besides its own."""
        return [f for f in self._frames(self.top) if f.node is self.home.node and f is not self.home]

    def _frames(self, frame: Frame) -> Iterator[Frame]:
        yield frame
        for members in frame.instances.values():
            for member in members:
                yield from self._frames(member)

    def answer_all(self) -> Iterator[Node | None]:
        """Give the answers one by one; yields at the start, and after each the question answered. Relevance
        and values are up to date then."""
        given: dict[tuple[Frame, Node], Value] = {}
        conditions = {node: compile_expression(text, node) for node, text in self.relevant.items()}
        self._settle(given, conditions)
        yield None
        for frame, node, text in self.answers:
            given[frame, node] = value_from_text(text, node.type)
            self._settle(given, conditions)
            yield node

    def _settle(self, given: dict[tuple[Frame, Node], Value], conditions: dict[Node, Expression]) -> None:
        for _ in range(len(conditions) + 1):
            for frame in self._frames(self.top):
                for node in frame.node.walk():
                    if node.frame is frame.node:
                        self._settle_one(frame, node, given, conditions.get(node))

    def _settle_one(
        self, frame: Frame, node: Node, given: dict[tuple[Frame, Node], Value], own: Expression | None
    ) -> None:
        parent = node.parent
        holder = frame if parent is None or parent.frame is frame.node else frame.parent
        relevant = parent is None or holder is None or holder.relevant[parent.slot]
        frame.relevant[node.slot] = relevant and (own is None or own.truth(frame))
        if node.kind == "leaf" and node is not self.at:
            frame.values[node.slot] = given.get((frame, node), "") if frame.relevant[node.slot] else ""


class RefusedError(Exception):
    """The engine refused the expression or one use of it."""


class Outcome:
    """What the engine makes of a case, in the words of the case file."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.world = World(case)
        try:
            self.expression = self.world.compile()
        except ExpressionError as error:
            raise RefusedError(str(error)) from error

    def fresh(self) -> tuple[Value, str, bool]:
        """Value, text and truth with all answers given and the question itself still empty."""
        for _ in self.world.answer_all():
            pass
        frame, dot = self.world.home, self.world.candidate
        if self.world.dot is not None and dot is not None:
            frame.values[self.world.at.slot] = ""
        try:
            value = self.expression.value(frame, dot)
            return value, self.expression.text(frame, dot), self.expression.truth(frame, dot)
        except ExpressionError as error:
            raise RefusedError(str(error)) from error

    def calculated(self) -> str | None:
        """The text that a calculate holds at the end."""
        text = ""
        for value in self._course(self.expression.value):
            self.world.home.values[self.world.at.slot] = stored_value(value)
            text = text_from_value(value)
        return text or None

    def shown(self) -> bool:
        """Whether a note with this condition is relevant at the end."""
        return bool(deque(self._course(self.expression.truth), maxlen=1)[0])

    def _course(self, evaluate: Any) -> Iterator[Any]:
        if self.world.at in self.expression.reads:
            raise RefusedError("the calculation depends on itself")
        try:
            for answered in self.world.answer_all():
                if answered is None or self.world.relevant or answered in self.expression.reads:
                    for frame in self.world.siblings:
                        evaluate(frame)  # it stands in every instance, and may fail in any
                    yield evaluate(self.world.home)
        except ExpressionError as error:
            raise RefusedError(str(error)) from error

    def constraint(self) -> str:
        if self.world.candidate is None:
            return "pass"
        _, _, holds = self.fresh()
        return "pass" if holds else "fail"
