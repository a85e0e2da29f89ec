"""Form model: immutable values, named after the columns of XLSForm.

A :class:`Form` is complete: modules are composed, lists resolved, ``or_other`` expanded. Expressions are kept
as text; :mod:`survey_tui.forms.compiled` compiles them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

Translated: TypeAlias = dict[str, str]
"""Text by language code: ``{"vi": "Có", "en": "Yes"}``."""


class Source(Struct, frozen=True, omit_defaults=True):
    """File and line of an item: the file as the author knows it, the line counted from 1 (0 = unknown)."""

    file: str = ""
    line: int = 0


class Choice(Struct, frozen=True, omit_defaults=True):
    """A choice of a list. ``columns`` are further columns that a choice filter may read."""

    name: str
    label: Translated
    columns: dict[str, str] = {}
    source: Source = Source()


class ChoiceList(Struct, frozen=True):
    """A named list of choices, in the order in which they are shown."""

    name: str
    choices: tuple[Choice, ...]


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="item"):
    """Cells that questions, groups and repeats share."""

    name: str
    label: Translated = {}
    relevant: str = ""
    appearance: tuple[str, ...] = ()
    module: str = ""
    source: Source = Source()


class Question(Item, frozen=True, kw_only=True, tag="question"):
    """A row of an XLSForm: a question, a text, a calculation or a record.

    ``type`` is the XLSForm type without its list (``select_one``, ``integer``, ``note``, ``calculate`` …);
    ``list_name`` the list of a select or rank, ``${name}`` for choices taken from a repeat. Expression
    columns have expression text, ``""`` when absent; ``required`` and ``read_only`` too (``"true()"`` for a
    plain yes). ``allow`` names the missing codes that may be given instead: ``dk`` (don't know), ``refused``.
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
    """Name, version and hash of a module when the form was composed; recorded in every response."""

    name: str
    version: str
    sha256: str


class Form(Struct, frozen=True, kw_only=True):
    """A survey composed for interviews. ``sha256`` covers all its files.

    ``seal_key`` is the organisation's public key (``hpke-x25519:…``): a final response is sealed to it.
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
