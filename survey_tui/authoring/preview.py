"""A preview of a plugin while it is written; every change of its files gets a new one.

Times of files are read twice a second: that needs no system service and no further package, and works on a
USB drive and a network drive alike.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from survey_tui.authoring.plugin_report import form_findings, has_errors
from survey_tui.authoring.project import Project, Workshop, open_project
from survey_tui.authoring.respondent import AnswerHints, InterviewSetting, InterviewWalk, Respondent
from survey_tui.errors import PluginError
from survey_tui.forms.findings import FormFinding
from survey_tui.interview.events import Event
from survey_tui.interview.views import InterviewProgress, QuestionView
from survey_tui.plugins.metadata import ENTRY_POINT_GROUP

_SITE = "site"


class Preview:
    """``home`` is an empty directory for this preview. ``survey`` and ``commune`` choose the form, ``""`` the
    first one with the plugin. Call :meth:`open` first."""

    def __init__(self, path: Path, home: Path, survey: str, commune: str, language: str) -> None:
        self.path = path
        self.home = home
        self.survey = survey
        self.commune = commune
        self.language = language
        self.findings: list[FormFinding] = []
        self.failures: Sequence[PluginError] = ()
        self.usable = False
        self._project: Project | None = None
        self._workshop: Workshop | None = None

    def files(self) -> list[Path]:
        """Files to watch, also while the plugin cannot be opened."""
        suffixes = (".toml", ".csv", ".py", ".xlsx")
        return [path for path in self.path.rglob("*") if path.suffix in suffixes]

    def open(self) -> None:
        """Read the plugin. Raises ``PluginError`` for a faulty ``plugin.toml``, and ``kit_not_there`` when no
        such survey and commune has the plugin."""
        project = self._project = open_project(self.path)
        _unload(project)
        workshop = self._workshop = Workshop(project, self.home)
        self.findings = form_findings(workshop)
        self.failures = workshop.plugins.failures
        fitting = [
            (survey, self.commune or commune)
            for survey, commune in workshop.places()
            if self.survey in ("", survey) and (not self.commune or self.commune in project.communes)
        ]
        if not fitting:
            asked = self.survey or ", ".join(each.id for each in workshop.surveys.surveys())
            place = self.commune or "–"
            raise PluginError("kit_not_there", plugin=project.name, survey=asked, commune=place)
        self.survey, self.commune = fitting[0]
        self.usable = not has_errors(self.findings) and not self.failures

    def environment(self) -> dict[str, str]:
        """Variables under which a child process finds a Python plugin that is not installed."""
        project = self._project
        if project is None or project.entry_point is None:
            return {}
        point = project.entry_point
        metadata = self.home / _SITE / f"{point.distribution}.dist-info"
        metadata.mkdir(parents=True, exist_ok=True)
        line = f"{point.name} = {point.module}" + (f":{point.attribute}" if point.attribute else "")
        (metadata / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\n{line}\n", encoding="utf-8")
        search = [str(self.home / _SITE), project.search_path, os.environ.get("PYTHONPATH", "")]
        return {"PYTHONPATH": os.pathsep.join(filter(None, search))}

    def events_before_first_question(self) -> list[Event]:
        """Events of an interview up to the plugin's first question."""
        walk = self._walk()
        walk.go(until=next(iter(self._own(walk)), ""))
        return list(walk.session.events)

    def questions(self) -> Iterator[tuple[QuestionView, InterviewProgress]]:
        """The plugin's questions, as a plain respondent is asked them."""
        walk = self._walk()
        own = set(self._own(walk))
        while (stop := walk.session.step).kind != "end" and not walk.endless:
            for path in walk.session.screen(stop.path) if stop.kind == "question" else ():
                view = walk.session.question(path)
                if view.name in own:
                    yield view, walk.session.progress()
            walk.step(stop)

    def skipped_questions(self) -> list[tuple[str, str]]:
        """(name, relevance) of the questions that a plain respondent is not asked."""
        walk = self._walk()
        walk.go()
        items = {item.name: item.item for item in walk.session.form.items.values()}
        return [(name, items[name].relevant or "–") for name in self._own(walk) if not walk.asked[name]]

    def _own(self, walk: InterviewWalk) -> list[str]:
        assert self._workshop is not None
        return self._workshop.own_names(walk.session.form)

    def _walk(self) -> InterviewWalk:
        assert self._workshop is not None
        form = self._workshop.form(self.survey, self.commune)
        setting = InterviewSetting(commune=self.commune, language=self.language)
        return InterviewWalk(form, Respondent(AnswerHints(form)), setting)


def _unload(project: Project) -> None:
    """Forget the code of a Python plugin that its author may have changed."""
    if project.entry_point is not None:
        package = project.entry_point.module.partition(".")[0]
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]


INTERVAL = 0.5
"""Seconds between two looks."""

Snapshot = dict[str, tuple[int, int]]
"""Path → (time of change in ns, size)."""


def snapshot(files: Callable[[], Iterable[Path]]) -> Snapshot:
    """Times of the files; one that is being replaced at this moment is skipped."""
    seen: Snapshot = {}
    for path in files():
        try:
            about = path.stat()
        except OSError:
            continue
        seen[str(path)] = (about.st_mtime_ns, about.st_size)
    return seen
