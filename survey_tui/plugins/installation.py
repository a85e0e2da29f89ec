"""Installation and removal of plugins in the home, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from survey_tui.errors import PluginError
from survey_tui.plugins.archives import read_archive
from survey_tui.plugins.discovery import FoundPlugin
from survey_tui.plugins.folder_replacement import install_folder, remove_folder
from survey_tui.plugins.manifest import Manifest, parse_manifest
from survey_tui.plugins.metadata import API_VERSION, ENTRY_POINT_GROUP, FOLDER, MANIFEST
from survey_tui.plugins.plugin_state import PluginState
from survey_tui.plugins.signing import SIGNATURE, file_hashes, find_signer, signed_bytes

_DATA = frozenset({".toml", ".csv", ".xlsx", ".md", ".txt"})
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


class PluginArchive(Struct, frozen=True, kw_only=True):
    """A plugin that may be installed. ``signer`` is the name of the trusted key, ``""`` if there is none;
    ``needs`` are packages that a Python plugin requires and this device lacks."""

    name: str
    version: str
    python: bool
    manifest: Manifest | None
    contents: dict[str, bytes]
    signer: str
    needs: tuple[str, ...] = ()


def inspect_archive(path: Path, state: PluginState) -> PluginArchive:
    """Read and check ``path`` (zip, wheel or folder); nothing of it is run or written.

    Raises ``PluginError``: those of :mod:`~survey_tui.plugins.archives` and
    :mod:`~survey_tui.plugins.signing`, a faulty ``plugin.toml``, files that a declarative plugin may not
    have, an API that is too new.
    """
    contents = read_archive(path)
    archive = _inspect_declarative(path, contents) if MANIFEST in contents else _inspect_wheel(path, contents)
    if archive.manifest is not None and archive.manifest.requires_api > API_VERSION:
        needs = archive.manifest.requires_api
        raise PluginError(
            "plugin_api",
            plugin=archive.name,
            distribution=path.name,
            needs=needs,
            has=API_VERSION,
            reason="api",
        )
    return _check_signature(archive, path, state)


def _check_signature(archive: PluginArchive, path: Path, state: PluginState) -> PluginArchive:
    try:
        return replace(archive, signer=find_signer(archive.contents, state.keys))
    except PluginError as error:
        unknown = error.code in ("plugin_signature_none", "plugin_signature_key")
        if state.signed_only or not unknown:  # a wrong signature is never taken for none
            raise PluginError(error.code, plugin=archive.name, distribution=path.name) from error
        return archive


def _inspect_declarative(path: Path, contents: dict[str, bytes]) -> PluginArchive:
    for name in contents:
        plain = Path(name).suffix.lower() in _DATA or name in (SIGNATURE, "LICENSE")
        if not plain:
            raise PluginError("plugin_foreign_file", entry=name)
    manifest = parse_manifest(contents[MANIFEST], f"{path.name}/{MANIFEST}")
    if manifest.hooks:
        reason = "`hooks` are for Python plugins - at `$.hooks`"
        raise PluginError("plugin_manifest", place=f"{path.name}/{MANIFEST}", reason=reason)
    return PluginArchive(
        name=manifest.name,
        version=manifest.version,
        python=False,
        manifest=manifest,
        contents=contents,
        signer="",
    )


def _inspect_wheel(path: Path, contents: dict[str, bytes]) -> PluginArchive:
    """A pure Python wheel with exactly one entry point of the group."""
    tops = {name.partition("/")[0] for name in contents}
    metadata = [top for top in tops if top.endswith(".dist-info")]
    if len(metadata) != 1:
        raise PluginError("plugin_no_plugin", entry=path.name)
    points = contents.get(f"{metadata[0]}/entry_points.txt", b"").decode("utf-8", "replace")
    section = points.partition(f"[{ENTRY_POINT_GROUP}]")[2].partition("\n[")[0]
    names = re.findall(r"^\s*([^\s=#;]+)\s*=\s*([\w.]+)", section, re.MULTILINE)
    if len(names) != 1 or not _NAME.fullmatch(names[0][0]):
        raise _wheel_error(path, f"one entry point in [{ENTRY_POINT_GROUP}] is expected")
    if any(name.endswith((".so", ".pyd", ".dll", ".dylib", ".pth")) for name in contents):
        raise _wheel_error(path, "it holds compiled code or .pth files")
    name, module = names[0]
    manifest_path = "/".join([*module.split("."), MANIFEST])
    manifest = None
    if manifest_path in contents:
        manifest = parse_manifest(contents[manifest_path], f"{path.name}/{manifest_path}")
        if manifest.name != name:
            raise _wheel_error(path, f"the entry point is {name!r}, plugin.toml says {manifest.name!r}")
    text = contents.get(f"{metadata[0]}/METADATA", b"").decode("utf-8", "replace")
    return PluginArchive(
        name=name,
        version=metadata[0].removesuffix(".dist-info").partition("-")[2],
        python=True,
        manifest=manifest,
        contents=contents,
        signer="",
        needs=tuple(_missing_packages(text)),
    )


def _missing_packages(metadata: str) -> list[str]:
    """Distributions that ``Requires-Dist`` names without a condition and that are not installed."""
    from importlib.metadata import PackageNotFoundError, version  # 24 ms, for wheels only

    missing = []
    for line in metadata.partition("\n\n")[0].splitlines():
        if line.startswith("Requires-Dist:") and ";" not in line:
            wanted = re.split(r"[\s<>=!~\[(]", line.partition(":")[2].strip())[0]
            try:
                version(wanted)
            except PackageNotFoundError:
                missing.append(wanted)
    return missing


def _wheel_error(path: Path, reason: str) -> PluginError:
    return PluginError("plugin_wheel", entry=path.name, reason=reason)


def install_archive(archive: PluginArchive, home: Path, found: list[FoundPlugin]) -> Path:
    """Write the plugin into the home, in place of an older version, and return its folder.

    Raises ``PluginError``: ``plugin_exists_elsewhere`` when another plugin has this name (the core's, or a
    package that another tool installed); ``plugin_no_room``, ``plugin_read_only``, ``plugin_write``. The
    older version works on then.
    """
    root = home / FOLDER
    target = root / archive.name
    other = next((one for one in found if one.name == archive.name and Path(one.place) != target), None)
    if other is not None:
        raise PluginError("plugin_exists_elsewhere", plugin=archive.name, other=other.place)
    try:
        install_folder(archive.contents, target)
    except OSError as error:
        raise write_error(archive.name, target, error) from error
    return target


def remove_plugin(one: FoundPlugin, home: Path) -> None:
    """Remove a plugin from the home. Raises ``PluginError``: ``plugin_core``, ``plugin_not_in_home``, and
    :func:`write_error`."""
    if one.kind == "core":
        raise PluginError("plugin_core", plugin=one.name)
    place = Path(one.place)
    if place.parent != home / FOLDER:
        raise PluginError("plugin_not_in_home", plugin=one.name, distribution=one.place)
    try:
        remove_folder(place)
    except OSError as error:
        raise write_error(one.name, place, error) from error


def write_error(plugin: str, path: Path, error: OSError) -> PluginError:
    """The error of a write that the disk refused; nothing has changed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return PluginError("plugin_no_room", plugin=plugin, path=str(path))
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return PluginError("plugin_read_only", plugin=plugin, path=str(path))
    return PluginError("plugin_write", path=str(path), reason=error.strerror or str(error))


def archive_digest(contents: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over names and bytes, for comparison by telephone."""
    return hashlib.sha256(signed_bytes(file_hashes(contents))).hexdigest()
