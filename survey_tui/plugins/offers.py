"""Arguments and results of hooks: immutable values, the same for Python and declarative plugins."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, TypeAlias

from msgspec import Meta, Struct

from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Form
from survey_tui.forms.sources import Module

_NO_CONTROL = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
Language: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")]
Words: TypeAlias = Annotated[
    dict[Language, Annotated[str, Meta(max_length=500, pattern=_NO_CONTROL)]], Meta(min_length=1)
]
"""Text by language, ``vi`` and ``en`` where possible: plain text, never markup."""

Line: TypeAlias = Annotated[str, Meta(max_length=500, pattern=_NO_CONTROL)]
Identifier: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OptionName: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
ItemName: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.\-]{0,79}$")]
Suffix: TypeAlias = Annotated[str, Meta(pattern=r"^\.[a-z0-9]{1,8}$")]
CommuneCode: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{5}$")]
ProvinceCode: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{2}$")]
Severity: TypeAlias = Literal["error", "warning", "note"]
Comparable: TypeAlias = Literal["yes", "partial", "no"]


def _discard(_text: str) -> None:
    """Default of an output that the caller does not need."""


class Area(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set of communes: the union of what is named, empty if nothing is.

    ``communes`` are codes of today (five digits), ``provinces`` codes of today (two digits);
    ``legacy_provinces`` are provinces as they were before 2025-07-01, by their old code or their name. The
    same two digits may mean another province before and today: code 82 was Tiền Giang and is Đồng Tháp.
    """

    communes: tuple[CommuneCode, ...] = ()
    provinces: tuple[ProvinceCode, ...] = ()
    legacy_provinces: tuple[Line, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.communes or self.provinces or self.legacy_provinces)


class ProvinceAddition(Struct, frozen=True, kw_only=True):
    """A module and its place in surveys.

    ``module`` is the absolute path of ``…/modules/NAME.toml``; ``after`` names the item (question, group,
    section letter such as ``"b"``) after which it goes, ``""`` with ``at_end`` for the end. ``area`` is
    where it applies; ``surveys`` the ids of the surveys that take it in (empty: all that have the item
    ``after``). Several at one place go by ``order``, then by module name.
    """

    module: Path
    area: Area
    after: Line = ""
    at_end: bool = False
    surveys: tuple[Line, ...] = ()
    order: int = 0


class QualityFinding(Struct, frozen=True, kw_only=True):
    """A finding of a quality check. ``check`` names the check; ``question`` is the name or path of the
    question to look at (``""``: the response as a whole)."""

    check: Identifier
    severity: Severity
    message: Words
    question: Line = ""


class Baseline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official figure.

    ``value`` as published (``"84.31"``, ``"1-2"``) in ``unit``; ``as_of`` its date; ``kind`` whether it is a
    measured state, a target or a claim without a source; ``population`` the counted population; ``indicator``
    and ``question`` (names) the part of the survey it is about. ``comparable`` says whether an estimate may
    be compared with it, ``caveat`` what must then be said.
    """

    id: Identifier
    label: Words
    value: Line
    unit: Line = ""
    numerator: Line = ""
    denominator: Line = ""
    as_of: Line = ""
    kind: Literal["actual", "target", "claim"] = "actual"
    population: Line = ""
    indicator: tuple[Line, ...] = ()
    question: tuple[Line, ...] = ()
    comparable: Comparable = "no"
    caveat: dict[Language, Line] = {}
    source: Line = ""

    @property
    def number(self) -> float:
        """``value`` as a number, NaN if it is not one."""
        try:
            return float(self.value.replace(",", "."))
        except ValueError:
            return math.nan


class Response(Struct, frozen=True, kw_only=True):
    """A response under review. ``values`` holds the answered, relevant questions: path → text in canonical
    form (``"17"``, ``"yes no"``, ``"2026-11-21"``), calculations included. ``baselines`` are this plugin's
    own."""

    form_id: str
    form_version: str
    commune: str
    language: str
    values: Mapping[str, str]
    baselines: Sequence[Baseline] = ()

    def all(self, name: str) -> Iterator[str]:
        """Answers of every question of this name (one for each instance of a repeat), in order."""
        for path, text in self.values.items():
            if path.rpartition("/")[2] == name:
                yield text

    def text(self, name: str) -> str:
        """The first answer of the question ``name``, ``""`` if there is none."""
        return next(self.all(name), "")

    def number(self, name: str) -> float:
        """That answer as a number, NaN if there is none."""
        try:
            return float(self.text(name))
        except ValueError:
            return math.nan


class Exporter(Struct, frozen=True, kw_only=True):
    """A format. ``write`` gets the canonical bytes of final responses (JSON, one ``bytes`` each) and a binary
    file open for writing; ``suffix`` is that of its files (``".xml"``)."""

    name: Identifier
    title: Words
    suffix: Suffix
    write: Callable[[Sequence[bytes], BinaryIO], None]


class FormFileType(Struct, frozen=True, kw_only=True):
    """A type of files that forms are read from and, with ``write``, written to.

    ``read`` gets a regular file with one of the ``suffixes`` (``".xlsx"``) and returns its form; ``None``
    after an error among the findings says why there is none. ``read_module`` does the same for a file in a
    folder ``modules``, whose questions become part of other surveys. A finding with a code of the program
    (``survey_tui/locale/<language>/check.py``) is shown in the program's words, any other with its detail
    ``message``.
    """

    name: Identifier
    title: Words
    suffixes: Annotated[tuple[Suffix, ...], Meta(min_length=1)]
    read: Callable[[Path, Findings], Form | None]
    write: Callable[[Form, BinaryIO], None] | None = None
    read_module: Callable[[Path, Findings], Module | None] | None = None


class SyncDestination(Struct, frozen=True, kw_only=True):
    """A destination of final responses. ``deliver`` gets their canonical bytes by response id, and the
    settings that the coordinator gave for this destination; it returns the ids that have safely arrived, and
    raises when none can."""

    name: Identifier
    title: Words
    deliver: Callable[[Mapping[str, bytes], Mapping[str, str]], Sequence[str]]


class Option(Struct, frozen=True, kw_only=True):
    """``--NAME VALUE`` of a command of a group; a ``flag`` has no value.

    One that is neither ``required`` nor has a ``default`` may be left out, one that is ``multiple`` be given
    more than once. ``choices``: the values that are allowed, all when empty.
    """

    name: OptionName
    help: Words
    metavar: Line = "TEXT"
    flag: bool = False
    choices: tuple[Line, ...] = ()
    default: Line = ""
    required: bool = False
    multiple: bool = False


class Argument(Struct, frozen=True, kw_only=True):
    """A positional argument of a command of a group; ``many`` takes all that follow, at least one if it is
    ``required``."""

    name: Identifier
    required: bool = True
    many: bool = False


class CommandCall(Struct, frozen=True, kw_only=True):
    """A command being run.

    ``write`` prints a line of data on standard output, ``report`` a line for people on standard error; both
    clean it of what could drive a terminal. ``options`` holds those that were given (a flag: ``("",)``), for
    commands of a group. ``context`` is the program's
    :class:`~survey_tui.application.context.AppContext`, for plugins that are released with it: its methods
    may change with any version.
    """

    arguments: tuple[str, ...]
    home: Path
    language: str
    write: Callable[[str], None]
    report: Callable[[str], None] = _discard
    options: Mapping[str, tuple[str, ...]] = {}
    context: object = None

    def all(self, option: str) -> tuple[str, ...]:
        """Every value of the option, in order."""
        return self.options.get(option, ())

    def text(self, option: str) -> str:
        """Its last value, ``""`` if it was not given and has no default."""
        return self.all(option)[-1] if self.all(option) else ""

    def has(self, option: str) -> bool:
        """Whether the option was given or has a default."""
        return option in self.options


class ScreenCall(Struct, frozen=True, kw_only=True):
    """A screen being opened. ``close`` closes it; ``context`` is that of the program's own screens
    (:class:`~survey_tui.ui.screen_context.ScreenContext`), for plugins that are released with it."""

    home: Path
    language: str
    close: Callable[[], None]
    context: object = None


class PluginScreen(Struct, frozen=True, kw_only=True):
    """A screen that Home opens. ``open`` makes it, a ``textual.screen.Screen``; ``key`` is the letter or
    digit that chooses it in the list of screens."""

    name: Identifier
    title: Words
    open: Callable[[ScreenCall], object]
    key: Annotated[str, Meta(pattern=r"^[a-z0-9]?$")] = ""


class CommandError(Exception):
    """Raised by a command to end with ``status`` and a message for the person at the keyboard."""

    def __init__(self, message: Mapping[str, str], status: int = 1) -> None:
        super().__init__(message, status)
        self.message = message
        self.status = status


class Command(Struct, frozen=True, kw_only=True):
    """A command. ``run`` returns the exit status (``None``: 0).

    In a group, ``options`` and ``arguments`` are parsed before ``run`` is called, and listed by ``--help``.
    ``survey-tui plugins run`` parses nothing: everything is in ``CommandCall.arguments``.
    """

    name: Identifier
    help: Words
    run: Callable[[CommandCall], int | None]
    options: tuple[Option, ...] = ()
    arguments: tuple[Argument, ...] = ()


class CommandGroup(Struct, frozen=True, kw_only=True):
    """Commands at the top of the program. ``help``: the first line is shown in the list of commands."""

    name: OptionName
    help: Words
    commands: Annotated[tuple[Command, ...], Meta(min_length=1)]
