"""The root command of ``survey-tui``; its commands are imported on first use."""

from __future__ import annotations

import gc
from collections.abc import Mapping

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, shared_options, version_option


def _set_safe_mode(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    ctx.ensure_object(CommandContext).safe_mode = value


class RootGroup(LazyGroup):
    """The program's commands, then the groups of plugins.

    Plugins are loaded for ``--help``, completion and unknown commands, if one of them may have a group.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *self._plugin_groups(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._plugin_groups(ctx).get(cmd_name)

    def command_text(self, ctx: click.Context, name: str) -> str:
        if name in super().list_commands(ctx):
            return super().command_text(ctx, name)
        return self._plugin_groups(ctx)[name].help or ""

    def _plugin_groups(self, ctx: click.Context) -> Mapping[str, click.Group]:
        """Command groups of plugins by name, loaded once per run."""
        context = ctx.find_object(CommandContext)
        if context is None or context.safe_mode:
            return {}
        key = f"{__name__}.plugin_groups"
        if key not in ctx.meta:
            from survey_tui.plugins.metadata import may_mention

            ctx.meta[key] = {}
            if may_mention(context.home, "command_groups"):
                from survey_tui.cli.plugin_commands import load_groups

                ctx.meta[key] = load_groups(context, super().list_commands(ctx))
        groups: Mapping[str, click.Group] = ctx.meta[key]
        return groups


@click.group(
    cls=RootGroup,
    invoke_without_command=True,
    command_paths={
        "start": "survey_tui.cli.commands.start:start",
        "ask": "survey_tui.cli.commands.ask:ask",
        "responses": "survey_tui.cli.commands.responses:responses",
        "forms": "survey_tui.cli.commands.forms:forms",
        "store": "survey_tui.cli.commands.store:store",
        "plugins": "survey_tui.cli.commands.plugins:plugins",
        "lock": "survey_tui.cli.commands.lock:lock",
        "keys": "survey_tui.cli.commands.keys:keys",
        "completion": "survey_tui.cli.commands.completion:completion",
    },
)
@shared_options
@click.option("--safe-mode", is_flag=True, is_eager=True, expose_value=False, callback=_set_safe_mode)
@version_option
@click.pass_context
def root(ctx: click.Context) -> int | None:
    """Open Home when no command is named."""
    if ctx.invoked_subcommand not in (None, "start"):
        gc.enable()
    if ctx.invoked_subcommand is not None:
        return None
    from survey_tui.cli.full_screen import open_home

    return open_home(ctx.ensure_object(CommandContext))
