"""Installed plugins and their ``plugin.toml``, read without importing any plugin, or pluggy.

``importlib.metadata`` gives the same but costs a command that needs nothing else of it 24 ms
(``docs/decisions/0003-entry-points-by-hand.md``). Wheels and editable installs both leave a ``*.dist-info``
directory with ``entry_points.txt`` on ``sys.path``, by the packaging specification "Entry points".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

API_VERSION = 2
"""1: ``questionnaires``, ``province_additions``, ``expression_functions``, ``check_response``,
``official_baselines``, ``exporters``, ``sync_destinations``, ``commands``. 2: ``command_groups``,
``form_file_types``, ``screens``."""

ENTRY_POINT_GROUP = "survey_tui"
MANIFEST = "plugin.toml"
CORE = "survey_tui"
"""The distribution whose plugins are no third party's."""

FOLDER = "plugins"
"""Where plugins are in the home."""

MAX_MANIFEST = 512 * 1024
"""Bytes; 81 official figures written out take 40 KB."""


class EntryPoint(NamedTuple):
    """A line ``name = module:attribute``; ``distribution`` is ``project-version``."""

    name: str
    module: str
    attribute: str
    distribution: str


def installed_entry_points(
    search_path: Iterable[str] | None = None, group: str = ENTRY_POINT_GROUP
) -> list[EntryPoint]:
    """Entry points of ``group`` on ``search_path`` (default ``sys.path``), by name.

    As with imports, the first copy of a project on the path hides later ones. Unreadable directories and
    files are skipped: they cannot be imported from either.
    """
    found: dict[str, list[EntryPoint]] = {}
    for directory, metadata in _metadata_directories(sys.path if search_path is None else search_path):
        project = metadata.partition("-")[0].lower().replace(".", "_")
        if project not in found:
            text = _read_text(os.path.join(directory, metadata, "entry_points.txt"))  # noqa: PTH118  pathlib costs 10 ms
            found[project] = list(_parse_entry_points(text, group, metadata.rpartition(".")[0]))
    return sorted(point for points in found.values() for point in points)


def search_path_outside(home: Path | None) -> list[str]:
    """``sys.path`` without the plugins in the home, which are on it once their code was loaded."""
    root = os.path.join(home, FOLDER) if home is not None else ""  # noqa: PTH118
    return [place for place in sys.path if not root or os.path.dirname(place) != root]  # noqa: PTH120


def is_core(distribution: str) -> bool:
    """Whether ``project-version`` is the program itself."""
    return distribution.partition("-")[0].lower().replace("-", "_") == CORE


def module_folder(module: str, search_path: Iterable[str]) -> str:
    """The package's directory if a ``plugin.toml`` is in it; nothing is imported."""
    parts = module.split(".")
    for directory in dict.fromkeys(search_path):
        folder = os.path.join(directory or ".", *parts)  # noqa: PTH118
        if os.path.isfile(os.path.join(folder, MANIFEST)):  # noqa: PTH113, PTH118
            return folder
    return ""


def may_mention(home: Path, hook: str) -> bool:
    """Whether the files of a Python plugin mention ``hook``, or cannot rule it out.

    Manifests are searched as text: parsing them would double the time that ``--help`` takes.
    """
    outside = search_path_outside(home)
    points = [point for point in installed_entry_points(outside) if not is_core(point.distribution)]
    if any(_may_name(point, outside, hook) for point in points):
        return True
    root = os.path.join(home, FOLDER)  # noqa: PTH118
    try:
        names = os.listdir(root)  # noqa: PTH208
    except OSError:
        return False
    return any(_folder_may_mention(os.path.join(root, name), hook) for name in names)  # noqa: PTH118


def _folder_may_mention(folder: str, hook: str) -> bool:
    name = os.path.basename(folder)  # noqa: PTH119
    if name.startswith("."):
        return name.startswith((".old.", ".gone-"))  # an interrupted replacement, which discovery completes
    if os.path.isfile(os.path.join(folder, MANIFEST)):  # noqa: PTH113, PTH118
        return False  # a declarative plugin has no hooks
    return any(_may_name(point, [folder], hook) for point in installed_entry_points([folder]))


def _may_name(point: EntryPoint, search_path: Iterable[str], hook: str) -> bool:
    folder = module_folder(point.module, search_path)
    if not folder:
        return True
    try:
        text = read_manifest(folder)
    except OSError:
        return False
    return hook.encode() in text or b"\\" in text  # an escape can spell anything


def _metadata_directories(search_path: Iterable[str]) -> Iterator[tuple[str, str]]:
    for directory in dict.fromkeys(search_path):
        try:
            names = os.listdir(directory or ".")  # noqa: PTH208
        except OSError:
            continue
        for name in sorted(names):
            if name.endswith((".dist-info", ".egg-info")):
                yield directory, name


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""


def _parse_entry_points(text: str, group: str, distribution: str) -> Iterator[EntryPoint]:
    if f"[{group}]" not in text:
        return
    section = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == group and "=" in line and not line.startswith(("#", ";")):
            name, _, target = (part.strip() for part in line.partition("="))
            module, _, attribute = target.partition("[")[0].strip().partition(":")
            yield EntryPoint(name, module.strip(), attribute.strip(), distribution)


def read_manifest(folder: str) -> bytes:
    """The bytes of ``folder/plugin.toml``, one more than allowed at most. Raises ``OSError``."""
    path = os.path.join(folder, MANIFEST)  # noqa: PTH118  pathlib costs 10 ms at start-up
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(MAX_MANIFEST + 1)
