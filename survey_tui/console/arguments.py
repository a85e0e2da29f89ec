"""Argument types that commands share: survey, response, export format, visit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.errors import ExitCode, SurveyError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from survey_tui.fieldwork.interviews import Visit
    from survey_tui.store import Summary


class UnknownResponseError(UsageError):
    """No response on this device has an id that begins with the given text."""

    exit_code = ExitCode.NOT_FOUND


def find_response(context: CommandContext, beginning: str) -> Summary:
    """The only response whose id begins with ``beginning``. Raises :class:`UsageError`."""
    from survey_tui.store.queries import id_begins_with

    found = context.store().search(id_begins_with(beginning.strip().lower()))
    if not found or not beginning.strip():
        raise UnknownResponseError("cli_no_response", id=beginning)
    if len(found) > 1:
        raise UsageError("cli_many_responses", id=beginning, count=len(found))
    return found[0]


def find_draft(context: CommandContext, survey: str, beginning: str) -> Summary:
    """The only draft of ``survey`` whose id begins with ``beginning``. Raises :class:`UsageError`."""
    summary = find_response(context, beginning)
    if summary.form_id != survey:
        raise UsageError("cli_other_survey", id=summary.id, form=summary.form_id, survey=survey)
    if summary.status != "draft":
        raise UsageError("cli_already_final", id=summary.id)
    return summary


class _SurveyType(click.ParamType[str]):
    name = "survey"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            surveys = ctx.ensure_object(CommandContext).catalogue.surveys()
        except SurveyError:
            return []
        return [CompletionItem(survey.id) for survey in surveys if survey.id.startswith(incomplete)]


class _ResponseType(click.ParamType[str]):
    name = "response"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            summaries = ctx.ensure_object(CommandContext).store(read_only=True).search()
        except SurveyError:
            return []
        return [CompletionItem(summary.id) for summary in summaries if summary.id.startswith(incomplete)]


class _FormatType(click.ParamType[str]):
    """An export format. Plugins are loaded only for a name that is not built in."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from survey_tui.exports import FORMATS, plugin_formats

        if value in FORMATS or (
            ctx is not None and value in plugin_formats(ctx.ensure_object(CommandContext))
        ):
            return value
        known = [*FORMATS, *(plugin_formats(ctx.ensure_object(CommandContext)) if ctx is not None else ())]
        return self.fail(", ".join(known), param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        from survey_tui.exports import FORMATS

        return f"[{'|'.join(FORMATS)}|…]"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        from survey_tui.exports import FORMATS, plugin_formats

        known = [*FORMATS, *plugin_formats(ctx.ensure_object(CommandContext))]
        return [CompletionItem(name) for name in known if name.startswith(incomplete)]


FORMAT = _FormatType()
SURVEY = _SurveyType()
RESPONSE = _ResponseType()


F = TypeVar("F", bound=Callable[..., Any])


def visit_options(command: F) -> F:
    """Add ``--commune``, ``--area``, ``--household`` and ``--surveyor``."""
    for name, metavar in (("surveyor", "AB123"), ("household", "N"), ("area", "NN"), ("commune", "CODE")):
        command = click.option(f"--{name}", metavar=metavar, default="")(command)
    return command


def parse_visit(context: CommandContext, *, commune: str, area: str, household: str, surveyor: str) -> Visit:
    """The visit that the options describe. Raises :class:`UsageError`, ``PlaceError``."""
    from survey_tui.fieldwork.interviews import Visit

    code = context.places.commune(commune.strip()).code if commune.strip() else ""
    if household and not (household.isascii() and household.isdecimal() and 1 <= int(household[:6]) <= 99):
        raise UsageError("cli_bad_household", household=household)
    surveyor = surveyor.strip().upper()
    if surveyor and not re.fullmatch("[A-Z]{2}[0-9]{3}", surveyor):
        raise UsageError("cli_bad_surveyor", surveyor=surveyor)
    number = str(int(household)) if household else ""
    return Visit(commune=code, area=_parse_area(area.strip(), code), household=number, surveyor=surveyor)


def _parse_area(area: str, commune: str) -> str:
    """The code of an enumeration area: ``12345-01`` for ``1``, ``01`` and itself."""
    if not area:
        return ""
    whole = re.fullmatch(r"(?:([0-9]{5})-)?([0-9]{1,2})", area, re.ASCII)
    if whole is None or int(whole[2]) == 0:
        raise UsageError("cli_bad_area", area=area)
    if not commune:
        raise UsageError("cli_area_alone", area=area)
    if whole[1] not in (None, commune):
        raise UsageError("cli_area_elsewhere", area=area, commune=commune)
    return f"{commune}-{int(whole[2]):02}"
