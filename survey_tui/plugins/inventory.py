"""The list of ``plugins list``: every plugin, also those that are off, without importing any."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from survey_tui.errors import PluginError
from survey_tui.places import Places
from survey_tui.plugins.discovery import FoundPlugin, ResolvedManifest, resolve_manifests
from survey_tui.plugins.manager import Plugins

ListedState = Literal["on", "off", "off_by_failures", "refused", "safe_mode"]


class PluginContents(Struct, frozen=True, kw_only=True):
    """The contents of a plugin as its ``plugin.toml`` says. ``modules`` have their anchors: ``ca_mau (b)``;
    ``baselines`` counts figures written in it, ``baseline_file`` names another file."""

    modules: tuple[str, ...] = ()
    surveys: tuple[str, ...] = ()
    checks: int = 0
    baselines: int = 0
    baseline_file: str = ""
    hooks: tuple[str, ...] = ()


class PluginRecord(Struct, frozen=True, kw_only=True):
    """A listed plugin. ``order`` counts from 1; plugins are called in this order.

    ``provinces`` are today's provinces of its ``communes``. ``reason`` is the code of the error that keeps it
    from being used.
    """

    order: int
    name: str
    version: str
    kind: Literal["core", "python", "declarative"]
    source: str
    title: dict[str, str]
    provinces: tuple[str, ...]
    communes: tuple[str, ...]
    adds: PluginContents
    state: ListedState
    strikes: int = 0
    reason: str = ""


def plugin_records(plugins: Plugins) -> list[PluginRecord]:
    """All plugins, in order. A second one of the same name is listed too, as refused."""
    found = plugins.found
    manifests = resolve_manifests([one for one in found if one.problem is None], None)
    return [_record(plugins, number, one, manifests) for number, one in enumerate(found, 1)]


def _record(
    plugins: Plugins, number: int, one: FoundPlugin, manifests: dict[str, ResolvedManifest | PluginError]
) -> PluginRecord:
    known = manifests.get(one.name) if one.problem is None else None
    resolved = known if isinstance(known, ResolvedManifest) else None
    state, reason = _state(plugins, one, known)
    strikes = plugins.state.strikes.get(one.name)
    return PluginRecord(
        order=number,
        name=one.name,
        version=resolved.manifest.version if resolved is not None else one.version,
        kind=one.kind,
        source=one.place,
        title=resolved.manifest.title if resolved is not None else {},
        provinces=tuple(province_names(resolved.communes)) if resolved is not None else (),
        communes=tuple(sorted(resolved.communes)) if resolved is not None else (),
        adds=_contents(one, resolved),
        state=state,
        strikes=strikes.count if strikes is not None else 0,
        reason=reason,
    )


def _state(
    plugins: Plugins, one: FoundPlugin, known: ResolvedManifest | PluginError | None
) -> tuple[ListedState, str]:
    if one.kind != "core":
        if one.problem is not None:
            return "refused", one.problem.code
        if one.name in plugins.state.off:
            return ("off" if plugins.state.off[one.name] == "user" else "off_by_failures"), ""
        if plugins.safe_mode:
            return "safe_mode", ""
    if isinstance(known, PluginError):
        return "refused", known.code
    failure = next((each for each in plugins.failures if each.details.get("plugin") == one.name), None)
    if plugins.member(one.name) is None:
        return "refused", failure.code if failure is not None else ""
    return "on", failure.code if failure is not None else ""


def _contents(one: FoundPlugin, resolved: ResolvedManifest | None) -> PluginContents:
    if resolved is None:
        return PluginContents()
    manifest = resolved.manifest
    surveys = Path(one.folder).glob("surveys/*.toml")
    return PluginContents(
        modules=tuple(f"{each.module} ({each.after or '…'})" for each in manifest.addition),
        surveys=tuple(sorted(path.stem for path in surveys)),
        checks=len(manifest.check),
        baselines=len(manifest.baseline),
        baseline_file=manifest.baselines or "",
        hooks=manifest.hooks,
    )


def province_names(communes: Iterable[str]) -> list[str]:
    """Names of today's provinces of these communes (codes), sorted."""
    places = Places()
    return sorted({places.commune(code).province for code in communes})
