"""Formats of plugins for ``responses export``."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from survey_tui.errors import PluginError
from survey_tui.plugins.isolation import PluginFault
from survey_tui.plugins.loaded_plugin import Member
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.offers import Exporter

_LONGEST = 3600.0  # seconds: a large export may take its time, and whoever waits can press Ctrl+C

Writer: TypeAlias = Callable[[Sequence[bytes]], bytes]
"""Finished responses as frozen → the bytes of the file. Raises ``PluginError("plugin_run")``."""


def writers(plugins: Plugins, taken: Collection[str]) -> dict[str, Writer]:
    """Format → how to write it. A name that is ``taken``, or that an earlier plugin has, is refused."""
    found: dict[str, Writer] = {}
    owners = dict.fromkeys(taken, "survey_tui")
    for member in plugins.members():
        exporters: list[Exporter] = plugins.offer(member, "exporters", [])
        for exporter in exporters:
            first = owners.setdefault(exporter.name, member.name)
            if first == member.name:
                found[exporter.name] = _writer(plugins, member, exporter)
            else:
                what = f"--format {exporter.name}"
                plugins.fail(member.name, "plugin_clash", what, what=what, other=first)
    return found


def _writer(plugins: Plugins, member: Member, exporter: Exporter) -> Writer:
    def write(responses: Sequence[bytes]) -> bytes:
        buffer = io.BytesIO()
        try:
            plugins.guarded(member, lambda: exporter.write(responses, buffer), _LONGEST)
            return buffer.getvalue()
        except (PluginFault, ValueError) as fault:  # ValueError: the plugin has closed the file
            raise PluginError(
                "plugin_run", plugin=member.name, command=exporter.name, reason=str(fault)
            ) from fault

    return write
