"""Choice rows → choice lists."""

from __future__ import annotations

from survey_tui.forms.builder import Build
from survey_tui.forms.cells import CellReader
from survey_tui.forms.columns import split_column
from survey_tui.forms.model import Choice, ChoiceList, Translated
from survey_tui.forms.rows import ListRow

__all__ = ["MAX_CHOICES", "add_other", "build_lists"]

MAX_CHOICES = 20_000
_OWN = frozenset({"name", "label", "list_name"})
_OTHER: Translated = {"vi": "Khác", "en": "Other"}


def build_lists(rows: list[ListRow], build: Build) -> dict[str, ChoiceList]:
    """Lists by name, choices in the order of ``rows``. Bad rows are reported in ``build.findings``."""
    if len(rows) > MAX_CHOICES:
        build.findings.error("too_many_rows", rows[0].source, rows=len(rows), limit=MAX_CHOICES)
        rows = rows[:MAX_CHOICES]
    choices: dict[str, list[Choice]] = {}
    for row in rows:
        choices.setdefault(row.list_name, []).append(_choice(row, build))
    return {name: ChoiceList(name, tuple(members)) for name, members in choices.items()}


def _choice(row: ListRow, build: Build) -> Choice:
    item = f"{row.list_name}.{row.cells.get('name', '')}"
    read = CellReader(
        row.cells, row.source, build.findings, item=item[:80], default_language=build.default_language
    )
    columns: dict[str, str] = {}
    for header in row.cells:
        column, _ = split_column(header)
        if column not in _OWN:
            columns[header] = read.text(header)
    return Choice(name=read.text("name"), label=read.translated("label"), columns=columns, source=row.source)


def add_other(
    lists: dict[str, ChoiceList], names: set[str], languages: tuple[str, ...], label: Translated | None = None
) -> dict[str, ChoiceList]:
    """``lists`` with a choice ``other`` at the end of each list in ``names`` that has none yet."""
    words = {language: text for language, text in (label or _OTHER).items() if language in languages}
    completed = dict(lists)
    for name in names & lists.keys():
        members = lists[name].choices
        if all(choice.name != "other" for choice in members):
            completed[name] = ChoiceList(name, (*members, Choice("other", words)))
    return completed
