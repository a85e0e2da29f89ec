"""Composition: modules and additions of a survey → one checked form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from survey_tui.expressions import BUILTINS, FunctionRegistry
from survey_tui.forms.builder import Build, add_other, build_items, build_lists
from survey_tui.forms.check import check_form
from survey_tui.forms.columns import nearest, parse_type
from survey_tui.forms.csv_lists import read_table
from survey_tui.forms.findings import Findings, InvalidFormError
from survey_tui.forms.library import Library, display_name
from survey_tui.forms.model import ChoiceList, Form, Group, ModuleStamp, Question, Repeat, Source
from survey_tui.forms.sources import Addition, LibraryIndex, ListFile, Module, Row, SurveyFile, SurveySummary
from survey_tui.forms.toml_reader import read_lists, read_module, read_survey

_INSTANCE = re.compile(r"""instance\(\s*['"]([^'"]+)['"]\s*\)""")


class FormParts(Struct, frozen=True):
    """Files that a form is composed of: ``modules`` in the survey's order, ``additions`` already chosen."""

    survey: SurveyFile
    modules: Sequence[Module]
    lists: Sequence[ListFile] = ()
    additions: Sequence[Module] = ()


def compose(parts: FormParts, findings: Findings) -> Form:
    """The form; faults of its rows, lists and anchors are reported in ``findings``.

    An addition whose anchor the survey does not have is left out: a short survey need not have every section.
    """
    survey = parts.survey
    or_other: set[str] = set()
    items: list[Question | Group | Repeat] = []
    for module in parts.modules:
        items.extend(_items(module, survey, findings, or_other))
    used = list(parts.modules)
    for anchor, modules in _by_anchor(parts.additions):
        added = tuple(chain.from_iterable(_items(each, survey, findings, or_other) for each in modules))
        placed = _place(items, anchor, added)
        if placed is not None:
            items = placed
            used.extend(modules)
    lists = add_other(_lists(parts, used, findings), or_other, survey.languages)
    return Form(
        id=survey.id,
        version=survey.version,
        title=survey.title,
        languages=survey.languages,
        default_language=survey.default_language,
        children=tuple(items),
        lists=_used_lists(items, lists),
        seal_key=survey.seal_key,
        modules=tuple(ModuleStamp(module.name, module.version, module.sha256) for module in used),
        sha256=_sha256(chain([survey.sha256], (m.sha256 for m in used), (f.sha256 for f in parts.lists))),
    )


def _by_anchor(additions: Sequence[Module]) -> list[tuple[str, list[Module]]]:
    """Additions by anchor, each anchor's in their order; those at the end (anchor ``""``) last."""
    places: dict[str, list[Module]] = {}
    for module in sorted(
        additions, key=lambda each: (each.addition.order if each.addition else 0, each.name)
    ):
        places.setdefault(module.addition.after if module.addition else "", []).append(module)
    return sorted(places.items(), key=lambda place: not place[0])


def _build(module: str, survey: SurveyFile, findings: Findings, or_other: set[str]) -> Build:
    return Build(
        findings,
        languages=survey.languages,
        default_language=survey.default_language,
        module=module,
        or_other=or_other,
    )


def _items(
    module: Module, survey: SurveyFile, findings: Findings, or_other: set[str]
) -> Iterable[Question | Group | Repeat]:
    return build_items(module.rows, _build(module.name, survey, findings, or_other))


def _place(
    items: Sequence[Question | Group | Repeat], anchor: str, added: tuple[Question | Group | Repeat, ...]
) -> list[Question | Group | Repeat] | None:
    """``items`` with ``added`` after the item ``anchor``, at any depth; ``None`` when it is not there."""
    if not anchor:
        return [*items, *added]
    placed: list[Question | Group | Repeat] = []
    found = False
    for item in items:
        placed.append(item)
        if found:
            continue
        if item.name == anchor:
            placed.extend(added)
            found = True
        elif not isinstance(item, Question):
            inner = _place(item.children, anchor, added)
            if inner is not None:
                placed[-1] = replace(item, children=tuple(inner))
                found = True
    return placed if found else None


def _lists(parts: FormParts, modules: Iterable[Module], findings: Findings) -> dict[str, ChoiceList]:
    """Lists of all files by name. Equal lists of one name count as one; different ones are a fault."""
    build = _build("", parts.survey, findings, set())
    merged: dict[str, ChoiceList] = {}
    for rows in chain((file.list_rows for file in parts.lists), (module.list_rows for module in modules)):
        for name, choices in build_lists(rows, build).items():
            earlier = merged.setdefault(name, choices)
            if _content(earlier) != _content(choices):
                first, second = _where(earlier), _where(choices)
                findings.error("list_twice", second, name, "name", other=first.file, line=first.line)
    return merged


def _content(choices: ChoiceList) -> list[tuple[object, ...]]:
    return [(choice.name, choice.label, choice.columns) for choice in choices.choices]


def _where(choices: ChoiceList) -> Source:
    return choices.choices[0].source


def _used_lists(
    items: Iterable[Question | Group | Repeat], lists: dict[str, ChoiceList]
) -> dict[str, ChoiceList]:
    """Only the lists that this form uses: a list of communes need not be part of every form."""
    names = set(_list_names(items))
    return {name: choices for name, choices in lists.items() if name in names}


def _list_names(items: Iterable[Question | Group | Repeat]) -> Iterator[str]:
    for item in items:
        yield from _INSTANCE.findall(item.relevant)
        if isinstance(item, Question):
            yield item.list_name
            texts = (
                item.calculation,
                item.constraint,
                item.warning,
                item.choice_filter,
                item.required,
                item.default,
            )
            yield from _INSTANCE.findall(
                " ".join((*texts, item.read_only, *item.label.values(), *item.hint.values()))
            )
        else:
            if isinstance(item, Repeat):
                yield from _INSTANCE.findall(item.repeat_count)
            yield from _list_names(item.children)


def _sha256(hashes: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def build_index(library: Library) -> LibraryIndex:
    """The surveys and additions of the library; files with faults are left out and reported."""
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
    return LibraryIndex(
        tuple(map(_summary, listed)), tuple(_additions(library, findings)), tuple(findings.all)
    )


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


def _additions(library: Library, findings: Findings) -> Iterable[Addition]:
    """Additions among the modules. Files without that word are not parsed: most modules are none."""
    for path in library.files("modules"):
        try:
            likely = path.is_file() and b"addition" in path.read_bytes()
        except OSError:
            continue
        module = read_module(path, findings) if likely else None
        if module is not None and module.addition is not None:
            yield module.addition


def assemble(
    library: Library,
    survey_path: Path,
    additions: Sequence[Path | Addition],
    findings: Findings,
    functions: FunctionRegistry = BUILTINS,
) -> Form | None:
    """Read, compose and check one survey; ``None`` when its file cannot be read.

    An addition given as a path has the anchor that its file names.
    """
    survey = read_survey(survey_path, findings)
    if survey is None:
        return None
    modules = _modules(library, survey, findings)
    added = [module for each in additions if (module := _read_addition(library, each, findings)) is not None]
    homes = dict.fromkeys((survey.path.parent.parent, *(m.path.parent.parent for m in (*modules, *added))))
    lists = list_files(library, homes, (*modules, *added), findings)
    form = compose(FormParts(survey, modules, lists, added), findings)
    check_form(form, findings, functions)
    return form


def assemble_valid(
    library: Library,
    survey_path: Path,
    additions: Sequence[Path | Addition],
    functions: FunctionRegistry = BUILTINS,
) -> Form:
    """The form; :class:`InvalidFormError` with all findings when it has errors."""
    findings = Findings()
    form = assemble(library, survey_path, additions, findings, functions)
    if form is None or findings.has_errors:
        raise InvalidFormError(display_name(survey_path), findings.as_list())
    return form


def _read_addition(library: Library, addition: Path | Addition, findings: Findings) -> Module | None:
    if isinstance(addition, Path):
        return read_module_file(library, addition, findings)
    module = read_module_file(library, Path(addition.file), findings)
    return None if module is None else replace(module, addition=addition)


def read_module_file(library: Library, path: Path, findings: Findings) -> Module | None:
    """The module in ``path``, or in the file of this name that the library has a reader for."""
    path = library.module_file(path)
    reader = library.readers().get(path.suffix) if path.suffix != ".toml" else None
    if reader is None:
        return read_module(path, findings)
    found = reader(path, findings)
    return found if isinstance(found, Module) else None


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
        elif (module := read_module_file(library, path, findings)) is not None:
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
    """The table that a row names: ``communes.csv`` of ``select_one_from_file communes.csv``."""
    text = row.cells.get("type")
    cell = parse_type(text) if isinstance(text, str) else None
    return cell.list_name if cell is not None and cell.type.endswith("_from_file") else ""
