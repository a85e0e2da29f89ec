"""``survey-tui forms``: list surveys, check questionnaire files, show a form as a text tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from survey_tui.console.arguments import SURVEY
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import ExitCode, UsageError
from survey_tui.forms.findings import FormFinding
from survey_tui.forms.model import Form, Group, Question, Repeat, Translated

_COLUMNS = ("survey", "version", "title")


@click.group(cls=LazyGroup)
@shared_options
def forms() -> None:
    """List, check and show questionnaires."""


@forms.command("list", cls=LocalizedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_surveys(context: CommandContext, as_json: bool) -> None:
    """List surveys; unreadable files are reported on standard error."""
    surveys = context.catalogue.surveys()
    for finding in context.catalogue.findings():
        context.diagnostics.text(_describe(context, finding))
    if as_json:
        write_json(surveys)
        return
    titles = [each.title.get(context.language) or next(iter(each.title.values()), "") for each in surveys]
    rows = [[each.id, each.version, title] for each, title in zip(surveys, titles, strict=True)]
    write_table([context.words(f"cli.column_{name}") for name in _COLUMNS], rows)


@forms.command("check", cls=LocalizedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(context: CommandContext, path: Path, as_json: bool) -> int:
    """Report every finding; ``ExitCode.BAD_FORM`` if one is an error."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    from survey_tui.application.form_files import check_files

    findings = check_files(context, path)
    if as_json:
        write_json([_finding_json(context, finding) for finding in findings])
    else:
        for finding in findings:
            write_line(_describe(context, finding))
        errors = sum(finding.severity == "error" for finding in findings)
        context.diagnostics.note("cli.checked", errors=errors, warnings=len(findings) - errors)
    return ExitCode.BAD_FORM if any(finding.severity == "error" for finding in findings) else ExitCode.OK


@forms.command("show", cls=LocalizedCommand)
@click.argument("survey", type=SURVEY)
@click.option("--commune", metavar="CODE", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def show(context: CommandContext, survey: str, commune: str, as_json: bool) -> None:
    """Print the form as a tree, or as JSON."""
    code = context.places.commune(commune).code if commune else ""
    form = context.catalogue.form(survey, code)
    if as_json:
        write_json(form)
        return

    for line in outline(form, context.language):
        write_line(line)


def _describe(context: CommandContext, finding: FormFinding) -> str:
    from survey_tui.forms.check import format_finding

    return format_finding(finding, context.words)


def _finding_json(context: CommandContext, finding: FormFinding) -> dict[str, object]:
    facts: dict[str, object] = msgspec.to_builtins(finding)
    return facts | {"message": _describe(context, finding)}


_INDENT = "  "


def outline(form: Form, language: str = "") -> list[str]:
    """Lines of a form: title, modules, then name, type, label and relevance of each item, indented.

    Labels are in ``language``, or in the form's default language where they are missing.
    """
    shown = language if language in form.languages else form.default_language
    head = f"{_in(form.title, shown, form)} ({form.id} {form.version})"
    modules = ", ".join(f"{stamp.name} {stamp.version}" for stamp in form.modules)
    return [head, *([modules] if modules else []), *_lines(form.children, shown, form, 1)]


def _lines(
    items: tuple[Question | Group | Repeat, ...], language: str, form: Form, depth: int
) -> Iterator[str]:
    for item in items:
        parts = [item.name, f"[{_type(item)}]", _in(item.label, language, form)]
        if item.relevant:
            parts.append(f"← {_one_line(item.relevant)}")
        yield _INDENT * depth + " ".join(filter(None, parts))
        if not isinstance(item, Question):
            yield from _lines(item.children, language, form, depth + 1)


def _type(item: Question | Group | Repeat) -> str:
    if isinstance(item, Question):
        return f"{item.type} {item.list_name}".strip()
    if isinstance(item, Repeat):
        return f"repeat × {_one_line(item.repeat_count)}" if item.repeat_count else "repeat"
    return "group"


def _in(texts: Translated, language: str, form: Form) -> str:
    return _one_line(
        texts.get(language) or texts.get(form.default_language) or next(iter(texts.values()), "")
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
