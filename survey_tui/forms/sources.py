"""The files of a questionnaire as values: surveys, modules, province additions, lists."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from survey_tui.forms.model import Source, Translated
from survey_tui.forms.reading import display_name
from survey_tui.forms.rows import ListRow, Row

__all__ = ["Addition", "ListFile", "Module", "SurveyFile"]


class Addition(Struct, frozen=True):
    """Where a province's module goes: behind the item ``after`` or at the end, in these communes.

    ``surveys`` are the ids of the surveys it belongs to (empty: every survey that has the item ``after``).
    Additions at the same place go by ``order``, then by name.
    """

    after: str = ""
    at_end: bool = False
    communes: tuple[str, ...] = ()
    surveys: tuple[str, ...] = ()
    order: int = 0

    def applies(self, survey_id: str, commune: str) -> bool:
        """Whether it belongs into this survey when held in this commune (code of five digits)."""
        return commune in self.communes and (not self.surveys or survey_id in self.surveys)


class Module(Struct, frozen=True):
    """One module file. ``sha256`` is the hash of its text."""

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
    """One file of ``lists/``."""

    list_rows: list[ListRow]
    path: Path
    sha256: str


class SurveyFile(Struct, frozen=True):
    """One survey file: which modules, in which order. ``seal_key``: whose key seals its responses; ``order``:
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
