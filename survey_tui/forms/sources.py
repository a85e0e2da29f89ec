"""Questionnaire files as values: surveys, modules, additions, lists, and their rows.

The readers of TOML and of XLSForm both produce these rows; the builder reads them. A cell's key is the
column; for a translated column it is ``column::language`` (``label::vi``), or the bare column for text in the
survey's default language.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from survey_tui.forms.findings import FormFinding
from survey_tui.forms.library import display_name
from survey_tui.forms.model import Source, Translated


class Row(Struct, frozen=True):
    """A row of a survey sheet. Values are as in the file: text, bool, number, list or table."""

    cells: dict[str, object]
    source: Source = Source()

    @property
    def name(self) -> str:
        """The item's name; ``""`` when it has none or the cell is not text."""
        name = self.cells.get("name")
        return name.strip() if isinstance(name, str) else ""


class ListRow(Struct, frozen=True):
    """A choice of the list ``list_name``; cells ``name``, ``label::…`` and the list's own columns."""

    list_name: str
    cells: dict[str, object]
    source: Source = Source()


class Addition(Struct, frozen=True):
    """A module of a plugin and its anchor: the item ``after``, or the end of the survey (``at_end``).

    ``name`` and ``file`` are the module's, ``communes`` those in which it is asked (codes of five digits),
    ``surveys`` the ids of its surveys (empty: every survey that has the item ``after``). Additions with the
    same anchor are sorted by ``order``, then by name. ``plugin`` is ``""`` until the plugin is known.
    """

    name: str
    file: str
    communes: tuple[str, ...]
    after: str = ""
    at_end: bool = False
    surveys: tuple[str, ...] = ()
    order: int = 0
    plugin: str = ""

    def applies(self, survey_id: str, commune: str) -> bool:
        """Whether this survey takes it in, in this commune."""
        return commune in self.communes and (not self.surveys or survey_id in self.surveys)


class Module(Struct, frozen=True):
    """A module file. ``sha256`` is the hash of its text."""

    name: str
    version: str
    title: Translated
    rows: list[Row]
    list_rows: list[ListRow]
    addition: Addition | None
    path: Path
    sha256: str

    @property
    def source(self) -> Source:
        """The file as a whole."""
        return Source(display_name(self.path))


class ListFile(Struct, frozen=True):
    """A file of ``lists/``."""

    list_rows: list[ListRow]
    path: Path
    sha256: str


class SurveyFile(Struct, frozen=True):
    """A survey file: its modules in order. ``seal_key`` is the key to which responses are sealed; ``order``
    its place in lists, from 1 (0: after those that have one)."""

    id: str
    version: str
    title: Translated
    description: Translated
    languages: tuple[str, ...]
    default_language: str
    modules: tuple[str, ...]
    path: Path
    sha256: str
    seal_key: str = ""
    order: int = 0

    @property
    def source(self) -> Source:
        """The file as a whole."""
        return Source(display_name(self.path))


class SurveySummary(Struct, frozen=True):
    """A survey as lists show it. ``file`` is the absolute path of its file."""

    id: str
    version: str
    title: Translated
    description: Translated
    languages: tuple[str, ...]
    default_language: str
    file: str


class LibraryIndex(Struct, frozen=True):
    """Surveys and additions of a library. ``findings``: files that were left out."""

    surveys: tuple[SurveySummary, ...]
    additions: tuple[Addition, ...]
    findings: tuple[FormFinding, ...]
