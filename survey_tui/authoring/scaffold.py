"""A new plugin: a complete small package that passes its own tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec import Struct

from survey_tui.errors import PluginError
from survey_tui.places import Places
from survey_tui.vietnamese import fold

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_API = "1"  # the blank uses nothing newer, and so works with every version of the program
_VERSION = "2026.1"
_SHARED = ("plugin.toml.txt", "modules/NAME.toml.txt", "tests/visits.toml.txt")


class PluginPlace(Struct, frozen=True):
    """The area of a plugin: a province of today, or (``legacy``) as it was before 2025-07-01."""

    code: str
    name: str
    legacy: bool

    @property
    def area(self) -> str:
        """The TOML lines of ``[area]``."""
        if self.legacy:
            return f'legacy_provinces = ["{self.name}"]  # trước 01/7/2025 / before 2025-07-01'
        return f'provinces = ["{self.code}"]  # {self.name}'


def find_place(name: str, *, legacy: bool) -> PluginPlace:
    """The province by its name (marks may be missing) or code; one that exists only before 2025-07-01 is
    found without ``legacy`` too. Raises ``PlaceError`` with the known ones."""
    places = Places()
    if not legacy:
        for province in places.provinces():
            if name.strip() == province.code or _plain_name(name) == _plain_name(province.name):
                return PluginPlace(province.code, province.name, legacy=False)
        if name.strip().isdecimal():
            places.province(name.strip())
    places.by_legacy_province(name)
    for area in places.legacy_provinces():
        if name.strip() == area.code or _plain_name(name) in (
            _plain_name(area.name),
            _plain_name(area.full_name),
        ):
            return PluginPlace(area.code, area.name, legacy=True)
    return PluginPlace(name.strip(), name.strip(), legacy=True)


def _plain_name(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(name).lower()))


def create_plugin(name: str, place: PluginPlace, parent: Path, *, python: bool) -> Path:
    """Write the plugin into a new folder ``parent/name``, and return that.

    Raises ``PluginError``: ``kit_bad_name``, ``kit_exists``, ``plugin_write``.
    """
    if not _NAME.fullmatch(name):
        raise PluginError("kit_bad_name", name=name[:80])
    root = parent / name
    if root.exists():
        raise PluginError("kit_exists", path=str(root))
    words = _placeholders(name, place, python=python)
    try:
        for path, text in _blank_files(python=python):
            target = root / _fill(path, words, "")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_fill(text, words, "@"), encoding="utf-8", newline="\n")
    except OSError as error:
        raise PluginError("plugin_write", path=str(root), reason=error.strerror or str(error)) from error
    return root


def _placeholders(name: str, place: PluginPlace, *, python: bool) -> dict[str, str]:
    parts = [part for part in name.split("_") if part]
    letters = "".join(part[0] for part in parts) if len(parts) > 1 else parts[0][:3]
    return {
        "NAME": name,
        "PACKAGE": f"survey_tui_{name}",
        "DASHED": name.replace("_", "-"),
        "LETTERS": letters,
        "PLACE": place.name,
        "AREA": place.area,
        "VERSION": _VERSION,
        "API": _API,
        "HOOKS": 'hooks = ["check_response"]  # trong / in __init__.py\n' if python else "",
    }


def _blank_files(*, python: bool) -> Iterator[tuple[str, str]]:
    """(path, text) of the blank's files; a Python plugin has the questions of a declarative one inside."""
    blank = files("survey_tui.authoring") / "blank"
    declarative = dict(_walk(blank / "declarative", ""))
    if not python:
        yield from declarative.items()
        return
    yield from _walk(blank / "python", "")
    for path in _SHARED:
        inner = path if path.startswith("tests/") else f"PACKAGE/{path}"
        yield inner.removesuffix(".txt"), declarative[path.removesuffix(".txt")]


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            yield from _walk(each, f"{prefix}{each.name}/")
        elif each.name.endswith(".txt"):
            yield prefix + each.name.removesuffix(".txt"), each.read_text(encoding="utf-8")


def _fill(text: str, words: dict[str, str], mark: str) -> str:
    for word, value in words.items():
        text = text.replace(f"{mark}{word}{mark}", value)
    return text
