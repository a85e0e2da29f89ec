"""What a plugin may offer: the hook specifications, and the marker that an implementation carries.

A plugin is a module (or an object in one) named by an entry point of the group ``survey_tui``. It marks
functions with :data:`hookimpl`; the national instrument does the same and has no door of its own::

    from pathlib import Path
    from survey_tui.plugins import hookimpl

    @hookimpl
    def questionnaires() -> list[Path]:
        return [Path(__file__).parent]

Arguments of a hook are only ever added, so that an older plugin keeps working.
"""

from __future__ import annotations

from pathlib import Path

import pluggy

__all__ = ["ENTRY_POINT_GROUP", "Specification", "hookimpl", "hookspec"]

ENTRY_POINT_GROUP = "survey_tui"

hookspec = pluggy.HookspecMarker(ENTRY_POINT_GROUP)
hookimpl = pluggy.HookimplMarker(ENTRY_POINT_GROUP)


class Specification:
    """The hooks that exist."""

    @hookspec
    def questionnaires(self) -> list[Path]:  # type: ignore[empty-body]
        """Directories with questionnaires, each holding ``surveys/*.toml`` and ``modules/*.toml``.

        :return: absolute directories that exist; a survey may use modules of every directory.
        """
