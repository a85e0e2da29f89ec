"""What expressions may know besides the answers: the moment, seeded chance, the language, the choice
lists."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence

from survey_tui.expressions.tree import Node
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Choice
from survey_tui.interview.events import Started, moment

__all__ = ["Surroundings"]


class Surroundings:
    """The environment of one session (:class:`survey_tui.expressions.frames.Environment`).

    Chance is drawn anew from ``seed`` and the number of the event being handled, so that looking at the
    interview between two events can never change what a replay draws.
    """

    def __init__(self, form: CompiledForm, started: Started) -> None:
        self.now = moment(started.at)
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
        """Event ``number`` of the log is being handled at ``now``."""
        self.now = now
        self._event = number
        self._random = None

    def next_serial(self) -> int:
        """A number that no other frame of this session has had."""
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
        """Forms here carry their translations in themselves: there are no texts by itext id."""
        return None if identifier else ""

    def last_saved(self, name: str) -> str:
        """Answer of question ``name`` in the last response saved on this device."""
        return self._last_saved.get(name, "")

    def _label(self, choice: Choice) -> str:
        default = self._form.form.default_language
        label = choice.label.get(self.language) or choice.label.get(default)
        return label or next(filter(None, choice.label.values()), choice.name)
