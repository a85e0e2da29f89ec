"""Run of a command line: exit status, error messages, crash reports."""

from __future__ import annotations

from collections.abc import Sequence

import click

import survey_tui.console.output as output
from survey_tui.console.command_context import CommandContext
from survey_tui.errors import ExitCode, SurveyError, UsageError


def usage_error_from(error: click.ClickException) -> UsageError:
    """Convert a click error to a :class:`UsageError`; ``command`` is the one whose ``--help`` to suggest."""
    ctx = getattr(error, "ctx", None)
    command = ctx.command_path if ctx is not None else "survey-tui"
    if isinstance(error, click.NoSuchOption):
        return UsageError("cli_no_such_option", name=error.option_name, command=command)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return UsageError("cli_no_such_command", name=error.command_name, command=command)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return UsageError("cli_missing", what=error.param.get_error_hint(ctx), command=command)
    if isinstance(error, click.BadParameter) and error.param is not None:
        kind = error.param.type
        allowed = ", ".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else error.message
        return UsageError(
            "cli_bad_value", what=error.param.get_error_hint(ctx), allowed=allowed, command=command
        )
    return UsageError("cli_usage", reason=error.format_message(), command=command)


def run(arguments: Sequence[str], command: click.Group, name: str) -> int:
    """Run one command line of the program ``name`` and return its exit status (:class:`ExitCode`)."""
    context = CommandContext.for_arguments(arguments)
    try:
        return int(_run_command(context, arguments, command, name))
    except (KeyboardInterrupt, click.Abort):
        context.diagnostics.note("cli.interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # an unexpected failure becomes a report and a short message
        return _report_crash(context, error)


def _run_command(context: CommandContext, arguments: Sequence[str], command: click.Group, name: str) -> int:
    try:
        try:
            result = command.main(list(arguments), name, standalone_mode=False, obj=context)
        finally:
            context.close()
        output.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        context.diagnostics.text(error.format_message())
        return ExitCode.USAGE
    except output.ReaderGoneError as error:
        output.discard_stdout()
        return error.exit_code
    except click.ClickException as error:
        return _report_error(context, usage_error_from(error))
    except SurveyError as error:
        return _report_error(context, error)
    return result if isinstance(result, int) else ExitCode.OK


def _report_error(context: CommandContext, error: SurveyError) -> int:
    context.diagnostics.error(error)
    if error.code == "cli_output":
        output.discard_stdout()
    return error.exit_code


def _report_crash(context: CommandContext, error: Exception) -> int:
    from survey_tui.console.crash_report import write_report

    report = write_report(context.home, error)
    context.diagnostics.crash(type(error).__name__, report)
    return ExitCode.FAILURE
