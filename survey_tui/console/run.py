"""One run: a command line in, an exit status out, and never a traceback.

click's complaints about a command line, as errors of our own with words in the user's language.

A report of an unforeseen failure, for the developers: where in the program, never what was answered.

Exception messages are left out, since they often quote the value that was being handled."""

from __future__ import annotations

import datetime as dt
import platform
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

import survey_tui.console.output as output
from survey_tui import __version__
from survey_tui.application.context import Program
from survey_tui.cli.root import root
from survey_tui.errors import ExitCode, SurveyError, UsageError


def explain(error: click.ClickException) -> UsageError:
    """The same complaint as a :class:`UsageError`; ``command`` is what to ask for help."""
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

    report = write_report(program.home, error)
    program.diagnostics.crash(type(error).__name__, report)
    return ExitCode.FAILURE


_MOST_FRAMES = 60  # of each end of a very deep stack


def write_report(home: Path, error: BaseException) -> Path | None:
    """Write ``home/crash/<time>.txt`` and return its path; ``None`` if the disk refuses."""
    now = dt.datetime.now(dt.UTC)
    target = home / "crash" / f"{now:%Y%m%dT%H%M%S%f}.txt"
    facts = (
        f"survey-tui {__version__}",
        f"Python {platform.python_version()}",
        platform.platform(),
        now.isoformat(),
    )
    head = "\n".join(facts) + "\n"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(head + "".join(_stacks(error)), encoding="utf-8")
    except OSError:
        return None
    return target


def _stacks(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"\n{type(current).__module__}.{type(current).__qualname__}\n"
        frames = traceback.extract_tb(current.__traceback__)
        kept = frames[:_MOST_FRAMES] + frames[_MOST_FRAMES:][-_MOST_FRAMES:]
        for frame in kept:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}\n"
        current = current.__cause__ or current.__context__
