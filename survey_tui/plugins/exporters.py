"""Formats of plugins for ``responses export``."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from survey_tui.errors import PluginError
from survey_tui.plugins.isolation import PluginCallError
from survey_tui.plugins.loaded_plugin import LoadedPlugin
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.named_offers import named_offers
from survey_tui.plugins.offers import Exporter

MAX_SECONDS = 3600.0
"""A large export may take its time, and the person who waits can press Ctrl+C."""

Writer: TypeAlias = Callable[[Sequence[bytes]], bytes]
"""Final responses as canonical bytes → the bytes of the file. Raises ``PluginError("plugin_run")``."""


def export_writers(plugins: Plugins, taken: Collection[str]) -> dict[str, Writer]:
    """Format → its writer. A name that is ``taken``, or that an earlier plugin has, is refused."""
    found = named_offers(plugins, "exporters", taken, "--format {}")
    return {name: _writer(plugins, offer.member, offer.item) for name, offer in found.items()}


def _writer(plugins: Plugins, member: LoadedPlugin, exporter: Exporter) -> Writer:
    def write(responses: Sequence[bytes]) -> bytes:
        buffer = io.BytesIO()
        try:
            plugins.run_isolated(member, lambda: exporter.write(responses, buffer), MAX_SECONDS)
            return buffer.getvalue()
        except (PluginCallError, ValueError) as fault:  # ValueError: the plugin has closed the file
            raise PluginError(
                "plugin_run", plugin=member.name, command=exporter.name, reason=str(fault)
            ) from fault

    return write
