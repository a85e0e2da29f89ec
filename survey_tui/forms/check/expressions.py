"""Checks of expressions: each is compiled as in an interview, then cycles are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from survey_tui.errors import ExpressionError, FormError
from survey_tui.expressions import BUILTINS, FunctionRegistry, compile_choice_filter
from survey_tui.expressions.parser import parse
from survey_tui.expressions.regex import check_pattern
from survey_tui.expressions.syntax import Call, Expr, Path, PathStart, Reference, Text
from survey_tui.forms.columns import EXPRESSION_COLUMNS, LIST_TYPES, TRANSLATED, nearest
from survey_tui.forms.compiled import CompiledItem, compile_form, is_dynamic_default
from survey_tui.forms.findings import Findings, FormFinding
from survey_tui.forms.model import Form, Group, Question, Repeat


def parse_cell(text: str) -> Expr | None:
    """The syntax tree of a cell; ``None`` when it is empty or wrong (:func:`check_expressions` reports
    it)."""
    if not text:
        return None
    try:
        return parse(text)
    except ExpressionError:
        return None


def walk(tree: Expr) -> Iterator[Expr]:
    """The tree and all its parts, depth first; the parser has limited the depth."""
    pending: list[object] = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, tuple):
            pending.extend(reversed(part))
        elif isinstance(part, Expr):
            yield part
            pending.extend(getattr(part, name) for name in reversed(part.__struct_fields__))


def reference_name(part: Expr) -> str:
    """The name of a plain ``${name}``, ``""`` for anything else."""
    if (
        isinstance(part, Path)
        and isinstance(part.start, PathStart)
        and not part.steps
        and not part.start.predicates
    ):
        part = part.start.source
    return part.name if isinstance(part, Reference) and not part.last_saved else ""


_SHOWN = 300
"""Characters of an expression that a finding repeats."""

_SHOWN_NAMES = 12
"""Names of a cycle that a finding repeats."""

_REFERENCE = re.compile(r"\$\{[^}]*\}?")


def check_expressions(form: Form, findings: Findings, functions: FunctionRegistry = BUILTINS) -> None:
    """Check syntax, names, functions and patterns of every expression and text, then cycles."""
    places = compile_form(replace(form, children=tuple(_bare(item) for item in form.children)), functions)
    originals = {id(bare): item for bare, item in zip(places.form.items(), form.items(), strict=True)}
    before = findings.count
    for place in places.items.values():
        item = originals[id(place.item)]
        for column, text in _cells(item):
            _expression(_Cell(place, item, column, text, functions), form, findings)
        for column in sorted(TRANSLATED):
            for language, text in getattr(item, column, {}).items():
                _text(_Cell(place, item, f"{column}.{language}", text, functions), findings)
    names = [item.name for item in form.items()]
    if findings.count == before and all(names) and len(names) == len(set(names)):
        _cycles(
            form, findings, functions
        )  # with two items of a name it would not be certain which one is meant


class _Cell(NamedTuple):
    """An expression or a text with its cell; ``place`` has the node that it is compiled from."""

    place: CompiledItem
    item: Question | Group | Repeat
    column: str
    text: str
    functions: FunctionRegistry


def _bare(item: Question | Group | Repeat) -> Question | Group | Repeat:
    """The item without expressions: a tree to compile each of them in, one at a time."""
    if isinstance(item, Question):
        return replace(item, relevant="", calculation="", trigger=(), default="")
    return replace(item, relevant="", children=tuple(_bare(child) for child in item.children))


def _cells(item: Question | Group | Repeat) -> Iterator[tuple[str, str]]:
    for column in EXPRESSION_COLUMNS:
        text: str = getattr(item, column, "")
        if not text or (column == "default" and not is_dynamic_default(text, getattr(item, "type", ""))):
            continue
        yield column, text
    if isinstance(item, Question):
        seed = item.parameters.get("seed", "")
        if seed.startswith("$"):
            yield "parameters", seed
        if item.type in LIST_TYPES and item.list_name.startswith("$"):
            yield "type", item.list_name


def _expression(cell: _Cell, form: Form, findings: Findings) -> None:
    item = cell.item
    try:
        if not item.name:
            parse(cell.text)
        elif cell.column == "choice_filter":
            compile_choice_filter(cell.text, cell.place.node, functions=cell.functions)
        else:
            cell.place.compile(cell.text, cell.column)
    except ExpressionError as error:
        findings.add(_finding(error, cell))
        return
    tree = parse_cell(cell.text)
    if tree is None:
        return
    for part in walk(tree):
        if isinstance(part, Call):
            _pattern(part, cell, findings)
    if cell.column == "choice_filter" and isinstance(item, Question):
        _filter_columns(tree, item, form, findings)


def _finding(error: ExpressionError, cell: _Cell) -> FormFinding:
    details = {name: str(value)[:_SHOWN] for name, value in error.details.items()}
    details["error"] = error.code
    details["expression"] = cell.text if len(cell.text) <= _SHOWN else f"{cell.text[:_SHOWN]}…"
    return FormFinding("expression", "error", cell.item.source, cell.item.name, cell.column, details)


def _text(cell: _Cell, findings: Findings) -> None:
    """``${name}`` in a label: it must exist and be closed."""
    for match in _REFERENCE.finditer(cell.text):
        try:
            cell.place.compile(match.group())
        except ExpressionError as error:
            findings.add(_finding(error, cell._replace(text=match.group())))


def _pattern(call: Call, cell: _Cell, findings: Findings) -> None:
    if call.name != "regex" or len(call.args) != 2 or not isinstance(call.args[1], Text):
        return
    try:
        check_pattern(call.args[1].value)
    except ExpressionError as error:
        pattern, reason = (error.details.get(name, "") for name in ("pattern", "reason"))
        findings.error(
            "bad_regex", cell.item.source, cell.item.name, cell.column, pattern=pattern, reason=reason
        )


def _filter_columns(tree: Expr, question: Question, form: Form, findings: Findings) -> None:
    """Bare words of a choice filter must be columns of the list."""
    choices = form.lists.get(question.list_name)
    if choices is None:
        return
    known = {"name", "label"}.union(*(choice.columns for choice in choices.choices))
    for part in walk(tree):
        if not isinstance(part, Path) or part.start != "." or not part.steps:
            continue
        step = part.steps[0]
        if step.axis == "child" and step.name not in known and step.name != "*":
            findings.error(
                "unknown_choice_column",
                question.source,
                question.name,
                "choice_filter",
                word=step.name[:60],
                list=question.list_name,
                nearest=nearest(step.name, known),
            )


def _cycles(form: Form, findings: Findings, functions: FunctionRegistry) -> None:
    try:
        compile_form(form, functions)
    except FormError as error:
        path = error.details.get("path", ())
        names = [str(name) for name in path] if isinstance(path, (list, tuple)) else [str(path)]
        at = next((item for item in form.items() if item.name in names), None)
        if at is not None:
            shown = names if len(names) <= _SHOWN_NAMES else [*names[:_SHOWN_NAMES], "…"]
            findings.error("cycle", at.source, at.name, _reading(at, names), path=" → ".join(shown))


def _reading(item: Question | Group | Repeat, names: list[str]) -> str:
    """The column through which ``item`` depends on others of the cycle."""
    for column in ("calculation", "relevant"):
        if any(f"${{{name}}}" in getattr(item, column, "") for name in names):
            return column
    return ""
