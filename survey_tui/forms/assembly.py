"""From files to a checked form: what happens when the cache has no answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from survey_tui.expressions import BUILTINS, FunctionRegistry
from survey_tui.forms.check import check_form
from survey_tui.forms.columns import nearest
from survey_tui.forms.composition import Parts, compose
from survey_tui.forms.csv_lists import read_table
from survey_tui.forms.findings import Findings, InvalidFormError
from survey_tui.forms.library import Library
from survey_tui.forms.model import Form
from survey_tui.forms.reading import display_name
from survey_tui.forms.rows import Row
from survey_tui.forms.sources import ListFile, Module, SurveyFile
from survey_tui.forms.summaries import AdditionSummary, Index, SurveySummary
from survey_tui.forms.toml_reader import read_lists, read_module, read_survey
from survey_tui.forms.types import parse_type

__all__ = ["assemble", "assemble_valid", "build_index", "list_files"]


def build_index(library: Library) -> Index:
    """What the library offers; files with faults are left out and reported."""
    findings = Findings()
    surveys: dict[str, SurveyFile] = {}
    for path in library.files("surveys"):
        survey = read_survey(path, findings)
        if survey is None:
            continue
        if survey.id in surveys:
            findings.error("survey_twice", survey.source, survey.id, "id", other=str(surveys[survey.id].path))
            continue
        surveys[survey.id] = survey
    listed = sorted(surveys.values(), key=lambda survey: (survey.order == 0, survey.order))
    return Index(tuple(map(_summary, listed)), tuple(_additions(library, findings)), tuple(findings.all))


def _summary(survey: SurveyFile) -> SurveySummary:
    return SurveySummary(
        id=survey.id,
        version=survey.version,
        title=survey.title,
        description=survey.description,
        languages=survey.languages,
        default_language=survey.default_language,
        file=str(survey.path),
    )


def _additions(library: Library, findings: Findings) -> Iterable[AdditionSummary]:
    """Modules with a place of their own. The word is looked for first: most modules have none."""
    for path in library.files("modules"):
        try:
            likely = path.is_file() and b"addition" in path.read_bytes()
        except OSError:
            continue
        module = read_module(path, findings) if likely else None
        if module is not None and module.addition is not None:
            yield AdditionSummary(module.name, str(path), module.addition)


def assemble(
    library: Library,
    survey_path: Path,
    additions: Sequence[Path | AdditionSummary],
    findings: Findings,
    functions: FunctionRegistry = BUILTINS,
) -> Form | None:
    """Read, compose and check one survey; ``None`` when its file cannot be read.

    An addition given as a path goes where its file says, one given as a summary where the summary says.
    """
    survey = read_survey(survey_path, findings)
    if survey is None:
        return None
    modules = _modules(library, survey, findings)
    added = [module for each in additions if (module := _added(each, findings)) is not None]
    homes = dict.fromkeys((survey.path.parent.parent, *(m.path.parent.parent for m in (*modules, *added))))
    lists = list_files(library, homes, (*modules, *added), findings)
    form = compose(Parts(survey, modules, lists, added), findings)
    check_form(form, findings, functions)
    return form


def assemble_valid(
    library: Library,
    survey_path: Path,
    additions: Sequence[Path | AdditionSummary],
    functions: FunctionRegistry = BUILTINS,
) -> Form:
    """The form; :class:`InvalidFormError` with everything found when it has errors."""
    findings = Findings()
    form = assemble(library, survey_path, additions, findings, functions)
    if form is None or findings.has_errors:
        raise InvalidFormError(display_name(survey_path), findings.listed())
    return form


def _added(addition: Path | AdditionSummary, findings: Findings) -> Module | None:
    if isinstance(addition, Path):
        return read_module(addition, findings)
    module = read_module(Path(addition.file), findings)
    return None if module is None else replace(module, addition=addition.addition)


def _modules(library: Library, survey: SurveyFile, findings: Findings) -> list[Module]:
    modules: list[Module] = []
    for name in survey.modules:
        path = library.module(name, survey.path.parent.parent)
        if path is None:
            known = [each.stem for each in library.files("modules")]
            findings.error(
                "unknown_module", survey.source, name[:80], "modules", nearest=nearest(name, known)
            )
        elif any(module.path == path for module in modules):
            findings.error("module_twice", survey.source, name, "modules")
        elif (module := read_module(path, findings)) is not None:
            modules.append(module)
    return modules


def list_files(
    library: Library, homes: Iterable[Path], modules: Iterable[Module], findings: Findings
) -> list[ListFile]:
    """The shared lists of the directories that a form comes from, and the tables that its questions name."""
    homes = list(homes)
    wanted = {name for module in modules for row in module.rows if (name := _table_name(row))}
    tables = (path for home in homes for path in library.files("lists", home, ".csv") if path.name in wanted)
    files = [read_lists(path, findings) for home in homes for path in library.files("lists", home)]
    files.extend(read_table(path, findings) for path in tables)
    return [file for file in files if file is not None]


def _table_name(row: Row) -> str:
    """``communes.csv`` of ``select_one_from_file communes.csv``."""
    text = row.cells.get("type")
    cell = parse_type(text) if isinstance(text, str) else None
    return cell.list_name if cell is not None and cell.type.endswith("_from_file") else ""
