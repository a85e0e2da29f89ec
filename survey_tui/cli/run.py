"""One run: a command line in, an exit status out, and never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from survey_tui.cli.program import Program
from survey_tui.cli.root import root
from survey_tui.cli.usage import explain
from survey_tui.errors import ExitCode, SurveyError

__all__ = ["PROGRAM_NAME", "main", "run"]

PROGRAM_NAME = "survey-tui"


def main() -> NoReturn:
    """Entry point of the command ``survey-tui``."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status (:class:`ExitCode`)."""
    program = Program.for_arguments(arguments)
    try:
        code = _run_command(program, arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _reader_went_away()
    except (KeyboardInterrupt, click.Abort):
        program.diagnostics.note("cli.interrupted")
        code = ExitCode.INTERRUPTED
    except (
        Exception
    ) as error:  # isolation border: whatever was not foreseen becomes a report and a short message
        code = _report_crash(program, error)
    return int(code)


def _run_command(program: Program, arguments: Sequence[str]) -> int:
    try:
        result = root.main(list(arguments), PROGRAM_NAME, standalone_mode=False, obj=program)
    except click.exceptions.NoArgsIsHelpError as error:
        program.diagnostics.text(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        failure: SurveyError = explain(error)
    except SurveyError as error:
        failure = error
    else:
        return result if isinstance(result, int) else ExitCode.OK
    finally:
        program.close()
    program.diagnostics.error(failure)
    return failure.exit_code


def _reader_went_away() -> int:
    # What is still buffered must go somewhere when the interpreter flushes at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.PIPE


def _report_crash(program: Program, error: Exception) -> int:
    from survey_tui.cli.crash import write_report

    report = write_report(program.home, error)
    program.diagnostics.crash(type(error).__name__, report)
    return ExitCode.FAILURE
