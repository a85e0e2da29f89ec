"""XLSForm reader: rows of its sheets → a form, with every shorthand read as in pyxform.

Callers provide the cells: ``.xlsx`` files are not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from survey_tui.forms.builder import Build, add_other, build_items, build_lists
from survey_tui.forms.columns import TRANSLATED, language_code, split_column
from survey_tui.forms.findings import Findings, InvalidFormError
from survey_tui.forms.model import Form, Source
from survey_tui.forms.sources import ListRow, Row

# pyxform reads typographic quotes as plain ones and runs of spaces as one (its clean_text_values).
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_SPACES = re.compile(" +")


def from_xlsform_rows(
    survey: Sequence[Mapping[str, object]],
    choices: Sequence[Mapping[str, object]] = (),
    settings: Mapping[str, object] | None = None,
) -> Form:
    """The form of an XLSForm's three sheets; keys are the sheets' headers as written.

    Raises :class:`InvalidFormError` when the rows cannot be read (unknown type, unbalanced groups …).
    Expressions are not checked; ``check`` and ``compile_form`` do that. Languages are the codes of the label
    columns, in order.
    """
    settings = settings or {}
    default = language_code(str(settings.get("default_language") or "default"))
    languages = _languages((*survey[:1000], *choices[:1000]), default)
    findings = Findings()
    build = Build(
        findings,
        languages=languages,
        default_language=default if default in languages else languages[0],
        strict=False,
        specify_other=dict.fromkeys(languages, "Specify other."),
    )
    items = build_items(list(_survey_rows(survey)), build)
    lists = build_lists(list(_choice_rows(choices)), build)
    if findings.has_errors:
        raise InvalidFormError("xlsform", findings.all)
    identity = str(settings.get("form_id") or settings.get("id_string") or "form")
    title = str(settings.get("form_title") or identity)
    return Form(
        id=identity,
        version=str(settings.get("version") or ""),
        title=dict.fromkeys(languages, title),
        languages=languages,
        default_language=build.default_language,
        children=items,
        lists=add_other(lists, build.or_other, languages, dict.fromkeys(languages, "Other")),
    )


def _languages(rows: Iterable[Mapping[str, object]], default: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in rows:
        for header in row:
            column, language = split_column(header)
            if column in TRANSLATED:
                found[language or default] = None
    return tuple(found) or (default,)


def _canonical(row: Mapping[str, object]) -> dict[str, object]:
    cells: dict[str, object] = {}
    for header, value in row.items():
        column, language = split_column(header)
        if value not in (None, ""):
            text = value.translate(_QUOTES) if isinstance(value, str) else value
            cells[f"{column}::{language}" if language else column] = text
    return cells


def _survey_rows(rows: Sequence[Mapping[str, object]]) -> Iterable[Row]:
    for number, row in enumerate(rows, start=2):  # the sheet's first line holds the headers
        cells = {header: _one_space(value) for header, value in _canonical(row).items()}
        if cells:
            yield Row(cells, Source("survey", number))


def _one_space(value: object) -> object:
    return _SPACES.sub(" ", value) if isinstance(value, str) else value


def _choice_rows(rows: Sequence[Mapping[str, object]]) -> Iterable[ListRow]:
    for number, row in enumerate(rows, start=2):
        cells = _canonical(row)
        list_name = cells.pop("list_name", None)
        if cells and list_name is not None:
            yield ListRow(str(list_name), cells, Source("choices", number))
