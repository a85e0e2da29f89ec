"""Click classes: help in the user's language, lazily imported commands, shared options.

The help of a command is the message ``help_<command>`` of the locale subject ``cli`` (or a subclass's
``subject``); its first line is shown in the list of commands. The help of an option is ``option_<name>``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from survey_tui import __version__
from survey_tui.console.command_context import CommandContext
from survey_tui.console.output import write_line
from survey_tui.locale import LANGUAGES, Translator

F = TypeVar("F", bound=Callable[..., Any])

SHARED_OPTIONS = frozenset(("help", "version", "home", "language", "passphrase_file"))
"""Options, with ``_`` for ``-``, whose help is in the subject ``cli`` for every command."""


class LocalizedCommand(click.Command):
    """A command with its help in the locale's ``subject``."""

    subject = "cli"

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_words(ctx)("cli.usage") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.help_text(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (record[0], self.option_text(ctx, param))
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        with formatter.section(_words(ctx)("cli.options")):
            formatter.write_dl(rows)

    def help_text(self, ctx: click.Context) -> str:
        """The text of ``--help``; its first line is shown in the list of commands."""
        return _words(ctx)(f"{self.subject}.{_help_key(ctx)}")

    def option_text(self, ctx: click.Context, option: click.Option) -> str:
        """The help text of one option."""
        subject = "cli" if _option_name(option) in SHARED_OPTIONS else self.subject
        return _words(ctx)(f"{subject}.option_{_option_name(option)}")


class LazyGroup(LocalizedCommand, click.Group):
    """A group whose commands are imported on first use; ``command_paths``: name → ``module:attribute``."""

    def __init__(self, *args: Any, command_paths: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._command_paths = command_paths or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._command_paths, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._command_paths:
            module, _, attribute = self._command_paths[cmd_name].partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        return super().get_command(ctx, cmd_name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self.command_text(ctx, name).partition("\n")[0]) for name in self.list_commands(ctx)]
        with formatter.section(_words(ctx)("cli.commands")):
            formatter.write_dl(rows)

    def command_text(self, ctx: click.Context, name: str) -> str:
        """The help of the command ``name`` of this group; the command is not imported."""
        return _words(ctx)(f"{self.subject}.{_help_key(ctx)}_{name}")


def version_option(command: F) -> F:
    """Add ``--version`` to the root of a program."""
    option: Callable[[F], F] = click.option(
        "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version
    )
    return option(command)


def shared_options(command: F) -> F:
    """Add ``--home``, ``--passphrase-file`` and ``--language``."""
    for option in (
        click.option("--language", type=click.Choice(LANGUAGES), expose_value=False, callback=_set_language),
        click.option(
            "--passphrase-file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_set_passphrase_file,
        ),
        click.option("--home", metavar="DIR", expose_value=False, callback=_set_home),
    ):
        command = option(command)
    return command


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        write_line(__version__)
        ctx.exit()


def _set_home(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(CommandContext).home_option = value


def _set_passphrase_file(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(CommandContext).passphrase_file = value


def _set_language(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(CommandContext).language_option = value


def _words(ctx: click.Context) -> Translator:
    return ctx.ensure_object(CommandContext).words


def _help_key(ctx: click.Context) -> str:
    return "_".join(["help", *ctx.command_path.split()[1:]])


def _option_name(option: click.Option) -> str:
    return max(option.opts, key=len).lstrip("-").replace("-", "_")
