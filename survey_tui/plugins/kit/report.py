"""Everything that ``plugins check`` has to say about a plugin, in one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from survey_tui.authoring.plugin_report import faulty, form_findings, of_forms, remarks
from survey_tui.authoring.project import Workshop, open_project
from survey_tui.authoring.remarks import Remark
from survey_tui.authoring.simulation import INTERVIEWS, simulate
from survey_tui.errors import PluginError
from survey_tui.forms.findings import Finding
from survey_tui.plugins.kit.visits import held_visits

__all__ = ["Report", "examine"]


class Report(Struct, frozen=True, kw_only=True):
    """``failures`` are what the program would report on a surveyor's device; ``findings`` those of the form
    checker; ``asked`` in how many of ``interviews`` each question was shown. Without a faultless form there
    are no interviews."""

    name: str
    version: str
    communes: int
    places: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...]
    failures: tuple[PluginError, ...] = ()
    visits: tuple[str, ...] = ()
    interviews: int = 0
    asked: dict[str, int] = {}

    @property
    def errors(self) -> int:
        """How many things must be mended."""
        return self._count("error") + len(self.failures)

    @property
    def warnings(self) -> int:
        """How many things look like a mistake."""
        return self._count("warning")

    def _count(self, severity: str) -> int:
        of_forms = sum(finding.severity == severity for finding in self.findings)
        return of_forms + sum(remark.severity == severity for remark in self.remarks)


def _failures(workshop: Workshop) -> Iterator[PluginError]:
    """What broke; a missing anchor is among the remarks."""
    return (each for each in workshop.plugins.failures if each.code != "plugin_anchor")


def examine(
    path: Path,
    home: Path,
    interviews: int = INTERVIEWS,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Look at the plugin at ``path``; ``home`` is an empty directory that is thrown away afterwards.

    Raises ``PluginError`` when there is no plugin or its ``plugin.toml`` cannot be read.
    """
    project = open_project(path)
    workshop = Workshop(project, home)
    found = form_findings(workshop)
    said = list(remarks(workshop))
    visits: list[str] = []
    asked: dict[str, int] = {}
    held = 0
    if not faulty(found) and not workshop.plugins.failures:
        said += of_forms(workshop)
        if workshop.places():
            for title, remark in held_visits(workshop):
                visits.append(title)
                said += [remark] if remark is not None else []
            tally = simulate(workshop, interviews, progress=progress)
            said += tally.remarks()
            asked, held = tally.asked, tally.interviews
    return Report(
        name=project.name,
        version=project.manifest.version,
        communes=len(project.communes),
        places=tuple(workshop.places()),
        findings=tuple(found),
        remarks=tuple(said),
        failures=tuple(
            each for each in workshop.plugins.failures if each.code != "plugin_anchor"
        ),  # a remark
        visits=tuple(visits),
        interviews=held,
        asked=asked,
    )
