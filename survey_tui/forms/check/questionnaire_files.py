"""Checks of files: a survey, a module, a list file, or a directory of questionnaires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from survey_tui.forms.check import check_form
from survey_tui.forms.composition import (
    FormParts,
    assemble,
    build_index,
    compose,
    list_files,
    read_module_file,
)
from survey_tui.forms.csv_lists import read_table
from survey_tui.forms.findings import Findings, FormFinding
from survey_tui.forms.library import FOLDERS, Library, ModuleReader
from survey_tui.forms.model import Source
from survey_tui.forms.sources import Module, SurveyFile
from survey_tui.forms.toml_reader import read_lists, read_survey

# A module on its own may use what the rest of its survey defines.
_DEFINED_ELSEWHERE = frozenset({"unknown_list", "expression", "unknown_name"})


def check_path(
    path: Path,
    directories: Sequence[Path] = (),
    readers: Callable[[], Mapping[str, ModuleReader]] = dict,
) -> list[FormFinding]:
    """Findings about ``path``: a questionnaire directory or one of its files.

    ``directories`` are further questionnaire directories: an addition is checked within the surveys that take
    it in. A module that no survey takes in is checked alone; names that it does not define itself are then
    only warnings. Each fault is reported once, however many surveys it appears in.
    """
    path = path.absolute()
    if path.is_dir():
        found = _directory(path, Library((path, *directories), readers))
    elif path.parent.name in FOLDERS:
        found = _member(path, Library((path.parent.parent, *directories), readers))
    else:
        found = _loose(path, Library(directories, readers))
    once = {_key(each): each for each in found}
    return sorted(once.values(), key=lambda each: (each.source.file, each.source.line, each.column))


def _directory(directory: Path, library: Library) -> list[FormFinding]:
    findings = Findings()
    surveys = library.files("surveys", directory)
    modules = library.files("modules", directory)
    if not surveys and not modules and not library.files("lists", directory):
        findings.error("no_questionnaires", Source(directory.name), directory.name)
    checked: set[Path | None] = set()
    for path in surveys:
        additions = _additions_of(library, path)
        checked.update(additions)
        checked.update(_modules_of(library, path))
        assemble(library, path, additions, findings)
    found = findings.as_list()
    for path in modules:
        if path not in checked:
            found.extend(_module(path, library))
    for path in library.files("lists", directory):
        found.extend(_list_file(path))
    return found


def _modules_of(library: Library, survey_path: Path) -> set[Path | None]:
    survey = read_survey(survey_path, Findings())
    return {library.module(name, survey_path.parent.parent) for name in survey.modules} if survey else set()


def _member(path: Path, library: Library) -> list[FormFinding]:
    if path.parent.name == "surveys":
        findings = Findings()
        assemble(library, path, _additions_of(library, path), findings)
        return findings.as_list()
    return _module(path, library) if path.parent.name == "modules" else _list_file(path)


def _loose(path: Path, library: Library) -> list[FormFinding]:
    """A file outside a questionnaire directory is what its keys say."""
    findings = Findings()
    quiet = Findings()
    survey = read_survey(path, quiet)
    if survey is not None and survey.modules:
        assemble(Library((path.parent, *library.directories), library.readers), path, (), findings)
        return findings.as_list()
    return _module(path, library)


def _list_file(path: Path) -> list[FormFinding]:
    findings = Findings()
    file = read_table(path, findings) if path.suffix == ".csv" else read_lists(path, findings)
    if file is not None:
        compose(FormParts(_survey_around((), path), (), (file,)), findings)
    return findings.as_list()


def _additions_of(library: Library, survey_path: Path) -> list[Path]:
    """All additions that any commune adds to this survey."""
    survey = read_survey(survey_path, Findings())
    identity = survey.id if survey is not None else ""
    return [
        Path(each.file)
        for each in build_index(library).additions
        if any(each.applies(identity, commune) for commune in each.communes)
    ]


def _module(path: Path, library: Library) -> list[FormFinding]:
    """Findings about one module file, from every survey that has it, else from the file alone."""
    findings = Findings()
    module = read_module_file(library, path, findings)
    if module is None:
        return findings.as_list()
    surveys = [each for each in library.files("surveys") if _takes_in(each, module, library)]
    if not surveys:
        return [*findings.as_list(), *_alone(module, library)]
    return [*findings.as_list(), *_within(module, surveys, library)]


def _within(module: Module, surveys: Sequence[Path], library: Library) -> Iterable[FormFinding]:
    """Findings about ``module`` in these surveys. One that not all of them share says where it was found."""
    found: dict[tuple[object, ...], FormFinding] = {}
    where: dict[tuple[object, ...], list[str]] = {}
    for survey in surveys:
        findings = Findings()
        form = assemble(library, survey, [module.path] if module.addition is not None else (), findings)
        for finding in findings.as_list():
            if form is not None and finding.source.file == module.source.file:
                found.setdefault(_key(finding), finding)
                where.setdefault(_key(finding), []).append(form.id)
    for key, finding in found.items():
        everywhere = len(where[key]) == len(surveys)
        named = {} if everywhere else {"survey": ", ".join(dict.fromkeys(where[key]))}
        yield replace(finding, details={**finding.details, **named})


def _key(finding: FormFinding) -> tuple[object, ...]:
    return (finding.source, finding.item, finding.column, finding.code, str(finding.details))


def _takes_in(survey_path: Path, module: Module, library: Library) -> bool:
    survey = read_survey(survey_path, Findings())
    if survey is None:
        return False
    if module.addition is None:
        return any(library.module(name, survey_path.parent.parent) == module.path for name in survey.modules)
    if module.addition.surveys and survey.id not in module.addition.surveys:
        return False
    if module.addition.at_end:
        return True
    form = assemble(library, survey_path, (), Findings())
    return form is not None and any(item.name == module.addition.after for item in form.items())


def _alone(module: Module, library: Library) -> Iterable[FormFinding]:
    findings = Findings()
    home = module.path.parent.parent
    lists = list_files(library, (home,), (module,), findings)
    whole = replace(module, addition=None)
    form = compose(FormParts(_survey_around((module.name,), module.path), (whole,), lists), findings)
    check_form(form, findings)
    for finding in findings.all:
        if finding.code in _DEFINED_ELSEWHERE and _may_be_elsewhere(finding):
            yield replace(finding, severity="warning")
        else:
            yield finding


def _may_be_elsewhere(finding: FormFinding) -> bool:
    return finding.code != "expression" or "unknown" in finding.details.get("error", "")


def _survey_around(modules: tuple[str, ...], path: Path) -> SurveyFile:
    """A survey that exists only to check ``path``."""
    return SurveyFile(
        id=path.stem,
        version="",
        title={},
        description={},
        languages=("vi", "en"),
        default_language="vi",
        modules=modules,
        path=path,
        sha256="",
    )
