"""State of an interview: answers in frames, and the environment of expressions."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from survey_tui.errors import AnswerError, SurveyError
from survey_tui.expressions.tree import Frame, Node, Value
from survey_tui.forms.compiled import CompiledForm, CompiledItem
from survey_tui.forms.model import Choice
from survey_tui.interview.events import Started, moment_from_text
from survey_tui.locale import Translator


class SessionEnvironment:
    """The environment of one session (:class:`survey_tui.expressions.tree.Environment`).

    The random generator is seeded again for each event, from ``seed`` and the event's number, so that a view
    between two events does not change what a replay draws.
    """

    def __init__(self, form: CompiledForm, started: Started) -> None:
        self.now = moment_from_text(started.at)
        languages = form.form.languages
        self.language = started.language if started.language in languages else form.form.default_language
        self.seed = started.seed
        self._form = form
        self._last_saved = started.last_saved
        self._random: random.Random | None = None
        self._event = 0
        self._frames = 0
        self._rows: dict[tuple[str, str], Sequence[Mapping[str, str]]] = {}
        self.version = form.form.version
        self._labels: dict[tuple[str, str], dict[str, str]] = {}

    def begin_event(self, number: int, now: dt.datetime) -> None:
        """Begin event ``number`` of the log, at ``now``."""
        self.now = now
        self._event = number
        self._random = None

    def next_frame_number(self) -> int:
        """A number that no other frame of this session has."""
        self._frames += 1
        return self._frames

    @property
    def random(self) -> random.Random:
        if self._random is None:
            self._random = random.Random(self.seed * 1_000_003 + self._event)
        return self._random

    @random.setter
    def random(self, source: random.Random) -> None:
        self._random = source

    def choice_label(self, node: Node, name: str) -> str | None:
        """Label of a choice of the select at ``node`` in the running language; ``None`` if there is none."""
        key = (node.list_name, self.language)
        labels = self._labels.get(key)
        if labels is None:
            labels = {choice.name: self._label(choice) for choice in self.choices(node.list_name)}
            self._labels[key] = labels
        return labels.get(name)

    def choices(self, list_name: str) -> Sequence[Choice]:
        """The whole list, in its own order; empty if there is none of that name."""
        found = self._form.form.lists.get(list_name)
        return found.choices if found is not None else ()

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        """A choice list as rows with ``name``, ``label`` and its own columns, else the form's table of that
        name; ``None`` if there is neither."""
        key = (instance, self.language)
        if key not in self._rows:
            if instance not in self._form.form.lists:
                return self._form.tables.get(instance)
            self._rows[key] = [
                {**choice.columns, "name": choice.name, "label": self._label(choice)}
                for choice in self.choices(instance)
            ]
        return self._rows[key]

    def text(self, identifier: str) -> str | None:
        """Always ``None`` for an itext id: forms have their translations in themselves."""
        return None if identifier else ""

    def last_saved(self, name: str) -> str:
        """Answer of question ``name`` in the last response saved on this device."""
        return self._last_saved.get(name, "")

    def _label(self, choice: Choice) -> str:
        default = self._form.form.default_language
        label = choice.label.get(self.language) or choice.label.get(default)
        return label or next(filter(None, choice.label.values()), choice.name)


class InstanceFrame(Frame):
    """A frame with everything that belongs to one instance, so that removing the instance removes all of it.

    ``texts`` are the answers as given and ``stored`` the values that expressions see of them: a question that
    is not relevant keeps both, and ``values`` shows it as empty. ``own`` is the result of a node's own
    relevance, whatever encloses it. The dictionaries are by slot: ``missing`` (dk, refused), ``notes``,
    ``confirmed`` (the confirmed answer), ``failures`` (column → why its expression failed).
    """

    __slots__ = ("alive", "confirmed", "failures", "missing", "notes", "own", "serial", "stored", "texts")

    def __init__(
        self, node: Node, parent: InstanceFrame | None, position: int, env: SessionEnvironment
    ) -> None:
        super().__init__(node, parent, position, env)
        self.texts: list[str] = [""] * node.frame_size
        self.stored: list[Value] = [""] * node.frame_size
        self.own: list[bool] = [True] * node.frame_size
        self.missing: dict[int, str] = {}
        self.notes: dict[int, str] = {}
        self.confirmed: dict[int, str] = {}
        self.failures: dict[int, dict[str, str]] = {}
        self.alive = True
        self.serial = env.next_frame_number()

    @property
    def outer(self) -> InstanceFrame | None:
        """The frame around this instance; ``None`` for the root."""
        return cast("InstanceFrame | None", self.parent)

    def instances_of(self, repeat: Node) -> list[InstanceFrame]:
        """The instances of a repeat directly in this frame, in order; the list itself, not a copy."""
        return cast("list[InstanceFrame]", self.instances.setdefault(repeat, []))

    @property
    def prefix(self) -> str:
        """Beginning of the paths of this instance's nodes: ``""`` or ``hh[1]/person[2]/``."""
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


class NodePlace(NamedTuple):
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

    @property
    def missing(self) -> str:
        return self.frame.missing.get(self.node.slot, "")


class InterviewState:
    """Frames of one session; finds the nodes in them by path."""

    def __init__(self, form: CompiledForm, env: SessionEnvironment) -> None:
        self.form = form
        self.env = env
        self.root = InstanceFrame(form.root, None, 1, env)

    def item(self, node: Node) -> CompiledItem:
        return self.form.items[node]

    def find(self, path: str) -> NodePlace | None:
        """The place of a path: a leaf, a group, an instance (``r/p[2]``) or a repeat as a whole (``r/p``)."""
        node = self.form.by_path.get(path)
        if node is not None and (
            node.frame is self.form.root or (node.kind == "repeat" and node.outer is self.form.root)
        ):
            return NodePlace(self.root, node)
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
        return NodePlace(frame, node)

    def at(self, path: str) -> NodePlace:
        """The place of a path. Raises ``AnswerError("interview_no_such_path")``."""
        place = self.find(path)
        if place is None:
            raise AnswerError("interview_no_such_path", path=path)
        return place

    def question(self, path: str) -> NodePlace:
        """The place of a question that a surveyor can see; raises ``AnswerError``."""
        place = self.at(path)
        if place.node.kind != "leaf" or not self.item(place.node).is_visible:
            raise AnswerError("interview_no_question", path=path)
        return place

    def instance(self, path: str) -> InstanceFrame:
        """The instance at a path; raises ``AnswerError``."""
        place = self.find(path)
        if place is None or place.node.kind != "repeat" or place.frame.node is not place.node:
            raise AnswerError("interview_no_such_instance", path=path)
        return place.frame

    def repeat(self, path: str) -> NodePlace:
        """The repeat as a whole at a path (``hh[1]/person``), in the frame around it; raises
        ``AnswerError``."""
        place = self.find(path)
        if place is None or place.node.kind != "repeat" or place.frame.node is place.node:
            raise AnswerError("interview_no_such_repeat", path=path)
        return place

    def places(self, frame: InstanceFrame | None = None, parent: Node | None = None) -> Iterator[NodePlace]:
        """Every node in document order; of a repeat, each instance before its contents."""
        frame = frame or self.root
        for node in self.form.children[parent or frame.node]:
            if node.kind == "repeat":
                for instance in frame.instances_of(node):
                    yield NodePlace(instance, node)
                    yield from self.places(instance, node)
                continue
            yield NodePlace(frame, node)
            if node.kind == "group":
                yield from self.places(frame, node)

    def is_parent_relevant(self, frame: InstanceFrame, parent: Node | None) -> bool:
        """Whether the parent of a node in ``frame`` is relevant; true without a parent."""
        return parent is None or frame.relevant[parent.slot]


def _instance(frame: InstanceFrame, node: Node, number: str) -> InstanceFrame | None:
    digits = number.removesuffix("]")
    if node.kind != "repeat" or not number.endswith("]") or not (digits.isascii() and digits.isdigit()):
        return None
    instances = frame.instances_of(node)
    index = int(digits) if len(digits) < 7 else 0
    return instances[index - 1] if 1 <= index <= len(instances) else None


class SessionTranslator:
    """Messages of ``locale/<language>/review.py`` in the running language: ``translator("required")``."""

    def __init__(self, env: SessionEnvironment) -> None:
        self._env = env
        self._translators: dict[str, Translator] = {}

    def __call__(self, name: str, **details: object) -> str:
        return self._current(f"review.{name}", **details)

    def missing(self, kind: str) -> str:
        """A missing code as text; ``""`` for no code."""
        return self(f"missing_{kind}") if kind else ""

    def error(self, error: SurveyError) -> str:
        """Text of an error for the surveyor: the cause and the remedy."""
        return self._current.error(error)

    @property
    def _current(self) -> Translator:
        language = self._env.language
        if language not in self._translators:
            self._translators[language] = Translator(language)
        return self._translators[language]
