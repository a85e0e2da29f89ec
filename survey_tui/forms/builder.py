"""Builder: rows → items and choice lists, with groups nested and shorthand expanded.

Shorthand is expanded as pyxform does (https://xlsform.org/): ``or_other`` adds a text question
``<name>_other``, and a ``repeat_count`` that is more than one reference becomes a calculate ``<name>_count``,
so that a form gives the same data here and in ODK Collect.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from survey_tui.forms.cells import CellReader
from survey_tui.forms.columns import (
    COLUMNS,
    GROUP_COLUMNS,
    QUESTION_TYPES,
    TRANSLATED,
    TypeCell,
    nearest,
    parse_type,
    split_column,
)
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Choice, ChoiceList, Group, Question, Repeat, Translated
from survey_tui.forms.sources import ListRow, Row

MAX_DEPTH = 30
MAX_ROWS = 20_000

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_OTHER: Translated = {"vi": "Xin ghi rõ câu trả lời khác.", "en": "Specify other."}


class Build(Struct):
    """Settings and results of building one module or sheet.

    ``strict``: an unknown column is an error (our files) or a warning (sheets made for other programs).
    ``or_other`` receives the names of the lists that need a choice ``other``.
    """

    findings: Findings
    languages: tuple[str, ...] = ("vi", "en")
    default_language: str = "vi"
    module: str = ""
    strict: bool = True
    specify_other: Translated = field(default_factory=lambda: dict(_OTHER))
    or_other: set[str] = field(default_factory=set)


class _Open(Struct):
    """A group or repeat that has not ended yet; the outermost is the module."""

    type: str
    row: Row
    children: list[Question | Group | Repeat] = field(default_factory=list)


def build_items(rows: list[Row], build: Build) -> tuple[Question | Group | Repeat, ...]:
    """The items of ``rows`` in order.

    Faults are reported in ``build.findings``; whatever is sound is kept, so that one mistake does not hide
    the next.
    """
    if len(rows) > MAX_ROWS:
        build.findings.error("too_many_rows", rows[0].source, rows=len(rows), limit=MAX_ROWS)
        rows = rows[:MAX_ROWS]
    stack = [_Open("", Row({}))]
    for row in rows:
        cell = _type_of(row, build)
        if cell.role == "begin":
            _begin(stack, cell, row, build)
        elif cell.role == "end":
            _end(stack, cell, row, build)
        else:
            stack[-1].children.extend(_question(row, cell, build))
    while len(stack) > 1:
        unclosed = stack[-1]
        build.findings.error(
            "group_not_closed", unclosed.row.source, unclosed.row.name, "type", type=unclosed.type
        )
        _close(stack, build)
    return tuple(stack[0].children)


def _type_of(row: Row, build: Build) -> TypeCell:
    text = _reader(row, build).text("type")
    cell = parse_type(text)
    if cell is None:
        code = (
            "no_type"
            if not text
            else "select_without_list"
            if text in ("select_one", "select_multiple", "rank")
            else "unknown_type"
        )
        first = text.split()[0] if text else ""
        build.findings.error(
            code, row.source, row.name, "type", type=text[:60], nearest=nearest(first, QUESTION_TYPES)
        )
        return TypeCell("question", "text")
    return cell


def _reader(row: Row, build: Build) -> CellReader:
    return CellReader(
        row.cells, row.source, build.findings, item=row.name, default_language=build.default_language
    )


def _begin(stack: list[_Open], cell: TypeCell, row: Row, build: Build) -> None:
    if len(stack) == MAX_DEPTH + 1:
        build.findings.error("too_deep", row.source, row.name, "type", limit=MAX_DEPTH)
    stack.append(_Open(cell.type, row))


def _end(stack: list[_Open], cell: TypeCell, row: Row, build: Build) -> None:
    if len(stack) == 1:
        build.findings.error("end_without_begin", row.source, row.name, "type", type=cell.type)
        return
    opened = stack[-1]
    if opened.type != cell.type or (row.name and row.name != opened.row.name):
        build.findings.error(
            "wrong_end",
            row.source,
            row.name,
            "type",
            type=cell.type,
            opened=f"{opened.type} {opened.row.name}",
            line=opened.row.source.line,
        )
    _close(stack, build)


def _close(stack: list[_Open], build: Build) -> None:
    opened = stack.pop()
    if len(stack) > MAX_DEPTH:
        return  # reported when it was opened; nothing deeper is kept, so that no later walk recurses too far
    row, read = opened.row, _reader(opened.row, build)
    _check_columns(row, GROUP_COLUMNS, build, opened.type)
    children = tuple(opened.children)
    label, relevant, look = read.translations("label"), read.expression("relevant"), read.words("appearance")
    target = stack[-1].children
    if opened.type == "group":
        target.append(
            Group(
                name=row.name,
                label=label,
                relevant=relevant,
                appearance=look,
                module=build.module,
                source=row.source,
                children=children,
            )
        )
        return
    count = read.expression("repeat_count")
    if count and not _REFERENCE.fullmatch(count):
        target.append(_count_question(row, count, build.module))
        count = f"${{{row.name}_count}}"
    target.append(
        Repeat(
            name=row.name,
            label=label,
            relevant=relevant,
            appearance=look,
            module=build.module,
            source=row.source,
            children=children,
            repeat_count=count,
        )
    )


def _count_question(row: Row, count: str, module: str) -> Question:
    return Question(
        name=f"{row.name}_count",
        type="calculate",
        calculation=count,
        read_only="true()",
        module=module,
        source=row.source,
    )


def _check_columns(row: Row, known: frozenset[str], build: Build, kind: str) -> None:
    for header in row.cells:
        column, language = split_column(header)
        if column in known and (not language or column in TRANSLATED):
            continue
        report = build.findings.error if build.strict else build.findings.warning
        if column in COLUMNS and language:
            report("not_translatable", row.source, row.name, header[:60], translatable=column)
        elif column in COLUMNS:
            report("column_not_here", row.source, row.name, column, type=kind)
        else:
            report("unknown_column", row.source, row.name, header[:60], nearest=nearest(column, COLUMNS))


def _question(row: Row, cell: TypeCell, build: Build) -> list[Question]:
    _check_columns(row, COLUMNS - {"repeat_count"}, build, cell.type)
    read = _reader(row, build)
    if build.strict and cell.type.endswith("_from_file"):
        # The table is a list like any other, called after its file.
        cell = TypeCell("question", cell.type.removesuffix("_from_file"), cell.list_name.removesuffix(".csv"))
    question = Question(
        name=row.name,
        label=read.translations("label"),
        relevant=read.expression("relevant"),
        appearance=read.words("appearance"),
        module=build.module,
        source=row.source,
        type=cell.type,
        list_name=cell.list_name,
        hint=read.translations("hint"),
        guidance_hint=read.translations("guidance_hint"),
        required=read.expression("required"),
        required_message=read.translations("required_message"),
        constraint=read.expression("constraint"),
        constraint_message=read.translations("constraint_message"),
        warning=read.expression("warning"),
        warning_message=read.translations("warning_message"),
        calculation=read.expression("calculation"),
        trigger=_trigger(read),
        default=read.default(),
        read_only=read.expression("read_only"),
        choice_filter=read.expression("choice_filter"),
        parameters=read.parameters(),
        indicator=read.words("indicator"),
        sensitive=read.flag("sensitive"),
        allow=read.words("allow"),
    )
    if not cell.or_other:
        return [question]
    build.or_other.add(cell.list_name)
    return [question, _other_question(question, build)]


def _trigger(read: CellReader) -> tuple[str, ...]:
    """Names of the triggering questions: XLSForm writes ``${a}`` or ``${a}, ${b}``."""
    return tuple(word.removeprefix("${").removesuffix("}") for word in read.words("trigger"))


def _other_question(question: Question, build: Build) -> Question:
    return Question(
        name=f"{question.name}_other",
        type="text",
        label={
            language: text for language, text in build.specify_other.items() if language in build.languages
        },
        relevant=f"selected(${{{question.name}}}, 'other')",
        module=question.module,
        source=question.source,
    )


MAX_CHOICES = 20_000
_OWN = frozenset({"name", "label", "list_name"})
_OTHER_CHOICE: Translated = {"vi": "Khác", "en": "Other"}


def build_lists(rows: list[ListRow], build: Build) -> dict[str, ChoiceList]:
    """Lists by name, choices in the order of ``rows``. Faults are reported in ``build.findings``."""
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
    return Choice(
        name=read.text("name"), label=read.translations("label"), columns=columns, source=row.source
    )


def add_other(
    lists: dict[str, ChoiceList], names: set[str], languages: tuple[str, ...], label: Translated | None = None
) -> dict[str, ChoiceList]:
    """``lists`` with a choice ``other`` at the end of each list in ``names`` that has none."""
    words = {language: text for language, text in (label or _OTHER_CHOICE).items() if language in languages}
    completed = dict(lists)
    for name in names & lists.keys():
        members = lists[name].choices
        if all(choice.name != "other" for choice in members):
            completed[name] = ChoiceList(name, (*members, Choice("other", words)))
    return completed
