"""Command groups of plugins as click commands that behave like built-in ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import SHARED_OPTIONS, LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_line
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.plugins.discovery import may_offer
from survey_tui.plugins.named_offers import NamedOffer, named_offers
from survey_tui.plugins.offers import Argument, Command, CommandCall, CommandError, CommandGroup, Option

HOOK = "command_groups"


def load_groups(context: CommandContext, taken: Collection[str]) -> dict[str, click.Group]:
    """Name → group of every plugin, for names that are not ``taken``. Failures are reported."""
    if not may_offer(context.home, HOOK):
        return {}
    offers = named_offers(context.plugins, HOOK, taken, "survey-tui {}")
    found = {
        name: _group(offer, context.language)
        for name, offer in offers.items()
        if not _has_shared_option(context, offer)
    }
    context.report_failures()
    return found


def _has_shared_option(context: CommandContext, offer: NamedOffer) -> bool:
    """Whether a command redefines a shared option; reported as a failure of the plugin."""
    names = {option.name for command in offer.item.commands for option in command.options}
    taken = sorted(name for name in names if name.replace("-", "_") in SHARED_OPTIONS)
    for name in taken:
        context.plugins.record_failure(
            offer.member.name, "plugin_clash", f"--{name}", what=f"--{name}", other="survey_tui"
        )
    return bool(taken)


class _PluginCommand(LocalizedCommand):
    """A command with the texts of its plugin; ``offered``: help text by option name."""

    offered: Mapping[str, str]

    def help_text(self, ctx: click.Context) -> str:  # noqa: ARG002
        return self.help or ""

    def option_text(self, ctx: click.Context, option: click.Option) -> str:
        return self.offered.get(option.name or "") or super().option_text(ctx, option)


class _PluginGroup(LazyGroup):
    """A group with the texts of its plugin."""

    def help_text(self, ctx: click.Context) -> str:  # noqa: ARG002
        return self.help or ""

    def command_text(self, ctx: click.Context, name: str) -> str:  # noqa: ARG002
        return self.commands[name].help or ""


def _group(offer: NamedOffer, language: str) -> click.Group:
    offered: CommandGroup = offer.item
    text = _in(offered.help, language)
    group = _PluginGroup(offered.name, help=text, short_help=text.partition("\n")[0], callback=lambda: None)
    for each in offered.commands:
        group.add_command(_command(offer.member.name, each, language))
    return shared_options(group)


def _command(plugin: str, offered: Command, language: str) -> click.Command:
    text = _in(offered.help, language)
    command = _PluginCommand(
        offered.name,
        help=text,
        short_help=text.partition("\n")[0],
        params=[*map(_argument, offered.arguments), *map(_option, offered.options)],
        callback=click.pass_context(partial(_run, plugin, offered)),
    )
    command.offered = {each.name.replace("-", "_"): _in(each.help, language) for each in offered.options}
    return shared_options(command)


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or next(iter(text.values()))


def _option(offered: Option) -> click.Option:
    default: dict[str, Any] = {"default": offered.default} if offered.default else {}
    return click.Option(
        [f"--{offered.name}"],
        is_flag=offered.flag,
        type=click.Choice(offered.choices) if offered.choices else None,
        metavar=None if offered.flag or offered.choices else offered.metavar,
        multiple=offered.multiple and not offered.flag,
        required=offered.required and not offered.flag,
        **default,
    )


def _argument(offered: Argument) -> click.Argument:
    return click.Argument([offered.name], required=offered.required, nargs=-1 if offered.many else 1)


def _run(plugin: str, offered: Command, ctx: click.Context, /, **values: object) -> int:
    """Run a command and return its exit status.

    An unexpected exception is raised again, for a crash report, after its plugin has been named.
    """
    context = ctx.ensure_object(CommandContext)
    try:
        status = offered.run(_call(context, offered, values))
    except CommandError as error:
        message = _in(error.message, context.language)
        context.diagnostics.text(context.words("cli.error", message=message))
        status = error.status
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else ExitCode.FAILURE
    except (SurveyError, click.ClickException, click.Abort):
        raise
    except Exception:
        context.diagnostics.note("plugins.command_failed", plugin=plugin, command=offered.name)
        raise
    if status is None:
        return ExitCode.OK
    return status if isinstance(status, int) and 0 <= status < 256 else ExitCode.FAILURE


def _call(context: CommandContext, offered: Command, values: Mapping[str, object]) -> CommandCall:
    options = {each.name: _texts(values.get(each.name.replace("-", "_"))) for each in offered.options}
    return CommandCall(
        arguments=tuple(text for each in offered.arguments for text in _texts(values.get(each.name))),
        home=context.home,
        language=context.language,
        write=write_line,
        report=context.diagnostics.text,
        options={name: texts for name, texts in options.items() if texts},
        context=context,
    )


def _texts(value: object) -> tuple[str, ...]:
    """The values of an option or argument; a set flag is one empty text."""
    if value in (None, False, ()):
        return ()
    if value is True:
        return ("",)
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
