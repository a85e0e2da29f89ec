"""What a questionnaire is: immutable values, with XLSForm's own column names.

A :class:`Form` is complete in itself: modules are already composed, lists resolved, ``or_other`` expanded.
Expressions are kept as the text the author wrote; :mod:`survey_tui.forms.compiled` turns them into functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

Translated: TypeAlias = dict[str, str]
"""Text by language code: ``{"vi": "Có", "en": "Yes"}``."""


class Source(Struct, frozen=True, omit_defaults=True):
    """Where an item was written: file as the author knows it, line counted from 1 (0 = unknown)."""

    file: str = ""
    line: int = 0


class Choice(Struct, frozen=True, omit_defaults=True):
    """One answer of a list. ``columns`` holds further columns that a choice filter may read."""

    name: str
    label: Translated
    columns: dict[str, str] = {}
    source: Source = Source()


class ChoiceList(Struct, frozen=True):
    """A named list of choices, in the order in which they are shown."""

    name: str
    choices: tuple[Choice, ...]


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="item"):
    """What questions, groups and repeats share."""

    name: str
    label: Translated = {}
    relevant: str = ""
    appearance: tuple[str, ...] = ()
    module: str = ""
    source: Source = Source()


class Question(Item, frozen=True, kw_only=True, tag="question"):
    """One row of an XLSForm: something asked, shown, calculated or recorded.

    ``type`` is the XLSForm type without its list (``select_one``, ``integer``, ``note``, ``calculate`` …);
    ``list_name`` the list of a select or rank, ``${name}`` for choices taken from a repeat. Expression
    columns hold expression text, ``""`` when absent; ``required`` and ``read_only`` too (``"true()"`` for a
    plain yes).
    ``allow`` names the missing answers that may be given instead: ``dk`` (don't know), ``refused``.
    """

    type: str
    list_name: str = ""
    hint: Translated = {}
    guidance_hint: Translated = {}
    required: str = ""
    required_message: Translated = {}
    constraint: str = ""
    constraint_message: Translated = {}
    warning: str = ""
    warning_message: Translated = {}
    calculation: str = ""
    trigger: tuple[str, ...] = ()
    default: str = ""
    read_only: str = ""
    choice_filter: str = ""
    parameters: dict[str, str] = {}
    indicator: tuple[str, ...] = ()
    sensitive: bool = False
    allow: tuple[str, ...] = ()


class Group(Item, frozen=True, kw_only=True, tag="group"):
    """Items that belong together and share a relevance."""

    children: tuple[Question | Group | Repeat, ...] = ()


class Repeat(Item, frozen=True, kw_only=True, tag="repeat"):
    """Items asked once for each instance; ``repeat_count`` is ``""`` when the surveyor decides."""

    children: tuple[Question | Group | Repeat, ...] = ()
    repeat_count: str = ""


class ModuleStamp(Struct, frozen=True):
    """A module as it was when the form was composed: recorded in every response."""

    name: str
    version: str
    sha256: str


class Form(Struct, frozen=True, kw_only=True):
    """A survey, ready to be asked. ``sha256`` covers all that it was composed of.

    ``seal_key`` is the organisation's public key (``hpke-x25519:…``): a finished response is sealed to it.
    """

    id: str
    version: str
    title: Translated
    languages: tuple[str, ...]
    default_language: str
    children: tuple[Question | Group | Repeat, ...]
    lists: dict[str, ChoiceList] = {}
    modules: tuple[ModuleStamp, ...] = ()
    sha256: str = ""
    seal_key: str = ""

    def items(self) -> Iterator[Question | Group | Repeat]:
        """Every item in document order, a group or repeat before its children."""
        pending = list(reversed(self.children))
        while pending:
            item = pending.pop()
            yield item
            if not isinstance(item, Question):
                pending.extend(reversed(item.children))
