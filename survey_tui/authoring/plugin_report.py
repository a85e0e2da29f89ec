"""Reading a plugin without asking anybody: its files, its places in the surveys, its checks and figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.remarks import Remark, error, warning
from survey_tui.errors import ExpressionError
from survey_tui.expressions import BUILTINS, compile_expression
from survey_tui.forms.assembly import assemble
from survey_tui.forms.check.questionnaire_files import check_path
from survey_tui.forms.columns import nearest
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.findings import Finding, Findings
from survey_tui.forms.library import Library
from survey_tui.forms.summaries import SurveySummary
from survey_tui.plugins.baselines import baselines_of
from survey_tui.plugins.manifest import AdditionTable
from survey_tui.plugins.offers import ProvinceAddition

__all__ = ["faulty", "form_findings", "of_forms", "remarks"]

_LANGUAGES = ("vi", "en")


def form_findings(workshop: Workshop) -> list[Finding]:
    """What the form checker says, in every survey and commune set that takes the plugin in; each once."""
    library = Library(workshop.surveys.directories())
    once: dict[tuple[object, ...], Finding] = {}
    for survey, commune in workshop.places():
        findings = Findings()
        added = [each.summary for each in workshop.plugins.additions(survey, commune)]
        functions = workshop.plugins.functions(commune) or BUILTINS
        assemble(library, Path(workshop.surveys.summary(survey).file), added, findings, functions)
        for each in findings.listed():
            once.setdefault((each.code, each.source, each.item, each.column), each)
    forms = (workshop.project.folder / "modules", workshop.project.folder / "surveys")
    if not workshop.places() and any(each.is_dir() for each in forms):
        found = check_path(workshop.project.folder, workshop.surveys.directories())
        once.update(((each.code, each.source, each.item, each.column), each) for each in found)
    return list(once.values())


def faulty(findings: list[Finding]) -> bool:
    """Whether one of them keeps the plugin from being asked."""
    return any(finding.severity == "error" for finding in findings)


def remarks(workshop: Workshop) -> Iterator[Remark]:
    """Everything else that can be seen without an interview."""
    yield from _words(workshop)
    surveys = workshop.surveys.surveys()
    for addition in workshop.project.manifest.addition:
        if not (workshop.project.folder / "modules" / f"{addition.module}.toml").is_file():
            yield error("no_module", addition.module)
        yield from _addition(workshop, addition.module, addition, surveys)
    for hooked in workshop.hooked_additions():
        yield from _addition(workshop, hooked.module.stem, hooked, surveys)
    own = workshop.project.folder / "surveys"
    if not workshop.places() and not own.is_dir() and workshop.project.manifest.addition:
        yield error("nowhere")


def of_forms(workshop: Workshop) -> Iterator[Remark]:
    """What needs faultless forms: names, checks and figures."""
    forms = [workshop.form(survey, commune) for survey, commune in workshop.places()]
    names = list(dict.fromkeys(name for form in forms for name in workshop.own_names(form)))
    if len({name.partition("_")[0] for name in names}) > 1 or any("_" not in name for name in names):
        yield warning("prefix", names=", ".join(names[:8]))
    yield from _checks(workshop, forms)
    yield from _figures(workshop, forms)


def _words(workshop: Workshop) -> Iterator[Remark]:
    manifest = workshop.project.manifest
    texts = {"title": manifest.title, **{f"check {each.name}": each.message for each in manifest.check}}
    for item, text in texts.items():
        for language in _LANGUAGES:
            if not text.get(language, "").strip():
                yield warning("untranslated", item, language=language)
    if not any((workshop.project.root / name).is_file() for name in ("README.md", "README.txt")):
        yield warning("no_readme")


def _addition(
    workshop: Workshop, module: str, addition: AdditionTable | ProvinceAddition, surveys: list[SurveySummary]
) -> Iterator[Remark]:
    known = [survey.id for survey in surveys]
    for name in addition.surveys:
        if name not in known:
            yield error("unknown_survey", module, survey=name, known=", ".join(known))
    wanted = [name for name in known if not addition.surveys or name in addition.surveys]
    if addition.at_end or not wanted:
        return
    items = {name: _items(workshop, name) for name in wanted}
    if not any(addition.after in each for each in items.values()):
        near = nearest(addition.after, sorted(set().union(*items.values())))
        yield error("unknown_anchor", module, after=addition.after, nearest=near or "–")
    elif addition.surveys:
        for name in wanted:
            if addition.after not in items[name]:
                yield warning("no_anchor_in", module, after=addition.after, survey=name)


def _items(workshop: Workshop, survey: str) -> set[str]:
    return {item.name for item in workshop.surveys.form(survey).items()}


def _checks(workshop: Workshop, forms: list[CompiledForm]) -> Iterator[Remark]:
    for check in workshop.project.manifest.check:
        faults = [_fault(form, check.expression) or _fault(form, check.relevant) for form in forms]
        if faults and all(faults):
            yield error("bad_check", check.name, reason=next(filter(None, faults)))
        questions = {item.name for form in forms for item in form.items.values()}
        if check.question and check.question not in questions:
            near = nearest(check.question, sorted(questions)) or "–"
            yield warning("check_question", check.name, question=check.question, nearest=near)


def _fault(form: CompiledForm, expression: str) -> str:
    try:
        if expression:
            compile_expression(expression, form.root, functions=form.functions)
    except ExpressionError as fault:
        return str(fault)
    return ""


def _figures(workshop: Workshop, forms: list[CompiledForm]) -> Iterator[Remark]:
    member = workshop.plugins.member(workshop.project.name)
    questions = {item.name for form in forms for item in form.items.values()}
    for figure in baselines_of(workshop.plugins, member) if member is not None else ():
        for name in figure.question:
            if name not in questions:
                near = nearest(name, sorted(questions)) or "–"
                yield warning("figure_question", figure.id, question=name, nearest=near)
        if figure.comparable == "partial" and not all(figure.caveat.get(each) for each in _LANGUAGES):
            yield warning("figure_caveat", figure.id)
