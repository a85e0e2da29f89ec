"""Catalogue: the surveys on this device, by id, with their forms.

Start-up uses it: when nothing has changed since the last run, the list of surveys and the form come from the
cache, and neither the TOML reader nor the checks are imported. Files whose sizes and times are those of
the last run count as unchanged; otherwise their content decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.errors import ExitCode, FormError
from survey_tui.expressions import BUILTINS
from survey_tui.forms.cache import Cache
from survey_tui.forms.compiled import compile_form
from survey_tui.forms.findings import FormFinding
from survey_tui.forms.library import Library, ModuleReader
from survey_tui.forms.model import Form
from survey_tui.forms.sources import Addition, LibraryIndex, SurveySummary

if TYPE_CHECKING:
    from survey_tui.expressions import FunctionRegistry
    from survey_tui.forms.compiled import CompiledForm, Table


class UnknownSurveyError(FormError):
    """No survey of this id. Code ``forms_no_survey``; details ``survey`` and ``known`` (ids, or ``—``)."""

    exit_code = ExitCode.NOT_FOUND


class Catalogue:
    """Surveys found in ``directories`` (each with ``surveys/``, ``modules/``, ``lists/``).

    Files are read once, on first use; only a new catalogue sees later changes.
    """

    def __init__(
        self,
        directories: Sequence[Path],
        cache_dir: Path | None = None,
        readers: Callable[[], Mapping[str, ModuleReader]] = dict,
    ) -> None:
        self._library = Library(directories, readers)
        self._cache = Cache(cache_dir)
        self._fingerprint = ""
        self._index: LibraryIndex | None = None

    def surveys(self) -> list[SurveySummary]:
        """Every survey whose file can be read: by ``order``, then by directory and file name."""
        return list(self._load_index().surveys)

    def findings(self) -> list[FormFinding]:
        """Findings about the survey files and additions that were left out."""
        return list(self._load_index().findings)

    def summary(self, survey_id: str) -> SurveySummary:
        """The survey of this id; :class:`UnknownSurveyError` if there is none."""
        surveys = self._load_index().surveys
        for survey in surveys:
            if survey.id == survey_id:
                return survey
        known = ", ".join(survey.id for survey in surveys) or "—"
        raise UnknownSurveyError("forms_no_survey", survey=survey_id, known=known)

    def form(self, survey_id: str, commune: str = "") -> Form:
        """The form, with the additions of this commune (code of five digits).

        Raises :class:`UnknownSurveyError`, and ``InvalidFormError`` with all findings when it has errors.
        """
        return self.composed_form(survey_id, self.additions(survey_id, commune))

    def additions(self, survey_id: str, commune: str) -> list[Addition]:
        """The additions in these directories that the survey takes in, in this commune."""
        return [each for each in self._load_index().additions if each.applies(survey_id, commune)]

    def composed_form(
        self,
        survey_id: str,
        additions: Sequence[Addition],
        functions: FunctionRegistry | None = None,
    ) -> Form:
        """The form with exactly these additions, also from other directories. Raises like :meth:`form`.

        ``functions`` are those that its expressions may call (``None``: the built-in ones).
        """
        survey = self.summary(survey_id)
        key = self._form_key(survey, additions, functions)
        form = self._cache.get("form", key, Form)
        if form is None:
            from survey_tui.forms.composition import assemble_valid

            form = assemble_valid(self._library, Path(survey.file), additions, functions or BUILTINS)
            self._cache.store("form", key, form)
        return form

    def compiled_form(self, survey_id: str, commune: str, tables: Mapping[str, Table]) -> CompiledForm:
        """The compiled form of a commune; ``tables`` are for ``pulldata``."""

        return compile_form(self.form(survey_id, commune), tables=tables)

    def _form_key(
        self,
        survey: SurveySummary,
        additions: Sequence[Addition],
        functions: FunctionRegistry | None,
    ) -> str:
        """Everything that the form is made of, so that no change finds an old form in the cache."""
        known = self._library.directories
        homes = dict.fromkeys(Path(each.file).parent.parent for each in additions)
        others = tuple(home for home in homes if home not in known)
        signatures = [
            f"{one.name} {one.least} {one.most} {one.takes} {one.kind} {one.volatile}"
            for one in (functions or {}).values()
        ]
        parts = [
            self._index_fingerprint(),
            survey.file,
            self._fingerprint_of(Library(others)) if others else "",
            *(repr(each) for each in additions),
            *signatures,
        ]
        return "\n".join(parts)

    def _index_fingerprint(self) -> str:
        self._load_index()
        return self._fingerprint

    def _fingerprint_of(self, library: Library) -> str:
        signature = library.signature()
        fingerprint = self._cache.get("content", signature, str) if signature else None
        if fingerprint is None:
            fingerprint = library.fingerprint()
            if signature:
                self._cache.store("content", signature, fingerprint)
        return fingerprint

    def _load_index(self) -> LibraryIndex:
        if self._index is None:
            self._fingerprint = self._fingerprint_of(self._library)
            self._index = self._cache.get("index", self._fingerprint, LibraryIndex)
        if self._index is None:
            from survey_tui.forms.composition import build_index

            self._index = build_index(self._library)
            self._cache.store("index", self._fingerprint, self._index)
        return self._index
