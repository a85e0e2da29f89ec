"""One run: a command line in, an exit status out, and never a traceback."""

from __future__ import annotations

from collections.abc import Sequence

import click

import survey_tui.console.output as output
from survey_tui.application.context import Program
from survey_tui.cli.root import root
from survey_tui.cli.usage import explain
from survey_tui.errors import ExitCode, SurveyError

__all__ = ["PROGRAM_NAME", "run"]

PROGRAM_NAME = "survey-tui"


def run(arguments: Sequence[str], command: click.Group = root, name: str = PROGRAM_NAME) -> int:
    """Run one command line and return its exit status (:class:`ExitCode`).

    ``command`` and ``name`` are those of the program: ``survey-sync`` has its own.
    """
    program = Program.for_arguments(arguments)
    try:
        return int(_run_command(program, arguments, command, name))
    except (KeyboardInterrupt, click.Abort):
        program.diagnostics.note("cli.interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # isolation border: the unforeseen becomes a report and a short message
        return _report_crash(program, error)


def _run_command(program: Program, arguments: Sequence[str], command: click.Group, name: str) -> int:
    try:
        try:
            result = command.main(list(arguments), name, standalone_mode=False, obj=program)
        finally:
            program.close()
        output.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        program.diagnostics.text(error.format_message())
        return ExitCode.USAGE
    except output.ReaderGoneError as error:
        output.forget()
        return error.exit_code
    except click.ClickException as error:
        return _tell(program, explain(error))
    except SurveyError as error:
        return _tell(program, error)
    return result if isinstance(result, int) else ExitCode.OK


def _tell(program: Program, error: SurveyError) -> int:
    program.diagnostics.error(error)
    if error.code == "cli_output":
        output.forget()
    return error.exit_code


def _report_crash(program: Program, error: Exception) -> int:
    from survey_tui.cli.crash import write_report

    report = write_report(program.home, error)
    program.diagnostics.crash(type(error).__name__, report)
    return ExitCode.FAILURE
