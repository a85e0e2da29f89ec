"""The plugins of one run: found, loaded when needed, called one by one.

A failure of one never reaches the others. pluggy's own ``load_setuptools_entrypoints`` stops at the first
broken plugin, and one raising implementation aborts a whole hook call, so both loops are written out here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from survey_tui.errors import PluginError
from survey_tui.expressions.registry import FunctionRegistry
from survey_tui.forms.sources import Addition
from survey_tui.plugins.discovery import FoundPlugin, find_plugins, resolve_manifests
from survey_tui.plugins.hook_results import check_result
from survey_tui.plugins.hooks import Specification
from survey_tui.plugins.isolation import TIME_LIMIT, Isolation, PluginCallError
from survey_tui.plugins.loaded_plugin import LoadedPlugin, import_plugin, placed_additions, unload_code
from survey_tui.plugins.metadata import API_VERSION, ENTRY_POINT_GROUP, FOLDER, EntryPoint
from survey_tui.plugins.plugin_state import FailureLog, PluginState

T = TypeVar("T")


class Plugins:
    """Plugins that were found, those in use, and the failures of the others.

    ``failures`` holds one :class:`PluginError` for each failure, once in a run; its details name the plugin,
    its place and the reason. The caller reports them; nothing here writes to a terminal.
    """

    def __init__(
        self, home: Path | None = None, *, safe_mode: bool = False, time_limit: float = TIME_LIMIT
    ) -> None:
        self.safe_mode = safe_mode
        self._home = home
        self._failure_log = FailureLog(home)
        self._isolation = Isolation(home / FOLDER if home is not None else None, time_limit)
        self._members: dict[str, LoadedPlugin] = {}
        self._found: list[FoundPlugin] = []
        self._manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
        self._manager.add_hookspecs(Specification)
        self._results: dict[tuple[str, str], Any] = {}

    @classmethod
    def load(
        cls,
        entry_points: Iterable[EntryPoint] | None = None,
        home: Path | None = None,
        *,
        safe_mode: bool = False,
        time_limit: float = TIME_LIMIT,
    ) -> Plugins:
        """Plugins that are installed (or ``entry_points``) and those in ``home``; in ``safe_mode`` the core's
        only.

        ``time_limit`` holds for an import or a call of a hook, in seconds. A Python plugin without a
        ``plugin.toml`` is imported now, one with it when a hook of it is needed.
        """
        plugins = cls(home, safe_mode=safe_mode, time_limit=time_limit)
        plugins._use(find_plugins(home, entry_points))
        return plugins

    def reload(self) -> Plugins:
        """Plugins of a new run, with new code, after something was installed. Open interviews keep their
        forms."""
        self.end_run()
        if self._home is not None:
            unload_code(self._home / FOLDER)
        return type(self).load(home=self._home, safe_mode=self.safe_mode, time_limit=self._isolation.limit)

    # --- what there is
    @property
    def failures(self) -> list[PluginError]:
        return self._failure_log.failures

    @property
    def state(self) -> PluginState:
        """This device's decisions about plugins."""
        return self._failure_log.state

    @property
    def found(self) -> list[FoundPlugin]:
        """Every plugin, used or not, in calling order."""
        return list(self._found)

    @property
    def names(self) -> list[str]:
        """Names of the plugins in use, in calling order."""
        return list(self._members)

    def member(self, name: str) -> LoadedPlugin | None:
        """The plugin of this name, if it is in use."""
        return self._members.get(name)

    def members(self, commune: str | None = None) -> list[LoadedPlugin]:
        """Plugins in use; with ``commune`` those whose area includes it (or that have none)."""
        return [each for each in self._members.values() if commune is None or each.applies(commune)]

    def may_offer(self, hook: str) -> bool:
        """Whether a plugin in use may implement ``hook``; nothing is imported."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        loaded = {one.plugin_name for one in caller.get_hookimpls()}
        return any(
            each.name in loaded if each.state == "loaded" else each.may_have(hook)
            for each in self._members.values()
        )

    def end_run(self) -> None:
        """Clear the strikes of plugins that did not fail in this run."""
        self._failure_log.clear_strikes(self._members)

    def can_switch_off(self, name: str) -> bool:
        """Whether there is a plugin of this name that is on and not the core's."""
        others = {one.name for one in self._found if one.kind != "core"}
        return not self.safe_mode and name in others and not self._failure_log.is_off(name)

    def switch_off(self, name: str) -> None:
        """Stop using a plugin, now and in later runs, as ``plugins disable`` does. Open interviews keep their
        forms.

        Raises ``PluginError``: ``plugin_state``, ``plugin_state_write``; the plugin is in use then.
        """
        self._failure_log.switch_off(name)
        self._members.pop(name, None)
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)
        self._results = {key: answer for key, answer in self._results.items() if key[0] != name}

    # --- what they offer
    def questionnaire_directories(self) -> list[Path]:
        """Directories with surveys, each once: those of the hook ``questionnaires``, and folders with
        ``surveys/``."""
        directories: dict[Path, None] = {}
        for member in self.members():
            if member.folder is not None and (member.folder / "surveys").is_dir():
                directories[member.folder] = None
            directories.update(dict.fromkeys(self.hook_result(member, "questionnaires", [])))
        return list(directories)

    def additions(self, survey_id: str, commune: str) -> list[Addition]:
        """Additions to this survey in this commune, plugin by plugin."""
        return [
            addition
            for member in self.members()
            for addition in (*member.additions, *self._hooked_additions(member))
            if addition.applies(survey_id, commune)
        ]

    def functions(self, commune: str) -> FunctionRegistry | None:
        """Functions of expressions in this commune; ``None`` when no plugin adds any."""
        if not any(self.hook_result(member, "expression_functions", {}) for member in self.members(commune)):
            return None
        from survey_tui.plugins.functions import function_registry

        return function_registry(self, commune)

    def hook_result(self, member: LoadedPlugin, hook: str, default: Any) -> Any:
        """The checked result of a hook, called once a run. ``default`` when the plugin has no such hook or
        failed."""
        key = member.name, hook
        if key not in self._results:
            self._results[key] = self.call_hook(member, hook)
        answer = self._results[key]
        return default if answer is None else answer

    def hook_items(self, hook: str) -> Iterator[tuple[str, Any]]:
        """(plugin name, item) of every plugin, for a hook that returns a list."""
        for member in self.members():
            for item in self.hook_result(member, hook, []):
                yield member.name, item

    def call_hook(self, member: LoadedPlugin, hook: str, **arguments: object) -> Any:
        """Call a hook with the arguments that it takes; ``None`` when there is no such hook, or it failed now
        or before."""
        if not member.may_have(hook) or hook in member.refused or not self._ensure_loaded(member):
            return None
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        mine = [one for one in caller.get_hookimpls() if one.plugin_name == member.name]
        if not mine:
            return None
        given = [arguments[name] for name in mine[0].argnames]
        try:
            return self.run_isolated(member, lambda: check_result(hook, mine[0].function(*given)))
        except PluginCallError as fault:
            member.refused.add(hook)
            self.record_failure(member.name, "plugin_hook", f"{hook}(): {fault}")
            return None

    def record_failure(
        self, name: str, code: str, reason: str, *, strike: bool = True, **details: object
    ) -> None:
        """Record a failure once a run; with ``strike``, at most one strike a run against the plugin."""
        found = next((each for each in self._found if each.name == name), None)
        place = found.place if found is not None else "–"
        error = PluginError(code, plugin=name, distribution=place, reason=reason, **details)
        self._failure_log.record(error, strike=strike and found is not None and found.kind != "core")

    def register(self, plugin: object, name: str) -> None:
        """Register a plugin that is imported already. Raises :class:`PluginCallError`."""
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except (ValueError, pluggy.PluginValidationError) as error:
            if self._manager.get_plugin(name) is plugin:
                self._manager.unregister(name=name)
            raise PluginCallError(" ".join(str(error).split())) from error

    # --- taking in
    def _use(self, found: Sequence[FoundPlugin]) -> None:
        self._found = list(found)
        self._failure_log.record_crashes(self._marker_folder)
        wanted = [one for one in found if self._may_use(one)]
        manifests = resolve_manifests(wanted, self._cache_dir)
        for one in wanted:
            resolved = manifests.get(one.name)
            if isinstance(resolved, PluginError):
                self._failure_log.record(resolved, strike=True)
            else:
                self._members[one.name] = LoadedPlugin(one, resolved)
        for member in list(self._members.values()):
            if member.resolved is None and not self._ensure_loaded(member):
                del self._members[member.name]

    def _may_use(self, one: FoundPlugin) -> bool:
        """Whether to use a plugin; a reason against it is recorded, unless a person chose it."""
        if one.kind == "core":
            return True
        if self.safe_mode or self._failure_log.is_off(one.name):
            return False
        problem = one.problem or self._failure_log.signature_error(one)
        if problem is not None:
            self._failure_log.record(problem, strike=False)
        return problem is None

    @property
    def _marker_folder(self) -> Path | None:
        return self._home / FOLDER if self._home is not None else None

    @cached_property
    def _cache_dir(self) -> Path | None:
        return self._home / "cache" if self._home is not None else None

    def _ensure_loaded(self, member: LoadedPlugin) -> bool:
        """Import the plugin's code if that has not been tried; whether it is loaded."""
        if member.entry_point is None:
            return False
        if member.state == "new":
            member.state = "broken"
            place = member.found.search_path
            if place and place not in sys.path:
                sys.path.append(place)  # at the end: it must not stand before anything else
            try:
                self.run_isolated(member, lambda: self._load(member))
                member.state = "loaded"
            except PluginCallError as fault:
                self.record_failure(member.name, "plugin_load", str(fault))
        return member.state == "loaded"

    def _load(self, member: LoadedPlugin) -> None:
        assert member.entry_point is not None
        plugin = import_plugin(member.entry_point)
        needs = getattr(plugin, "requires_api", 1)
        if type(needs) is not int or needs > API_VERSION:
            raise PluginCallError(f"it needs plugin API {needs!r:.20}, this program has {API_VERSION}")
        self.register(plugin, member.name)
        has = {caller.name for caller in self._manager.get_hookcallers(plugin) or ()}
        undeclared = sorted(has - set(member.resolved.hooks)) if member.resolved else []
        if undeclared or not has:
            self._manager.unregister(plugin)
            what = f"`hooks` in plugin.toml lacks {', '.join(undeclared)}" if undeclared else "it has no hook"
            raise PluginCallError(what)

    def run_isolated(self, member: LoadedPlugin, call: Callable[[], T], limit: float | None = None) -> T:
        """Run code of the plugin behind the isolation border. Raises :class:`PluginCallError`."""

        def complain(what: str) -> None:
            self.record_failure(member.name, "plugin_manners", what)

        if member.found.kind == "core":
            return self._isolation.run_trusted(call)
        return self._isolation.run(member.name, call, complain, limit)

    def _hooked_additions(self, member: LoadedPlugin) -> list[Addition]:
        if not member.may_have("province_additions"):
            return []

        key = member.name, "additions"
        if key not in self._results:
            try:
                self._results[key] = placed_additions(
                    member.name, self.hook_result(member, "province_additions", [])
                )
            except PluginCallError as fault:
                self._results[key] = []
                self.record_failure(member.name, "plugin_hook", f"province_additions(): {fault}")
        found: list[Addition] = self._results[key]
        return found
