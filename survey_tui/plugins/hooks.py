"""The hook specifications, their version, and the marker of an implementation.

A Python plugin is a module (or an object in one) named by an entry point of the group ``survey_tui``. It
marks functions with :data:`hookimpl`; the national instrument does the same and has no other way in::

    from pathlib import Path
    from survey_tui.plugins import hookimpl

    @hookimpl
    def questionnaires() -> list[Path]:
        return [Path(__file__).parent]

A ``plugin.toml`` next to the module (:mod:`survey_tui.plugins.manifest`) may say all that a declarative
plugin says. Its ``hooks`` names the hooks that the code implements: the plugin is listed without being
imported, and imported when one of them is called.

The return annotation is the contract: what a hook returns is checked against it as strictly as a form file
(:mod:`survey_tui.plugins.hook_results`). Every call has
:data:`~survey_tui.plugins.isolation.TIME_LIMIT` seconds, its output is caught, and whatever it raises
becomes a failure that names the plugin.

:data:`survey_tui.plugins.API_VERSION` grows when a hook or an argument is added. Arguments are only ever
added and hooks never change their meaning, so a plugin written for version *n* runs on every later one.
``requires_api = n`` in ``plugin.toml`` (or, without one, a module attribute ``requires_api``) refuses a
program that is older.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pluggy

from survey_tui.plugins.metadata import API_VERSION, ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from msgspec import Meta

    from survey_tui.expressions.registry import Function
    from survey_tui.plugins.offers import (
        Baseline,
        Command,
        CommandGroup,
        Exporter,
        FormFileType,
        PluginScreen,
        ProvinceAddition,
        QualityFinding,
        Response,
        SyncDestination,
    )

__all__ = ["API_VERSION", "Specification", "hookimpl"]

hookspec = pluggy.HookspecMarker(ENTRY_POINT_GROUP)
hookimpl = pluggy.HookimplMarker(ENTRY_POINT_GROUP)


class Specification:
    """The hooks that exist. Each is called when what it offers is first needed, at most once a run
    (``check_response``: at each review)."""

    @hookspec
    def questionnaires(self) -> list[Path]:  # type: ignore[empty-body]
        """Directories with questionnaires, each holding ``surveys/*.toml`` and ``modules/*.toml``.

        :return: absolute directories that exist; a survey may use modules of every directory. A survey or
            module whose name another directory has already is refused.
        """

    @hookspec
    def province_additions(self) -> list[ProvinceAddition]:  # type: ignore[empty-body]
        """Modules that surveys take in when they are held in certain communes.

        :return: one entry for each module and anchor; ``module`` is the absolute path of a module file in a
            directory ``modules``. An addition that makes a survey faulty is left out of it and reported.
        """

    @hookspec
    def expression_functions(self) -> Mapping[str, Function]:  # type: ignore[empty-body]
        """Functions for expressions of the surveys held in this plugin's area.

        :return: name → :class:`~survey_tui.expressions.Function` with ``call``. Names are small letters,
            digits, ``-`` and ``_``, begin with a letter and contain a ``-`` or ``_``; one that exists already
            is refused. ``call`` must depend on nothing but its arguments: an interview is replayed from its
            log.
        """

    @hookspec
    def check_response(  # type: ignore[empty-body]
        self, response: Response
    ) -> Annotated[list[QualityFinding], Meta(max_length=100)]:
        """Check a response as a whole when the surveyor reviews it.

        Called for responses held in this plugin's area, at each review. A finding is shown and can be jumped
        to; it never keeps the response from being finalised. What must hold is a ``constraint``.

        :param response: the answers so far, read-only.
        :return: at most 100 findings; an empty list if there are none.
        """

    @hookspec
    def official_baselines(self) -> list[Baseline]:  # type: ignore[empty-body]
        """Official figures that the survey's estimates are compared with.

        :return: the figures of this plugin's area, with ``comparable`` and ``caveat`` filled in honestly.
        """

    @hookspec
    def exporters(self) -> list[Exporter]:  # type: ignore[empty-body]
        """Further formats for ``survey-tui responses export --format``.

        :return: formats whose names no other exporter has.
        """

    @hookspec
    def sync_destinations(self) -> list[SyncDestination]:  # type: ignore[empty-body]
        """Further places to which finished responses can be delivered.

        :return: destinations whose names no other one has.
        """

    @hookspec
    def commands(self) -> list[Command]:  # type: ignore[empty-body]
        """Commands, run as ``survey-tui plugins run PLUGIN COMMAND [ARGUMENT …]``.

        :return: commands whose names are unique within the plugin.
        """

    @hookspec
    def command_groups(self) -> list[CommandGroup]:  # type: ignore[empty-body]
        """Groups of commands at the top of the program, run as ``survey-tui GROUP COMMAND [ARGUMENT …]``.

        Called when such a command is run, and when the commands are listed (``--help``, completion); not for
        the program's own commands. A group whose name the program or an earlier plugin has is refused.

        :return: groups, each with at least one command; names of commands are unique within their group.
        """

    @hookspec
    def form_file_types(self) -> list[FormFileType]:  # type: ignore[empty-body]
        """Types of files that forms are read from and written to, for ``survey-tui forms check FILE`` and
        ``survey-tui ask FILE``, and for files in the folder ``modules`` of surveys and plugins.

        Called when such a file is named, or a module has no ``.toml`` file.

        :return: file types; ``.toml`` and ``.csv`` are the program's, and a suffix that an earlier plugin has
            is refused.
        """

    @hookspec
    def screens(self) -> list[PluginScreen]:  # type: ignore[empty-body]
        """Textual screens that Home lists under ^P and opens.

        Called when the list is opened. Esc, ^Q and ^C close a screen; an exception in it closes it too, and
        is a failure of the plugin.

        :return: screens whose names no other plugin's screen has.
        """
