"""A plugin in use."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import reduce
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from survey_tui.errors import PlaceError
from survey_tui.forms.sources import Addition
from survey_tui.plugins.discovery import FoundPlugin, ResolvedManifest, area_communes
from survey_tui.plugins.isolation import PluginCallError
from survey_tui.plugins.metadata import EntryPoint

if TYPE_CHECKING:
    from survey_tui.plugins.offers import ProvinceAddition


class LoadedPlugin:
    """A plugin that may be called. ``refused`` are hooks that failed and are not called again in this run."""

    def __init__(self, found: FoundPlugin, resolved: ResolvedManifest | None) -> None:
        self.found = found
        self.resolved = resolved
        self.state: Literal["new", "loaded", "broken"] = "new"
        self.refused: set[str] = set()

    @property
    def name(self) -> str:
        return self.found.name

    @property
    def entry_point(self) -> EntryPoint | None:
        return self.found.entry_point

    @property
    def folder(self) -> Path | None:
        """The folder of its ``plugin.toml`` and questions."""
        return Path(self.found.folder) if self.found.folder else None

    @property
    def additions(self) -> tuple[Addition, ...]:
        return self.resolved.additions if self.resolved is not None else ()

    def applies(self, commune: str) -> bool:
        """Whether its checks and functions apply in this commune; without an area they apply everywhere."""
        communes = self.resolved.communes if self.resolved is not None else None
        return not communes or commune in communes

    def may_have(self, hook: str) -> bool:
        """Whether its code may implement the hook, as far as is known without importing it."""
        if self.entry_point is None:
            return False
        return self.resolved is None or hook in self.resolved.hooks


def import_plugin(entry_point: EntryPoint) -> object:
    """The object that the entry point names."""
    module = import_module(entry_point.module)
    plugin: object = reduce(getattr, [part for part in entry_point.attribute.split(".") if part], module)
    return plugin


def unload_code(folder: Path) -> None:
    """Forget modules imported from below ``folder``, so that they are imported anew. Objects of the old code
    live on where they are held."""
    inside = f"{folder.absolute()}{os.sep}"
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(inside):
            del sys.modules[name]
    sys.path[:] = [place for place in sys.path if not str(Path(place).absolute()).startswith(inside)]
    invalidate_caches()


def placed_additions(plugin: str, offered: Sequence[ProvinceAddition]) -> list[Addition]:
    """Results of the hook ``province_additions``, checked. Raises :class:`PluginCallError`."""
    found = []
    for each in offered:
        if bool(each.after) == each.at_end:
            raise PluginCallError(f"{each.module.name}: either `after` or `at_end`")
        if each.module.parent.name != "modules" or each.module.suffix != ".toml":
            raise PluginCallError(f"{each.module.name}: a file modules/*.toml is expected")
        try:
            communes = tuple(sorted(area_communes(each.area)))
        except PlaceError as error:
            raise PluginCallError(f"{each.module.name}: {error}") from error
        if not communes:
            raise PluginCallError(f"{each.module.name}: `area` is empty")
        addition = Addition(
            name=each.module.stem,
            file=str(each.module),
            communes=communes,
            after=each.after,
            at_end=each.at_end,
            surveys=each.surveys,
            order=each.order,
            plugin=plugin,
        )
        found.append(addition)
    return found
