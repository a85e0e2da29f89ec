"""Interviews, responses, surveys, settings, language and clock, as all screens share them.

Screens reach the store through the context. During an interview none of them reads the store: events go to
the disk through the session's sink.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from survey_tui.application.plugin_failures import PluginFailures
from survey_tui.application.settings import Settings, load_device_id, load_settings, save_settings
from survey_tui.errors import StoreError, SurveyError
from survey_tui.fieldwork.interviews import Clock, InterviewService, Visit, device_clock
from survey_tui.forms.catalogue import UnknownSurveyError
from survey_tui.forms.compiled import CompiledForm, Table
from survey_tui.interview.session import Adviser, Session
from survey_tui.locale import Translator
from survey_tui.places import Places
from survey_tui.store import ResponseStore, Summaries, Summary
from survey_tui.ui.appearance import Appearance
from survey_tui.ui.start_request import StartRequest
from survey_tui.ui.sync_client import SyncClient

if TYPE_CHECKING:
    from survey_tui.interview.form_change import FormChangePlan
    from survey_tui.plugins import Plugins


class ListedSurvey(Protocol):
    """A survey in the list of surveys."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> dict[str, str]: ...


class SurveySource(Protocol):
    """The surveys of this device; a commune may have additions of its own."""

    def surveys(self) -> Sequence[ListedSurvey]: ...
    def compiled_form(self, survey_id: str, commune: str, tables: Mapping[str, Table]) -> CompiledForm: ...


class ScreenContext:
    """See the module.

    ``problem`` is a message about a failure other than that of the answer at hand. ``language_followers`` are
    called after the language has changed. Without ``store`` only the passphrase can be asked for.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (each a part of the program)
        self,
        home: Path,
        surveys: SurveySource,
        places: Places,
        store: ResponseStore | None,
        settings: Settings,
        clock: Clock = device_clock,
        advisers: Sequence[Adviser] = (),
        plugin_failures: PluginFailures | None = None,
        plugins: Callable[[], Plugins] | None = None,
    ) -> None:
        self.home = home
        self.surveys = surveys
        self.places = places
        self.now = clock
        self.plugin_failures = plugin_failures
        self.plugins = plugins
        self.sync_client = SyncClient(home)
        self.words = Translator(settings.language)
        self.problem = ""
        self.language_followers: list[Callable[[], None]] = []
        self._store = store
        self._advisers = advisers
        self._shown_notices = ""
        self._known_notices = store.notices if store is not None else ()
        self._use(settings)
        self.collect_plugin_failures()

    @property
    def store(self) -> ResponseStore:
        """The responses of this device."""
        assert self._store is not None
        return self._store

    @cached_property
    def interviews(self) -> InterviewService:
        """Interviews on this device; its identifier is made up with the first one."""
        device = self.settings.device
        if not device and not self.store.read_only:
            device = load_device_id(self.home, on_failure=self.show_error)
        return InterviewService(self.store, device, self.now, self._advisers)

    def show_error(self, error: SurveyError) -> None:
        """Show ``error`` as the problem."""
        self.problem = self.words.error(error)

    # --- plugins
    @property
    def failing_plugins(self) -> Mapping[str, Sequence[SurveyError]]:
        """Plugins that may be switched off for their failures."""
        return self.plugin_failures.undecided if self.plugin_failures is not None else {}

    @property
    def has_plugin_screens(self) -> bool:
        """Whether a plugin may have a screen of its own."""
        return self.plugins is not None and self.plugins().may_offer("screens")

    def collect_plugin_failures(self) -> None:
        """Show plugin failures since the last call."""
        if self.plugin_failures is None:
            return
        asked = set(self.failing_plugins)
        for error in self.plugin_failures.collect():
            self.problem = f"{self.problem} {self.words.error(error)}".strip()
        for name in self.failing_plugins:
            if name not in asked:
                self.problem = f"{self.problem} {self.words('plugins.off_question', plugin=name)}"

    def renew_plugins(self) -> str:
        """Use newly installed plugins from the next interview on; the key of the message that says so."""
        if self.plugin_failures is None:
            return "sync.install_next_start"
        used = self.plugin_failures.reload()
        self.collect_plugin_failures()
        return "sync.install_ready_now" if used else "sync.install_safe_mode"

    # --- settings
    def change_settings(self, **changes: object) -> None:
        """Apply settings at once and save them; a disk that refuses becomes the problem.

        A language given on the command line holds for this run and is not saved.
        """
        self._use(msgspec.structs.replace(self.settings, **changes))
        try:
            save_settings(self.home, msgspec.structs.replace(load_settings(self.home), **changes))
        except SurveyError as error:
            self.show_error(error)

    def switch_language(self) -> None:
        """Show the other language on all screens."""
        self.change_settings(language="en" if self.settings.language == "vi" else "vi")
        for follow in list(self.language_followers):
            follow()

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        self.appearance = Appearance(settings, os.environ.get("TERM", ""))
        if settings.language != self.words.language:
            self.words = Translator(settings.language)

    # --- names
    def translate(self, titles: dict[str, str]) -> str:
        """A title in the language of the screens, or in the one it has."""
        return titles.get(self.words.language) or next(iter(titles.values()), "")

    def commune_name(self, code: str) -> str:
        """Name of a commune; its code if there is no such commune."""
        try:
            return self.places.commune(code).name if code else ""
        except SurveyError:
            return code

    def heading(self, commune: str, household: str, title: str) -> str:
        """Household, commune and survey of a response, in one line."""
        number = self.words("home.household", number=household) if household else ""
        parts = (number, self.commune_name(commune), title)
        return self.appearance.symbols.between.join(part for part in parts if part)

    def session_heading(self, session: Session) -> str:
        """The heading of an interview, in the present language and with the household as last answered."""
        summary = self.store.summary(session.started.response_id)
        return self.heading(summary.commune, summary.household, self.translate(session.form.form.title))

    # --- interviews
    def start(self, request: StartRequest) -> Session:
        """Begin or resume the interview that the command line asks for."""
        if request.resume:
            change = self.form_change(request.resume)
            if change is not None:
                from survey_tui.interview.form_change import format_form_change

                facts = next(lines for _, lines in format_form_change(change, self.words))
                self.problem = " ".join([self.words("safety.form_title") + ".", *facts])
            return self.resume(request.resume)
        visit = Visit(
            commune=request.commune,
            area=request.area,
            household=request.household,
            surveyor=request.surveyor or self.settings.surveyor,
        )
        return self.begin(request.survey, visit)

    def begin(self, survey: str, visit: Visit) -> Session:
        """Begin an interview; the draft is on the disk when this returns."""
        compiled = self.compile_form(survey, visit.commune)
        return self.interviews.begin(compiled, visit, self.words.language)

    def resume(self, response_id: str) -> Session:
        """Resume an interview; one whose survey was removed can only be read and finalised."""
        return self.interviews.resume(self._form_of(self.store.summary(response_id)), response_id)

    def is_survey_removed(self, session: Session) -> bool:
        """Whether the survey of this response is no longer on the device."""
        return all(survey.id != session.started.form_id for survey in self.surveys.surveys())

    def form_change(self, response_id: str) -> FormChangePlan | None:
        """The effects of resuming this draft with a newer version of its form; ``None`` if there are none to
        show."""
        summary = self.store.summary(response_id)
        change = self.interviews.plan_form_change(self._form_of(summary), response_id)
        return change if change is not None and change.has_changes else None

    def compile_form(self, survey: str, commune: str) -> CompiledForm:
        """The form of ``survey`` for ``commune``; a plugin that fails meanwhile is shown."""
        compiled = self.surveys.compiled_form(survey, commune, {"communes": self.places.table()})
        self.collect_plugin_failures()
        return compiled

    def update_progress(self, session: Session) -> None:
        """Store how many questions are answered, for lists."""
        self.interviews.update_progress(session)
        self._show_new_notices()

    def flush(self) -> None:
        """Write visits to questions that no answer has written yet; called when nothing is being typed."""
        if not self.store.read_only:
            with suppress(StoreError):  # only visits are pending: the next answer writes them
                self.store.flush()

    def responses(self) -> Summaries:
        """All responses, drafts before final ones; in each the last changed first."""
        from survey_tui.store.queries import drafts, final

        self.store.refresh()
        return self.store.search(drafts()) + self.store.search(final())

    def _form_of(self, summary: Summary) -> CompiledForm:
        try:
            return self.compile_form(summary.form_id, summary.commune)
        except UnknownSurveyError:
            return self.interviews.form_without_survey(summary.id)

    def _show_new_notices(self) -> None:
        """Show notices of the store (a full disk, no backup location) until the next answer."""
        notices = self.store.notices
        new = [notice for notice in notices if notice not in self._known_notices]
        self._known_notices = notices
        if self.problem and self.problem == self._shown_notices:
            self.problem = ""
        self._shown_notices = " ".join(f"{each.what(self.words)} {each.remedy(self.words)}" for each in new)
        self.problem = self._shown_notices or self.problem
