"""The surveys on this device, by id, each ready to be asked.

Start-up comes through here: when nothing has changed since the last run, the list of surveys and the form are
read from the cache, and neither the TOML reader nor the checker is imported. The content of the files
decides; files whose sizes and times are those of the last run are taken to have the content of that run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.errors import ExitCode, FormError
from survey_tui.forms.cache import Cache
from survey_tui.forms.findings import FormFinding
from survey_tui.forms.library import Library, ModuleReader
from survey_tui.forms.model import Form
from survey_tui.forms.sources import Addition, Index, SurveySummary

if TYPE_CHECKING:
    from survey_tui.expressions import FunctionRegistry
    from survey_tui.forms.compiled import CompiledForm, Table


class UnknownSurveyError(FormError):
    """No survey of this id. Code ``forms_no_survey``; details ``survey`` and ``known`` (ids, or ``—``)."""

    exit_code = ExitCode.NOT_FOUND


class Catalogue:
    """Surveys found in ``directories`` (each with ``surveys/``, ``modules/``, ``lists/``).

    Files are looked at once, when something is first asked; a new catalogue sees what has changed since.
    ``readers`` are those of :class:`~survey_tui.forms.library.Library`.
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
        self._index: Index | None = None

    def surveys(self) -> list[SurveySummary]:
        """Every survey whose file can be read: by their ``order``, then by directory and file name."""
        return list(self._indexed().surveys)

    def findings(self) -> list[FormFinding]:
        """Survey files and additions that could not be taken in, with the reason."""
        return list(self._indexed().findings)

    def summary(self, survey_id: str) -> SurveySummary:
        """The survey of this id; :class:`UnknownSurveyError` if there is none."""
        surveys = self._indexed().surveys
        for survey in surveys:
            if survey.id == survey_id:
                return survey
        known = ", ".join(survey.id for survey in surveys) or "—"
        raise UnknownSurveyError("forms_no_survey", survey=survey_id, known=known)

    def form(self, survey_id: str, commune: str = "") -> Form:
        """The form, with the additions of this commune (code of five digits).

        Raises :class:`UnknownSurveyError`, and ``InvalidFormError`` with all findings when it has errors.
        """
        return self.composed(survey_id, self.additions(survey_id, commune))

    def additions(self, survey_id: str, commune: str) -> list[Addition]:
        """The additions in these directories that the survey takes in when held in this commune."""
        return [each for each in self._indexed().additions if each.applies(survey_id, commune)]

    def composed(
        self,
        survey_id: str,
        additions: Sequence[Addition],
        functions: FunctionRegistry | None = None,
    ) -> Form:
        """The form with exactly these additions, which may lie in other directories. Raises like
        :meth:`form`.

        ``functions`` are those that its expressions may call (``None``: the built-in ones).
        """
        survey = self.summary(survey_id)
        key = self._form_key(survey, additions, functions)
        form = self._cache.get("form", key, Form)
        if form is None:
            from survey_tui.expressions import BUILTINS
            from survey_tui.forms.composition import assemble_valid

            form = assemble_valid(self._library, Path(survey.file), additions, functions or BUILTINS)
            self._cache.put("form", key, form)
        return form

    def compiled(self, survey_id: str, commune: str, tables: Mapping[str, Table]) -> CompiledForm:
        """The form of a commune, ready to be asked; ``tables`` are what ``pulldata`` reads."""
        from survey_tui.forms.compiled import compile_form

        return compile_form(self.form(survey_id, commune), tables=tables)

    def _form_key(
        self,
        survey: SurveySummary,
        additions: Sequence[Addition],
        functions: FunctionRegistry | None,
    ) -> str:
        """All that the form is made of: no change may find an old form in the cache."""
        known = self._library.directories
        homes = dict.fromkeys(Path(each.file).parent.parent for each in additions)
        others = tuple(home for home in homes if home not in known)
        signatures = [
            f"{one.name} {one.least} {one.most} {one.takes} {one.kind} {one.volatile}"
            for one in (functions or {}).values()
        ]
        parts = [
            self._indexed_fingerprint(),
            survey.file,
            self._fingerprint_of(Library(others)) if others else "",
            *(repr(each) for each in additions),
            *signatures,
        ]
        return "\n".join(parts)

    def _indexed_fingerprint(self) -> str:
        self._indexed()
        return self._fingerprint

    def _fingerprint_of(self, library: Library) -> str:
        signature = library.signature()
        fingerprint = self._cache.get("content", signature, str) if signature else None
        if fingerprint is None:
            fingerprint = library.fingerprint()
            if signature:
                self._cache.put("content", signature, fingerprint)
        return fingerprint

    def _indexed(self) -> Index:
        if self._index is None:
            self._fingerprint = self._fingerprint_of(self._library)
            self._index = self._cache.get("index", self._fingerprint, Index)
        if self._index is None:
            from survey_tui.forms.composition import build_index

            self._index = build_index(self._library)
            self._cache.put("index", self._fingerprint, self._index)
        return self._index


def load_form(
    survey_path: Path, cache_dir: Path | None = None, *, directories: Sequence[Path] = (), commune: str = ""
) -> Form:
    """The form of one survey file (``…/surveys/<id>.toml``), from the cache when nothing has changed.

    ``directories`` may hold further modules and additions. Raises like :meth:`Catalogue.form`.
    """
    path = survey_path.absolute()
    catalogue = Catalogue((path.parent.parent, *directories), cache_dir)
    for survey in catalogue.surveys():
        if Path(survey.file) == path:
            return catalogue.form(survey.id, commune)
    from survey_tui.forms.composition import assemble_valid

    return assemble_valid(Library((path.parent.parent, *directories)), path, [])
