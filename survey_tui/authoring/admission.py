"""The check of a plugin before it replaces a version that works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from survey_tui.authoring.plugin_report import form_findings
from survey_tui.authoring.project import Workshop, open_project
from survey_tui.errors import PluginError, SurveyError
from survey_tui.forms.library import ModuleReader
from survey_tui.plugins.archives import write_folder
from survey_tui.plugins.form_files import installed_readers
from survey_tui.plugins.installation import PluginArchive


def admission_error(archive: PluginArchive, home: Path) -> PluginError | None:
    """The first error of the form checker in a plugin without code, read with the national surveys alone.

    Module files other than ``.toml`` are read by the plugins of ``home``. ``None`` if there is no error, or
    the plugin has code, which only a run could judge. ``OSError``: the disk has no space to unpack it.
    """
    if archive.python:
        return None
    with TemporaryDirectory(prefix="survey-tui-", ignore_cleanup_errors=True) as unpacked:
        folder = Path(unpacked, archive.name)
        folder.mkdir()
        write_folder(archive.contents, folder)
        return _check_folder(folder, Path(unpacked, "home"), partial(installed_readers, home))


def _check_folder(
    folder: Path, home: Path, readers: Callable[[], Mapping[str, ModuleReader]]
) -> PluginError | None:
    try:
        workshop = Workshop(open_project(folder), home, readers)
        faults = [each for each in form_findings(workshop) if each.severity == "error"]
    except SurveyError as error:
        return PluginError("plugin_unsound", plugin=folder.name, reason=str(error), count=1)
    failures = [each for each in workshop.plugins.failures if each.code != "plugin_anchor"]
    if failures:
        return failures[0]
    if not faults:
        return None
    first = faults[0]
    place = f"{Path(first.source.file).name}:{first.source.line}"
    reason = " ".join(part for part in (place, first.item, first.column, first.code) if part)
    return PluginError("plugin_unsound", plugin=folder.name, reason=reason, count=len(faults))
