"""Discovery of plugins, without running any: entry points, and folders in the home.

``<home>/plugins/<name>/`` holds a declarative plugin (``plugin.toml``) or an unpacked wheel
(``*.dist-info``). Parsed manifests are cached under their text, since reading TOML and looking up communes
take most of the time.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Raw, Struct, json
from msgspec.structs import replace

from survey_tui import __version__
from survey_tui.errors import PlaceError, PluginError
from survey_tui.forms.cache import Cache
from survey_tui.forms.sources import Addition
from survey_tui.plugins.metadata import (
    API_VERSION,
    FOLDER,
    MANIFEST,
    EntryPoint,
    installed_entry_points,
    is_core,
    module_folder,
    read_manifest,
    search_path_outside,
)

if TYPE_CHECKING:
    from survey_tui.plugins.manifest import Manifest
    from survey_tui.plugins.offers import Area


Kind = Literal["core", "python", "declarative"]
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


class ResolvedManifest(Struct, frozen=True):
    """A manifest whose areas are communes: of the plugin, and of each addition.

    ``hooks`` are those that it names; ``content`` is the whole manifest as JSON, which few runs decode.
    """

    content: Raw
    hooks: tuple[str, ...]
    communes: frozenset[str]
    additions: tuple[Addition, ...]

    @property
    def manifest(self) -> Manifest:
        from survey_tui.plugins.manifest import Manifest

        return json.decode(self.content, type=Manifest)


_NO_MANIFEST = ResolvedManifest(Raw(b""), (), frozenset(), ())


class FoundPlugin(Struct, frozen=True, kw_only=True):
    """A plugin that was found, used or not.

    ``place`` is the distribution or folder, for people. ``folder`` holds ``plugin.toml``, ``modules/`` …,
    ``""`` if there is none; ``search_path`` is what an unpacked wheel needs on ``sys.path``. ``problem`` is a
    reason against it that is visible without importing it.
    """

    name: str
    kind: Kind
    place: str
    version: str = ""
    entry_point: EntryPoint | None = None
    folder: str = ""
    search_path: str = ""
    problem: PluginError | None = None


def find_plugins(home: Path | None, entry_points: Iterable[EntryPoint] | None = None) -> list[FoundPlugin]:
    """Every plugin: the core's, installed Python ones, those in the home; each group sorted by name.

    The second plugin of a name is refused, with both places.
    """
    points = installed_entry_points(search_path_outside(home)) if entry_points is None else entry_points
    python = [_python_plugin(point, sys.path, "") for point in points]
    folders = list(_plugins_in_home(home)) if home is not None else []
    ordered = sorted(python, key=lambda one: one.kind != "core") + folders
    places: dict[str, str] = {}
    found: list[FoundPlugin] = []
    for one in ordered:
        first = places.setdefault(one.name, one.place)
        if first is not one.place:
            clash = PluginError("plugin_name_twice", plugin=one.name, distribution=one.place, other=first)
            found.append(_with_problem(one, clash))
        else:
            found.append(one)
    return found


def may_offer(home: Path, hook: str) -> bool:
    """Whether a plugin that is not the core's may implement ``hook``, as far as the files of plugins say."""
    found = [one for one in find_plugins(home) if one.kind == "python" and one.problem is None]
    manifests = resolve_manifests(found, home / "cache")
    return any(
        not one.folder or hook in resolved.hooks
        for one in found
        if not isinstance(resolved := manifests.get(one.name, _NO_MANIFEST), PluginError)
    )


def _with_problem(one: FoundPlugin, problem: PluginError) -> FoundPlugin:

    return replace(one, problem=one.problem or problem)


def _python_plugin(point: EntryPoint, search_path: Sequence[str], unpacked: str) -> FoundPlugin:
    version = point.distribution.partition("-")[2]
    core = not unpacked and is_core(point.distribution)
    folder = "" if core else module_folder(point.module, search_path)
    problem = None
    if not _NAME.fullmatch(point.name):
        problem = PluginError("plugin_name", plugin=point.name, distribution=point.distribution or "–")
    return FoundPlugin(
        name=point.name,
        kind="core" if core else "python",
        place=unpacked or point.distribution or "–",
        version=version,
        entry_point=point,
        folder=folder,
        search_path=unpacked,
        problem=problem,
    )


def _plugins_in_home(home: Path) -> Iterator[FoundPlugin]:
    root = os.path.join(home, FOLDER)  # noqa: PTH118
    try:
        with os.scandir(root) as entries:
            listed = sorted((entry.name, entry.path) for entry in entries if entry.is_dir())
    except OSError:
        return
    if any(name.startswith((".old.", ".gone-")) for name, _ in listed):
        from survey_tui.plugins.folder_replacement import recover

        back = ((name, os.path.join(root, name)) for name in recover(Path(root)))  # noqa: PTH118
        listed = sorted({*listed, *back})
    for folder in (path for name, path in listed if name[0] != "."):
        yield from _plugins_in_folder(folder)


def _plugins_in_folder(folder: str) -> Iterator[FoundPlugin]:
    name = os.path.basename(folder)  # noqa: PTH119
    if os.path.isfile(os.path.join(folder, MANIFEST)):  # noqa: PTH113, PTH118
        yield FoundPlugin(name=name, kind="declarative", place=folder, folder=folder)
        return
    points = installed_entry_points([folder])
    for point in points:
        yield _python_plugin(point, [folder], folder)
    if not points:
        problem = PluginError("plugin_empty", plugin=name, distribution=folder)
        yield FoundPlugin(name=name, kind="declarative", place=folder, problem=problem)


def resolve_manifests(
    found: Sequence[FoundPlugin], cache_dir: Path | None
) -> dict[str, ResolvedManifest | PluginError]:
    """Manifests by plugin name; an error for one that cannot be used."""
    contents: dict[str, tuple[FoundPlugin, bytes]] = {}
    resolved: dict[str, ResolvedManifest | PluginError] = {}
    for one in found:
        if one.folder:
            try:
                contents[one.name] = one, read_manifest(one.folder)
            except OSError as error:
                resolved[one.name] = _unreadable(one, str(error))
    if not contents:
        return resolved
    cache, key = Cache(cache_dir), _key(contents)
    known = cache.get("plugins", key, dict[str, ResolvedManifest])
    if known is None:
        fresh = {name: _resolve(one, content) for name, (one, content) in contents.items()}
        known = {name: each for name, each in fresh.items() if isinstance(each, ResolvedManifest)}
        resolved |= {name: each for name, each in fresh.items() if isinstance(each, PluginError)}
        if len(known) == len(contents):
            cache.store("plugins", key, known)
    return resolved | known


def _key(contents: dict[str, tuple[FoundPlugin, bytes]]) -> str:
    parts = [f"{__version__} {API_VERSION}"]
    for one, content in contents.values():
        parts.append(f"{one.name}\n{one.kind}\n{one.folder}\n{len(content)}")
        parts.append(content.decode("utf-8", "surrogateescape"))
    return "\n".join(parts)


def _unreadable(one: FoundPlugin, reason: str) -> PluginError:
    return PluginError(
        "plugin_manifest", plugin=one.name, distribution=one.place, place=_place(one), reason=reason
    )


def _place(one: FoundPlugin) -> str:
    return os.path.join(one.folder, MANIFEST)  # noqa: PTH118


def _resolve(one: FoundPlugin, content: bytes) -> ResolvedManifest | PluginError:
    from survey_tui.plugins.manifest import parse_manifest

    try:
        manifest = parse_manifest(content, _place(one))
    except PluginError as error:
        return _unreadable(one, str(error.details["reason"]))
    if manifest.name != one.name:
        return PluginError(
            "plugin_other_name",
            plugin=one.name,
            distribution=one.place,
            said=manifest.name,
            place=_place(one),
        )
    if manifest.requires_api > API_VERSION:
        return PluginError(
            "plugin_api",
            plugin=one.name,
            distribution=one.place,
            needs=manifest.requires_api,
            has=API_VERSION,
        )
    if manifest.hooks and one.kind == "declarative":
        return _unreadable(one, "`hooks` are for Python plugins - at `$.hooks`")
    try:
        return _locate(manifest, one.folder)
    except PlaceError as error:
        return PluginError(
            "plugin_area",
            plugin=one.name,
            distribution=one.place,
            place=_place(one),
            reason=_unknown_place(error),
        )


def _unknown_place(error: PlaceError) -> str:
    return str(error.details.get("said", "")) or str(error)


def _locate(manifest: Manifest, folder: str) -> ResolvedManifest:
    everywhere = area_communes(manifest.area)
    additions = tuple(
        Addition(
            name=table.module,
            file=os.path.join(folder, "modules", f"{table.module}.toml"),  # noqa: PTH118
            communes=tuple(sorted(area_communes(table.area) if table.area else everywhere)),
            after=table.after,
            at_end=table.at_end,
            surveys=table.surveys,
            order=table.order,
            plugin=manifest.name,
        )
        for table in manifest.addition
    )
    return ResolvedManifest(Raw(json.encode(manifest)), manifest.hooks, everywhere, additions)


def area_communes(area: Area) -> frozenset[str]:
    """Codes of today's communes in ``area``. Raises ``PlaceError`` for one that does not exist."""
    if not area:
        return frozenset()
    from survey_tui.places import Places

    places = Places()
    codes = {places.commune(code).code for code in area.communes}
    for province in area.provinces:
        places.province(province)
        codes.update(one.code for one in places.communes(province))
    for legacy in area.legacy_provinces:
        codes.update(one.code for one in places.by_legacy_province(legacy))
    return frozenset(codes)
