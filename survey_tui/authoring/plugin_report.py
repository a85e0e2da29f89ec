"""The report of ``plugins check``: files, anchors in the surveys, checks, figures, interviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from survey_tui.authoring.offer_remarks import offer_remarks
from survey_tui.authoring.project import Workshop, open_project
from survey_tui.authoring.remarks import Remark, error_remark, warning_remark
from survey_tui.authoring.scripted_interview import run_visits
from survey_tui.authoring.simulation import INTERVIEWS, simulate_interviews
from survey_tui.errors import ExpressionError, PluginError
from survey_tui.expressions import BUILTINS, compile_expression
from survey_tui.forms.check.questionnaire_files import check_path
from survey_tui.forms.columns import nearest
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.composition import assemble
from survey_tui.forms.findings import Findings, FormFinding
from survey_tui.forms.library import ModuleReader
from survey_tui.forms.sources import SurveySummary
from survey_tui.plugins.baselines import baselines_of
from survey_tui.plugins.manifest import AdditionTable
from survey_tui.plugins.offers import ProvinceAddition

_LANGUAGES = ("vi", "en")


def form_findings(workshop: Workshop) -> list[FormFinding]:
    """Findings of the form checker, each once, over all surveys and commune sets with the plugin."""
    library = workshop.library
    once: dict[tuple[object, ...], FormFinding] = {}
    for survey, commune in workshop.places():
        findings = Findings()
        added = workshop.plugins.additions(survey, commune)
        functions = workshop.plugins.functions(commune) or BUILTINS
        assemble(library, Path(workshop.surveys.summary(survey).file), added, findings, functions)
        for each in findings.as_list():
            once.setdefault((each.code, each.source, each.item, each.column), each)
    forms = (workshop.project.folder / "modules", workshop.project.folder / "surveys")
    if not workshop.places() and any(each.is_dir() for each in forms):
        found = check_path(workshop.project.folder, workshop.surveys.directories(), workshop.surveys.readers)
        once.update(((each.code, each.source, each.item, each.column), each) for each in found)
    return list(once.values())


def has_errors(findings: list[FormFinding]) -> bool:
    """Whether one of them keeps the plugin from being asked."""
    return any(finding.severity == "error" for finding in findings)


def static_remarks(workshop: Workshop) -> Iterator[Remark]:
    """Remarks that need neither a sound form nor an interview."""
    yield from _text_remarks(workshop)
    surveys = workshop.surveys.surveys()
    for addition in workshop.project.manifest.addition:
        path = workshop.project.folder / "modules" / f"{addition.module}.toml"
        if not workshop.library.module_file(path).is_file():
            yield error_remark("no_module", addition.module)
        yield from _addition_remarks(workshop, addition.module, addition, surveys)
    for hooked in workshop.hooked_additions():
        yield from _addition_remarks(workshop, hooked.module.stem, hooked, surveys)
    own = workshop.project.folder / "surveys"
    if not workshop.places() and not own.is_dir() and workshop.project.manifest.addition:
        yield error_remark("nowhere")


def form_remarks(workshop: Workshop) -> Iterator[Remark]:
    """Remarks that need sound forms: on names, checks and figures."""
    forms = [workshop.form(survey, commune) for survey, commune in workshop.places()]
    names = list(dict.fromkeys(name for form in forms for name in workshop.own_names(form)))
    if len({name.partition("_")[0] for name in names}) > 1 or any("_" not in name for name in names):
        yield warning_remark("prefix", names=", ".join(names[:8]))
    yield from _check_remarks(workshop, forms)
    yield from _figure_remarks(workshop, forms)


def _text_remarks(workshop: Workshop) -> Iterator[Remark]:
    manifest = workshop.project.manifest
    texts = {"title": manifest.title, **{f"check {each.name}": each.message for each in manifest.check}}
    for item, text in texts.items():
        for language in _LANGUAGES:
            if not text.get(language, "").strip():
                yield warning_remark("untranslated", item, language=language)
    if not any((workshop.project.root / name).is_file() for name in ("README.md", "README.txt")):
        yield warning_remark("no_readme")


def _addition_remarks(
    workshop: Workshop, module: str, addition: AdditionTable | ProvinceAddition, surveys: list[SurveySummary]
) -> Iterator[Remark]:
    known = [survey.id for survey in surveys]
    for name in addition.surveys:
        if name not in known:
            yield error_remark("unknown_survey", module, survey=name, known=", ".join(known))
    wanted = [name for name in known if not addition.surveys or name in addition.surveys]
    if addition.at_end or not wanted:
        return
    items = {name: _item_names(workshop, name) for name in wanted}
    if not any(addition.after in each for each in items.values()):
        near = nearest(addition.after, sorted(set().union(*items.values())))
        yield error_remark("unknown_anchor", module, after=addition.after, nearest=near or "–")
    elif addition.surveys:
        for name in wanted:
            if addition.after not in items[name]:
                yield warning_remark("no_anchor_in", module, after=addition.after, survey=name)


def _item_names(workshop: Workshop, survey: str) -> set[str]:
    return {item.name for item in workshop.surveys.form(survey).items()}


def _check_remarks(workshop: Workshop, forms: list[CompiledForm]) -> Iterator[Remark]:
    for check in workshop.project.manifest.check:
        faults = [
            _expression_error(form, check.expression) or _expression_error(form, check.relevant)
            for form in forms
        ]
        if faults and all(faults):
            yield error_remark("bad_check", check.name, reason=next(filter(None, faults)))
        questions = {item.name for form in forms for item in form.items.values()}
        if check.question and check.question not in questions:
            near = nearest(check.question, sorted(questions)) or "–"
            yield warning_remark("check_question", check.name, question=check.question, nearest=near)


def _expression_error(form: CompiledForm, expression: str) -> str:
    try:
        if expression:
            compile_expression(expression, form.root, functions=form.functions)
    except ExpressionError as fault:
        return str(fault)
    return ""


def _figure_remarks(workshop: Workshop, forms: list[CompiledForm]) -> Iterator[Remark]:
    member = workshop.plugins.member(workshop.project.name)
    questions = {item.name for form in forms for item in form.items.values()}
    for figure in baselines_of(workshop.plugins, member) if member is not None else ():
        for name in figure.question:
            if name not in questions:
                near = nearest(name, sorted(questions)) or "–"
                yield warning_remark("figure_question", figure.id, question=name, nearest=near)
        if figure.comparable == "partial" and not all(figure.caveat.get(each) for each in _LANGUAGES):
            yield warning_remark("figure_caveat", figure.id)


class PluginReport(Struct, frozen=True, kw_only=True):
    """``failures`` are those that a surveyor's device would report; ``findings`` those of the form checker;
    ``asked`` in how many of ``interviews`` each question was shown. Without sound forms there are no
    interviews."""

    name: str
    version: str
    communes: int
    places: tuple[tuple[str, str], ...]
    findings: tuple[FormFinding, ...]
    remarks: tuple[Remark, ...]
    failures: tuple[PluginError, ...] = ()
    visits: tuple[str, ...] = ()
    interviews: int = 0
    asked: dict[str, int] = {}

    @property
    def error_count(self) -> int:
        return self._count("error") + len(self.failures)

    @property
    def warning_count(self) -> int:
        return self._count("warning")

    def _count(self, severity: str) -> int:
        of_forms = sum(finding.severity == severity for finding in self.findings)
        return of_forms + sum(remark.severity == severity for remark in self.remarks)


def _failures(workshop: Workshop) -> Iterator[PluginError]:
    """Plugin failures; a missing anchor is among the remarks instead."""
    return (each for each in workshop.plugins.failures if each.code != "plugin_anchor")


def check_plugin(
    path: Path,
    home: Path,
    interviews: int = INTERVIEWS,
    progress: Callable[[int, int], None] | None = None,
    readers: Callable[[], Mapping[str, ModuleReader]] = dict,
) -> PluginReport:
    """Check the plugin at ``path``; ``home`` is an empty directory that is deleted afterwards.

    ``readers`` are those of module files that installed plugins read. Raises ``PluginError`` when there is no
    plugin or its ``plugin.toml`` cannot be read.
    """
    project = open_project(path)
    workshop = Workshop(project, home, readers)
    found = form_findings(workshop)
    found_remarks = [*static_remarks(workshop), *offer_remarks(workshop)]
    visits: list[str] = []
    asked: dict[str, int] = {}
    held = 0
    if not has_errors(found) and not workshop.plugins.failures:
        found_remarks += form_remarks(workshop)
        if workshop.places():
            for title, remark in run_visits(workshop):
                visits.append(title)
                found_remarks += [remark] if remark is not None else []
            tally = simulate_interviews(workshop, interviews, progress=progress)
            found_remarks += tally.remarks()
            asked, held = tally.asked, tally.interviews
    return PluginReport(
        name=project.name,
        version=project.manifest.version,
        communes=len(project.communes),
        places=tuple(workshop.places()),
        findings=tuple(found),
        remarks=tuple(found_remarks),
        failures=tuple(
            each for each in workshop.plugins.failures if each.code != "plugin_anchor"
        ),  # a remark
        visits=tuple(visits),
        interviews=held,
        asked=asked,
    )
