"""Arguments that name something on this device: a survey by its id, a response by the beginning of its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from survey_tui.application.context import Program
from survey_tui.errors import ExitCode, SurveyError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from survey_tui.store import Summary

__all__ = ["FORMAT", "RESPONSE", "SURVEY", "UnknownResponseError", "draft_of", "response_of"]


class UnknownResponseError(UsageError):
    """No response on this device has an id that begins so."""

    exit_code = ExitCode.NOT_FOUND


def response_of(program: Program, beginning: str) -> Summary:
    """The response whose id begins with ``beginning``; :class:`UsageError` unless there is exactly one."""
    found = [
        summary for summary in program.store().summaries() if summary.id.startswith(beginning.strip().lower())
    ]
    if not found or not beginning.strip():
        raise UnknownResponseError("cli_no_response", id=beginning)
    if len(found) > 1:
        raise UsageError("cli_many_responses", id=beginning, count=len(found))
    return found[0]


def draft_of(program: Program, survey: str, beginning: str) -> Summary:
    """The draft of this survey whose id begins so; :class:`UsageError` if it is another survey's or final."""
    summary = response_of(program, beginning)
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
            surveys = ctx.ensure_object(Program).catalogue.surveys()
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
            summaries = ctx.ensure_object(Program).store(read_only=True).summaries()
        except SurveyError:
            return []
        return [CompletionItem(summary.id) for summary in summaries if summary.id.startswith(incomplete)]


class _FormatType(click.ParamType[str]):
    """A format of the program, or of a plugin: those are asked only for a name that is not the program's."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from survey_tui.exports import FORMATS

        if value in FORMATS or (ctx is not None and value in ctx.ensure_object(Program).formats):
            return value
        known = [*FORMATS, *(ctx.ensure_object(Program).formats if ctx is not None else ())]
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
        from survey_tui.exports import FORMATS

        known = [*FORMATS, *ctx.ensure_object(Program).formats]
        return [CompletionItem(name) for name in known if name.startswith(incomplete)]


FORMAT = _FormatType()
SURVEY = _SurveyType()
RESPONSE = _ResponseType()
