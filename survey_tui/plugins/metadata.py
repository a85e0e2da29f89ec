"""Installed plugins and their ``plugin.toml``, read without importing any plugin, or pluggy.

``importlib.metadata`` gives the same but costs a command that needs nothing else of it 24 ms
(``docs/decisions/0003-entry-points-by-hand.md``). Wheels and editable installs both leave a ``*.dist-info``
directory with ``entry_points.txt`` on ``sys.path``, by the packaging specification "Entry points".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

API_VERSION = 2
"""1: ``questionnaires``, ``province_additions``, ``expression_functions``, ``check_response``,
``official_baselines``, ``exporters``, ``sync_destinations``, ``commands``. 2: ``command_groups``,
``form_file_types``, ``screens``."""

ENTRY_POINT_GROUP = "survey_tui"
MANIFEST = "plugin.toml"
MAX_MANIFEST = 512 * 1024
"""Bytes; 81 official figures written out take 40 KB."""


class EntryPoint(NamedTuple):
    """A line ``name = module:attribute``; ``distribution`` is ``project-version``."""

    name: str
    module: str
    attribute: str
    distribution: str


def installed(search_path: Iterable[str] | None = None, group: str = ENTRY_POINT_GROUP) -> list[EntryPoint]:
    """Entry points of ``group`` on ``search_path`` (default ``sys.path``), by name.

    As with imports, what stands earlier on the path hides a later copy of the same project. Unreadable
    directories and files are passed over: they cannot be imported from either.
    """
    found: dict[str, list[EntryPoint]] = {}
    for directory, metadata in _metadata_directories(sys.path if search_path is None else search_path):
        project = metadata.partition("-")[0].lower().replace(".", "_")
        if project not in found:
            text = _read(os.path.join(directory, metadata, "entry_points.txt"))  # noqa: PTH118  pathlib costs 10 ms
            found[project] = list(_parse(text, group, metadata.rpartition(".")[0]))
    return sorted(point for points in found.values() for point in points)


def _metadata_directories(search_path: Iterable[str]) -> Iterator[tuple[str, str]]:
    for directory in dict.fromkeys(search_path):
        try:
            names = os.listdir(directory or ".")  # noqa: PTH208
        except OSError:
            continue
        for name in sorted(names):
            if name.endswith((".dist-info", ".egg-info")):
                yield directory, name


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""


def _parse(text: str, group: str, distribution: str) -> Iterator[EntryPoint]:
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
