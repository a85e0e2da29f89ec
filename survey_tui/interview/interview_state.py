"""What a session remembers: frames with the answers as text, and how a path finds its place in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from survey_tui.errors import AnswerError
from survey_tui.expressions.frames import Frame, Value
from survey_tui.expressions.tree import Node
from survey_tui.forms.compiled import CompiledForm, CompiledItem
from survey_tui.interview.environment import Surroundings

__all__ = ["InstanceFrame", "Place", "State"]


class InstanceFrame(Frame):
    """A frame with everything that belongs to one instance, so that removing the instance forgets all of it.

    ``texts`` holds the answers as they were given and ``stored`` the values that expressions see of them: a
    question that is not relevant keeps both while ``values`` shows it as empty. ``own`` is the outcome of a
    node's own relevance, whatever encloses it. The dictionaries are by slot: ``missing`` (dk, refused),
    ``notes``, ``confirmed`` (the answer that was stood by), ``failures`` (column → why its expression
    failed).
    """

    __slots__ = ("alive", "confirmed", "failures", "missing", "notes", "own", "serial", "stored", "texts")

    def __init__(self, node: Node, parent: InstanceFrame | None, position: int, env: Surroundings) -> None:
        super().__init__(node, parent, position, env)
        self.texts: list[str] = [""] * node.frame_size
        self.stored: list[Value] = [""] * node.frame_size
        self.own: list[bool] = [True] * node.frame_size
        self.missing: dict[int, str] = {}
        self.notes: dict[int, str] = {}
        self.confirmed: dict[int, str] = {}
        self.failures: dict[int, dict[str, str]] = {}
        self.alive = True
        self.serial = env.next_serial()

    @property
    def outer(self) -> InstanceFrame | None:
        """The frame that this instance lies in; ``None`` for the root."""
        return cast("InstanceFrame | None", self.parent)

    def instances_of(self, repeat: Node) -> list[InstanceFrame]:
        """The instances of a repeat that lies directly in this frame, in order; the list itself, not a
        copy."""
        return cast("list[InstanceFrame]", self.instances.setdefault(repeat, []))

    @property
    def prefix(self) -> str:
        """What the paths of this instance's nodes begin with: ``""`` or ``hh[1]/person[2]/``."""
        if self.parent is None:
            return ""
        return f"{self.path}/"

    @property
    def path(self) -> str:
        """Path of this instance: ``hh[1]/person[2]``, ``""`` for the root."""
        outer = self.outer
        if outer is None:
            return ""
        return f"{outer.prefix}{self.node.inner_path}[{self.position}]"


class Place(NamedTuple):
    """A node in one frame. For a repeat node the frame is the instance, or, where the repeat as a whole is
    meant, the frame around it."""

    frame: InstanceFrame
    node: Node

    @property
    def path(self) -> str:
        frame, node = self
        if frame.node is node:
            return frame.path
        return frame.prefix + node.inner_path if frame.parent is not None else node.inner_path

    @property
    def relevant(self) -> bool:
        return self.frame.relevant[self.node.slot]

    @property
    def text(self) -> str:
        return self.frame.texts[self.node.slot]


class State:
    """The memory of one session; everything else works on it."""

    def __init__(self, form: CompiledForm, env: Surroundings) -> None:
        self.form = form
        self.env = env
        self.root = InstanceFrame(form.root, None, 1, env)

    def item(self, node: Node) -> CompiledItem:
        return self.form.items[node]

    def find(self, path: str) -> Place | None:
        """The place of a path: a leaf, a group, an instance (``r/p[2]``) or a repeat as a whole (``r/p``)."""
        node = self.form.by_path.get(path)
        if node is not None and (
            node.frame is self.form.root or (node.kind == "repeat" and node.outer is self.form.root)
        ):
            return Place(self.root, node)
        frame, prefix = self.root, ""
        for part in path.split("/"):
            name, bracket, number = part.partition("[")
            node = self.form.by_path.get(prefix + name)
            if node is None:
                return None
            prefix += name + "/"
            if bracket:
                found = _instance(frame, node, number)
                if found is None:
                    return None
                frame = found
            elif node.kind == "repeat" and prefix.count("/") <= path.count("/"):
                return None
        assert node is not None
        return Place(frame, node)

    def at(self, path: str) -> Place:
        """As :meth:`find`; raises ``AnswerError("interview_no_such_path")``."""
        place = self.find(path)
        if place is None:
            raise AnswerError("interview_no_such_path", path=path)
        return place

    def question(self, path: str) -> Place:
        """The place of a question that a surveyor can see; raises ``AnswerError``."""
        place = self.at(path)
        if place.node.kind != "leaf" or not self.item(place.node).visible:
            raise AnswerError("interview_no_question", path=path)
        return place

    def instance(self, path: str) -> InstanceFrame:
        """The instance at a path; raises ``AnswerError``."""
        place = self.find(path)
        if place is None or place.node.kind != "repeat" or place.frame.node is not place.node:
            raise AnswerError("interview_no_such_instance", path=path)
        return place.frame

    def repeat(self, path: str) -> Place:
        """The repeat as a whole at a path (``hh[1]/person``), in the frame around it; raises
        ``AnswerError``."""
        place = self.find(path)
        if place is None or place.node.kind != "repeat" or place.frame.node is place.node:
            raise AnswerError("interview_no_such_repeat", path=path)
        return place

    def places(self, frame: InstanceFrame | None = None, parent: Node | None = None) -> Iterator[Place]:
        """Every node in document order; a repeat's instances each, before their contents."""
        frame = frame or self.root
        for node in self.form.children[parent or frame.node]:
            if node.kind == "repeat":
                for instance in frame.instances_of(node):
                    yield Place(instance, node)
                    yield from self.places(instance, node)
                continue
            yield Place(frame, node)
            if node.kind == "group":
                yield from self.places(frame, node)

    def enclosing(self, frame: InstanceFrame, parent: Node | None) -> bool:
        """Whether what encloses a child of ``parent`` in ``frame`` is relevant."""
        return parent is None or frame.relevant[parent.slot]


def _instance(frame: InstanceFrame, node: Node, number: str) -> InstanceFrame | None:
    digits = number.removesuffix("]")
    if node.kind != "repeat" or not number.endswith("]") or not (digits.isascii() and digits.isdigit()):
        return None
    instances = frame.instances_of(node)
    index = int(digits) if len(digits) < 7 else 0
    return instances[index - 1] if 1 <= index <= len(instances) else None
