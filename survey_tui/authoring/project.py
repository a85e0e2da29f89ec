"""A plugin under development: its files, and the program with this plugin alone."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from survey_tui.errors import PluginError
from survey_tui.forms.compiled import CompiledForm, Table
from survey_tui.forms.library import Library, ModuleReader
from survey_tui.places import Places
from survey_tui.plugins.discovery import area_communes
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.manifest import Manifest, parse_manifest
from survey_tui.plugins.metadata import (
    ENTRY_POINT_GROUP,
    FOLDER,
    MANIFEST,
    EntryPoint,
    installed_entry_points,
    read_manifest,
)
from survey_tui.plugins.offers import ProvinceAddition
from survey_tui.plugins.survey_catalogue import Surveys

_CORE = "survey_tui-"


class Project:
    """A plugin's files. ``folder`` holds ``plugin.toml``; ``entry_point`` and ``search_path`` are those of a
    Python plugin, ``None`` and ``""`` otherwise."""

    def __init__(self, root: Path, folder: Path, entry_point: EntryPoint | None, search_path: str) -> None:
        self.root = root
        self.folder = folder
        self.entry_point = entry_point
        self.search_path = search_path
        self.manifest: Manifest = parse_manifest(read_manifest(str(folder)), str(folder / MANIFEST))

    @property
    def name(self) -> str:
        return self.manifest.name

    @cached_property
    def communes(self) -> tuple[str, ...]:
        """Codes of the communes where something of it is asked. Raises ``PlaceError``."""
        areas = [self.manifest.area, *(each.area for each in self.manifest.addition)]
        return tuple(sorted(frozenset[str]().union(*map(area_communes, areas))))

    def files(self) -> list[Path]:
        """Files whose change changes the plugin."""
        skipped = {"__pycache__", ".git", ".venv"}
        found = (path for path in self.root.rglob("*") if not skipped & set(path.parts))
        return sorted(path for path in found if path.suffix in (".toml", ".csv", ".py", ".xlsx"))


def open_project(path: Path) -> Project:
    """The plugin at ``path``: a folder with ``plugin.toml``, or the root of a Python package
    (``pyproject.toml`` with an entry point of the group ``survey_tui``).

    Raises ``PluginError``: ``kit_no_plugin``, ``kit_no_entry_point``, ``plugin_manifest``.
    """
    root = path.absolute()
    if (root / MANIFEST).is_file():
        return Project(root, root, None, "")
    if (root / "pyproject.toml").is_file():
        return _open_package(root)
    raise PluginError("kit_no_plugin", path=str(path))


def _open_package(root: Path) -> Project:
    place = root / "pyproject.toml"
    try:
        about: dict[str, Any] = tomllib.loads(place.read_text(encoding="utf-8")).get("project", {})
        points: dict[str, str] = about.get("entry-points", {}).get(ENTRY_POINT_GROUP, {})
        ((name, target),) = points.items()
        module, _, attribute = target.partition(":")
        project = str(about["name"]).replace("-", "_")
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise PluginError("kit_no_entry_point", path=str(place), reason=str(error)[:200]) from error
    point = EntryPoint(name, module, attribute, f"{project}-{about.get('version', '0')}")
    for base in (root, root / "src"):
        folder = base.joinpath(*module.split("."))
        if (folder / MANIFEST).is_file():
            return Project(root, folder, point, str(base))
    raise PluginError("kit_no_plugin", path=str(root / module))


class Workshop:
    """The national surveys with this plugin alone, in a ``home`` that is deleted afterwards.

    ``readers`` are those of module files that other plugins read. Code of a Python plugin runs behind the
    same border as on a surveyor's device.
    """

    def __init__(
        self, project: Project, home: Path, readers: Callable[[], Mapping[str, ModuleReader]] = dict
    ) -> None:
        self.project = project
        points = [point for point in installed_entry_points() if point.distribution.startswith(_CORE)]
        if project.entry_point is not None:
            if project.search_path not in sys.path:
                sys.path.insert(0, project.search_path)
            points.append(project.entry_point)
        else:
            place = home / FOLDER / project.name
            place.parent.mkdir(parents=True, exist_ok=True)
            _link(project.folder, place)
        self.plugins = Plugins.load(points, home)
        self.surveys = Surveys(self.plugins, readers=readers)
        self._forms: dict[tuple[object, ...], CompiledForm] = {}

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Tables of ``pulldata``: the communes of the country."""
        return {"communes": Places().table()}

    def form(self, survey: str, commune: str) -> CompiledForm:
        """The survey as asked in this commune; one form for communes that are asked the same."""
        added = self.plugins.additions(survey, commune)
        applies = tuple(member.name for member in self.plugins.members(commune))
        key = (survey, applies, tuple(added))
        if key not in self._forms:
            self._forms[key] = self.surveys.compiled_form(survey, commune, self.tables)
        return self._forms[key]

    @property
    def library(self) -> Library:
        """The questionnaire files of the surveys."""
        return Library(self.surveys.directories(), self.surveys.readers)

    def own_names(self, form: CompiledForm) -> list[str]:
        """Names of this plugin's visible questions in ``form``."""
        modules = {table.module for table in self.project.manifest.addition} | self._hooked_modules()
        return [
            item.name
            for item in form.items.values()
            if item.question is not None and item.is_visible and item.question.module in modules
        ]

    def hooked_additions(self) -> list[ProvinceAddition]:
        """Additions of the hook ``province_additions``."""
        member = self.plugins.member(self.project.name)
        found: list[ProvinceAddition] = (
            self.plugins.hook_result(member, "province_additions", []) if member is not None else []
        )
        return found

    def _hooked_modules(self) -> set[str]:
        return {each.module.stem for each in self.hooked_additions()}

    def places(self) -> list[tuple[str, str]]:
        """(survey, commune) for each form that has the plugin: communes that are asked the same count once.
        The plugin's own surveys come with a commune of its area, or none."""
        found: dict[tuple[object, ...], tuple[str, str]] = {}
        own = self.project.folder / "surveys"
        for survey in self.surveys.surveys():
            for commune in self.project.communes or ("",):
                added = self.plugins.additions(survey.id, commune)
                if added or own in Path(survey.file).parents:
                    key = (survey.id, *added)
                    found.setdefault(key, (survey.id, commune))
        return list(found.values())


def _link(folder: Path, place: Path) -> None:
    """Link ``folder`` at ``place``, or copy it where the system allows no link."""
    try:
        place.symlink_to(folder, target_is_directory=True)
    except OSError:
        shutil.copytree(folder, place)
