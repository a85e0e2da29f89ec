"""Form files outside the catalogue, read by the program or by the plugin for their type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.errors import FormError
from survey_tui.expressions import BUILTINS
from survey_tui.forms.check import check_form
from survey_tui.forms.check.questionnaire_files import check_path
from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.forms.findings import Findings, FormFinding, InvalidFormError
from survey_tui.forms.library import display_name
from survey_tui.forms.model import Form, Source
from survey_tui.plugins.form_files import OWN_SUFFIXES, FormFileReader, form_file_readers, module_readers

if TYPE_CHECKING:
    from survey_tui.application.context import AppContext


@lru_cache(maxsize=1)
def form_file_types(context: AppContext) -> Mapping[str, FormFileReader]:
    """Suffix → reader and writer, for every file type that a plugin adds."""
    readers = form_file_readers(context.plugins)
    context.report_failures()
    return readers


def check_files(context: AppContext, path: Path) -> list[FormFinding]:
    """Findings about a questionnaire directory or a file of any type.

    A file of an unknown type is read as TOML; if that has errors, a warning names the known types.
    """
    suffix = path.suffix.lower()
    own = path.is_dir() or suffix in ("", *OWN_SUFFIXES)
    if not own and suffix in form_file_types(context) and path.absolute().parent.name != "modules":
        return _check_file(context, path)
    directories = context.plugins.questionnaire_directories()
    found = check_path(path, directories, lambda: module_readers(context.plugins))
    if own or suffix in form_file_types(context) or all(each.severity != "error" for each in found):
        return found
    details = {"suffix": path.suffix, "known": _known_types(context)}
    source = Source(display_name(path))
    return [*found, FormFinding("file_type", "warning", source, path.name, details=details)]


def _check_file(context: AppContext, path: Path) -> list[FormFinding]:
    findings = Findings()
    _read(context, path, "", findings)
    return sorted(findings.as_list(), key=lambda each: (each.source.file, each.source.line, each.column))


def compile_form_file(context: AppContext, path: Path, commune: str) -> CompiledForm:
    """The form in a file of a plugin's type, ready to be asked in ``commune``.

    Raises ``FormError("forms_file_type")`` when no plugin reads such files, and ``InvalidFormError``.
    """
    findings = Findings()
    form = _read(context, path, commune, findings)
    context.report_failures()
    if form is None or findings.has_errors:
        raise InvalidFormError(display_name(path), findings.as_list())
    functions = context.plugins.functions(commune) or BUILTINS
    return compile_form(form, functions, {"communes": context.places.table()})


def _read(context: AppContext, path: Path, commune: str, findings: Findings) -> Form | None:
    form = _reader(context, path).read(path, findings)
    if form is not None:
        check_form(form, findings, context.plugins.functions(commune) or BUILTINS)
    return form


def _reader(context: AppContext, path: Path) -> FormFileReader:
    types = form_file_types(context)
    if path.suffix.lower() not in types:
        raise FormError("forms_file_type", path=path, suffix=path.suffix, known=_known_types(context))
    return types[path.suffix.lower()]


def _known_types(context: AppContext) -> str:
    return ", ".join((".toml", *form_file_types(context)))
