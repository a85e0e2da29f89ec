"""The surveys of this device with the additions of plugins in a commune.

An addition that makes a survey faulty (a syntax error, a question name that exists already, a missing file)
is left out and reported; the survey is asked with the others. So is one whose anchor is missing in a survey
that it names, or in every survey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from survey_tui.expressions import BUILTINS
from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.compiled import CompiledForm, Table, compile_form
from survey_tui.forms.findings import FormFinding, InvalidFormError
from survey_tui.forms.library import ModuleReader
from survey_tui.forms.model import Form
from survey_tui.forms.sources import Addition, SurveySummary
from survey_tui.plugins.manager import Plugins


def _format_finding(finding: FormFinding) -> str:
    where = f"{finding.source.file}:{finding.source.line}"
    details = ", ".join(f"{name}={text}" for name, text in finding.details.items())
    return " ".join(f"{where} {finding.item} {finding.column} {finding.code} {details}".split())


class _DuplicateModule(NamedTuple):
    """An addition has the name of a module of the survey, so that its stamp would be ambiguous."""

    name: str


class Surveys:
    """``describe`` puts a finding into words for the report of a plugin's fault; ``readers`` are further
    readers of module files, next to those of ``plugins``."""

    def __init__(
        self,
        plugins: Plugins,
        cache_dir: Path | None = None,
        describe: Callable[[FormFinding], str] = _format_finding,
        readers: Callable[[], Mapping[str, ModuleReader]] = dict,
    ) -> None:
        self.plugins = plugins
        self._further_readers = readers
        self._cache_dir = cache_dir
        self._describe = describe

    @cached_property
    def _catalogue(self) -> Catalogue:
        catalogue = Catalogue(self._directories, self._cache_dir, self.readers)
        for finding in catalogue.findings():
            if finding.code == "survey_twice":
                self._refuse_survey(finding)
        return catalogue

    def readers(self) -> Mapping[str, ModuleReader]:
        """Readers of module files that are no ``.toml``, by suffix."""
        from survey_tui.plugins.form_files import module_readers  # a module with a .toml file needs none

        return {**self._further_readers(), **module_readers(self.plugins)}

    def _refuse_survey(self, finding: FormFinding) -> None:
        """Report the plugin whose survey has the id of an earlier one."""
        first = finding.details.get("other", "")
        files = (directory / finding.source.file for directory in self._directories)
        for path in files:
            if str(path) != first and path.is_file():
                self.plugins.record_failure(
                    self._owner(str(path)), "plugin_clash", str(path), what=finding.item, other=first
                )

    @cached_property
    def _directories(self) -> tuple[Path, ...]:
        return tuple(self.plugins.questionnaire_directories())

    def directories(self) -> tuple[Path, ...]:
        """The questionnaire directories; plugins with any are loaded for it."""
        return self._directories

    def renew(self, plugins: Plugins | None = None) -> None:
        """Read again after a plugin was switched off or (``plugins``) installed."""
        self.plugins = plugins or self.plugins
        self.__dict__.pop("_directories", None)
        self.__dict__.pop("_catalogue", None)

    def surveys(self) -> list[SurveySummary]:
        """Every survey, the core's first."""
        return self._catalogue.surveys()

    def summary(self, survey_id: str) -> SurveySummary:
        """The survey of this id; ``UnknownSurveyError`` if there is none."""
        return self._catalogue.summary(survey_id)

    def findings(self) -> list[FormFinding]:
        """Faults of survey files that were left out."""
        return self._catalogue.findings()

    def form(self, survey_id: str, commune: str = "") -> Form:
        """The form with the additions of this commune. Raises ``UnknownSurveyError``, and
        ``InvalidFormError`` when the survey has errors without any addition."""
        wanted = self._additions(survey_id, commune)
        form = self._compose(survey_id, wanted, commune)
        if isinstance(form, Form):
            self._report_missing_anchors(form, wanted)
            return form
        if isinstance(form, InvalidFormError) and not wanted:
            raise form
        kept: list[Addition] = []
        for each in wanted:
            tried = self._compose(survey_id, [*kept, each], commune)
            if isinstance(tried, Form):
                kept.append(each)
            else:
                self._refuse(each, survey_id, tried)
        form = self._catalogue.composed_form(survey_id, kept, self.plugins.functions(commune))
        self._report_missing_anchors(form, kept)
        return form

    def compiled_form(self, survey_id: str, commune: str, tables: Mapping[str, Table]) -> CompiledForm:
        """The form of a commune, ready to be asked, with the functions that plugins add there."""
        form = self.form(survey_id, commune)
        return compile_form(form, self.plugins.functions(commune) or BUILTINS, tables)

    def _additions(self, survey_id: str, commune: str) -> list[Addition]:
        """All that apply, each module name once: the survey's own modules first, then plugin by plugin."""
        own = [
            replace(each, plugin=self._owner(each.file))
            for each in self._catalogue.additions(survey_id, commune)
        ]
        taken: dict[str, str] = {}
        found = []
        for each in (*own, *self.plugins.additions(survey_id, commune)):
            first = taken.setdefault(each.name, each.plugin)
            if first is each.plugin and each not in found:
                found.append(each)
            else:
                what = f"modules/{each.name}.toml"
                self.plugins.record_failure(each.plugin, "plugin_clash", what, what=what, other=first)
        return found

    def _owner(self, file: str) -> str:
        """The plugin in whose questionnaire directory a file lies."""
        home = Path(file).parent.parent
        for member in self.plugins.members():
            if home == member.folder or home in self.plugins.hook_result(member, "questionnaires", []):
                return member.name
        return "survey_tui"

    def _compose(
        self, survey_id: str, additions: Sequence[Addition], commune: str
    ) -> Form | InvalidFormError | _DuplicateModule:
        functions = self.plugins.functions(commune) if commune else None
        try:
            form = self._catalogue.composed_form(survey_id, additions, functions)
        except InvalidFormError as error:
            return error
        names = [stamp.name for stamp in form.modules]
        twice = next((name for name in names if names.count(name) > 1), "")
        return _DuplicateModule(twice) if twice else form

    def _report_missing_anchors(self, form: Form, additions: Sequence[Addition]) -> None:
        """Report additions without an anchor. A survey that the plugin does not name may lack it."""
        taken = {stamp.name for stamp in form.modules}
        for each in additions:
            if each.name in taken or (not each.surveys and self._has_anchor(each.after)):
                continue
            self.plugins.record_failure(
                each.plugin,
                "plugin_anchor",
                f"{each.name} {each.after}",
                strike=False,
                module=each.name,
                after=each.after,
                survey=form.id,
            )

    def _has_anchor(self, anchor: str) -> bool:
        """Whether any survey, without additions, has an item of this name."""
        for survey in self._catalogue.surveys():
            form = self._compose(survey.id, (), "")
            if isinstance(form, Form) and any(item.name == anchor for item in form.items()):
                return True
        return False

    def _refuse(self, addition: Addition, survey_id: str, fault: InvalidFormError | _DuplicateModule) -> None:
        if isinstance(fault, _DuplicateModule):
            what = f"modules/{fault.name}.toml"
            self.plugins.record_failure(addition.plugin, "plugin_clash", what, what=what, other=survey_id)
            return
        first = next((one for one in fault.findings if one.severity == "error"), fault.findings[0])
        self.plugins.record_failure(
            addition.plugin, "plugin_addition", self._describe(first).rstrip("."), survey=survey_id
        )
