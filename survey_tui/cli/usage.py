"""click's complaints about a command line, as errors of our own with words in the user's language."""

from __future__ import annotations

import click

from survey_tui.errors import UsageError

__all__ = ["explain"]


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
