"""The plugins of one run: loaded one by one, called one by one, and a fault of one never reaches the others.

pluggy's own ``load_setuptools_entrypoints`` stops at the first broken plugin, and one raising implementation
aborts a whole hook call, so both loops are written out here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from importlib import import_module
from pathlib import Path

import pluggy

from survey_tui.errors import PluginError
from survey_tui.plugins.entry_points import EntryPoint, installed
from survey_tui.plugins.hooks import ENTRY_POINT_GROUP, Specification

__all__ = ["Plugins"]


class Plugins:
    """Plugins that loaded, and what went wrong with the others.

    ``failures`` holds one :class:`PluginError` for each thing that failed; its details name the plugin,
    its distribution and the reason. The caller reports them; nothing here writes to a terminal.
    """

    def __init__(self) -> None:
        self.failures: list[PluginError] = []
        self._distributions: dict[str, str] = {}
        self._manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
        self._manager.add_hookspecs(Specification)

    @classmethod
    def load(cls, entry_points: Iterable[EntryPoint] | None = None) -> Plugins:
        """Import and register what is installed (or ``entry_points``)."""
        plugins = cls()
        for entry_point in installed() if entry_points is None else entry_points:
            plugins._load(entry_point)
        return plugins

    @property
    def names(self) -> list[str]:
        """Names of the registered plugins, in the order in which they were registered."""
        return list(self._distributions)

    def register(self, plugin: object, name: str, distribution: str = "") -> None:
        """Take a plugin in; one of a known name or with an unknown hook becomes a failure."""
        self._distributions.setdefault(name, distribution)
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except (ValueError, pluggy.PluginValidationError) as error:
            self._fail("plugin_register", name, distribution, error)
            if self._manager.get_plugin(name) is plugin:
                self._manager.unregister(name=name)
                del self._distributions[name]

    def questionnaire_directories(self) -> list[Path]:
        """What the hook ``questionnaires`` returned: existing directories, each once, plugin by plugin."""
        directories: dict[Path, None] = {}
        for name, returned in self._call("questionnaires"):
            for directory in returned if isinstance(returned, (list, tuple)) else [returned]:
                if isinstance(directory, Path) and directory.is_dir():
                    directories[directory] = None
                else:
                    reason = f"questionnaires() -> {directory!r:.200}: not a directory"
                    self._fail("plugin_hook", name, self._distributions[name], ValueError(reason))
        return list(directories)

    def _load(self, entry_point: EntryPoint) -> None:
        try:
            module = import_module(entry_point.module)
            attributes = [part for part in entry_point.attribute.split(".") if part]
            plugin: object = reduce(getattr, attributes, module)
        except (
            Exception,
            SystemExit,
        ) as error:  # isolation border: importing runs the plugin
            self._fail("plugin_load", entry_point.name, entry_point.distribution, error)
            return
        self.register(plugin, entry_point.name, entry_point.distribution)

    def _call(self, hook: str) -> list[tuple[str, object]]:
        """(plugin name, returned value) of each implementation that did not raise, first registered first."""
        results: list[tuple[str, object]] = []
        for implementation in self._implementations(hook):
            try:
                results.append((implementation.plugin_name, implementation.function()))
            except (Exception, SystemExit) as error:  # isolation border: a hook may do anything
                name = implementation.plugin_name
                self._fail("plugin_hook", name, self._distributions[name], error)
        return results

    def _implementations(self, hook: str) -> list[pluggy.HookImpl]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return caller.get_hookimpls()

    def _fail(self, code: str, name: str, distribution: str, error: BaseException) -> None:
        reason = f"{type(error).__name__}: {error}"
        failure = PluginError(code, plugin=name, distribution=distribution or "–", reason=reason)
        failure.__cause__ = error
        self.failures.append(failure)
