"""What the screens work with, handed in once: surveys, places, responses, settings, the clock, the language.

Screens reach the store through the desk, and none reads it during an interview: there, events go to the
disk through the session's sink.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from survey_tui.application.settings import Settings, load_settings, save_settings
from survey_tui.errors import StoreError, SurveyError
from survey_tui.fieldwork.interviews import Clock, Fieldwork, Visit, device_clock
from survey_tui.forms.catalogue import UnknownSurveyError
from survey_tui.forms.compiled import CompiledForm, Table
from survey_tui.interview.session import Adviser, Session
from survey_tui.locale import Translator
from survey_tui.store import ResponseStore, Summary
from survey_tui.ui.appearance import ASCII, UNICODE, Signs
from survey_tui.ui.sync_client import SyncClient

if TYPE_CHECKING:
    from survey_tui.interview.form_change import CarryOver
    from survey_tui.ui import StartRequest
    from survey_tui.vietnamese.typing import TypingEngine


_THEME_FOR_TERMINAL = {"linux": "16", "vt100": "ascii", "vt220": "ascii", "dumb": "ascii"}


class SurveyEntry(Protocol):
    """A survey in the list of surveys."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> dict[str, str]: ...


class Forms(Protocol):
    """Where surveys come from; a commune may have additions of its own."""

    def surveys(self) -> Sequence[SurveyEntry]: ...
    def compiled(self, survey_id: str, commune: str, tables: Mapping[str, Table]) -> CompiledForm: ...


class Commune(Protocol):
    """What the screens show of a commune."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def province(self) -> str: ...


class Geography(Protocol):
    """Where communes are found."""

    def commune(self, code: str) -> Commune: ...
    def search(self, text: str, *, limit: int = 20) -> Sequence[Commune]: ...
    def table(self) -> Table: ...


class PluginSwitch(Protocol):
    """How a plugin that fails is done without, and one that was installed taken in (``renew``: whether it is
    used)."""

    def can_switch_off(self, plugin: str) -> bool: ...
    def switch_off(self, plugin: str) -> None: ...
    def renew(self) -> bool: ...


class Desk:
    """See the module. ``problem`` is a message about something that went wrong beside the question at hand
    (``news`` tells what did elsewhere); ``failing`` are plugins that somebody may want to switch off, with
    what was wrong; ``language_followers`` are called when the language has changed."""

    def __init__(  # noqa: PLR0913, PLR0917 (the rooms, each once)
        self,
        home: Path,
        forms: Forms,
        places: Geography,
        store: ResponseStore | None,
        settings: Settings,
        clock: Clock = device_clock,
        advisers: Sequence[Adviser] = (),
        news: Callable[[], Sequence[SurveyError]] = tuple,
        plugins: PluginSwitch | None = None,
    ) -> None:
        self.home = home
        self.sync_client = SyncClient(home)
        self.forms = forms
        self.places = places
        self._store = store
        self.settings = settings
        self.now = clock
        self._advisers = advisers
        self._news = news
        self._plugins = plugins
        self.failing: dict[str, list[SurveyError]] = {}
        self.words = Translator(settings.language)
        self.problem = ""
        self._said = ""
        self._heard = store.notices if store is not None else ()
        self.hear()
        self.language_followers: list[Callable[[], None]] = []

    @property
    def store(self) -> ResponseStore:
        """The responses; not there while the passphrase is asked for."""
        assert self._store is not None
        return self._store

    def hear(self) -> None:
        """What went wrong elsewhere since last time becomes the ``problem``."""
        asked = set(self.failing)
        for error in self._news():
            self.problem = f"{self.problem} {self.words.error(error)}".strip()
            name = str(error.details.get("plugin", ""))
            if self._plugins is not None and self._plugins.can_switch_off(name):
                self.failing.setdefault(name, []).append(error)
        for name in self.failing:
            if name not in asked:
                self.problem = f"{self.problem} {self.words('plugins.off_question', plugin=name)}"

    def switch_off(self, plugin: str) -> None:
        """Do without a plugin from the next interview on."""
        if self._plugins is not None:
            self._plugins.switch_off(plugin)
        self.failing.pop(plugin, None)

    def renew(self) -> str:
        """Plugins were installed: use them from the next interview on. What to say about it: the name of a
        message."""
        if self._plugins is None:
            return "sync.install_next_start"
        self.failing.clear()
        used = self._plugins.renew()
        self.hear()
        return "sync.install_ready_now" if used else "sync.install_safe_mode"

    # --- settings
    @property
    def theme(self) -> str:
        """The theme in force: what is set, or what suits the terminal."""
        if self.settings.theme != "auto":
            return self.settings.theme
        return _THEME_FOR_TERMINAL.get(os.environ.get("TERM", ""), "dark")

    @property
    def signs(self) -> Signs:
        """Signs that the terminal can show."""
        return ASCII if self.theme == "ascii" else UNICODE

    def composer(self) -> TypingEngine | None:
        """A new engine for Vietnamese typing as set; one engine serves one editor."""
        if self.settings.typing == "off":
            return None
        from survey_tui.vietnamese.typing import TelexEngine, VniEngine

        return TelexEngine() if self.settings.typing == "telex" else VniEngine()

    def change_settings(self, **changes: object) -> None:
        """Take over settings at once and keep these; a disk that refuses is a ``problem``, not an end. What
        was set for this run only (a language on the command line) is not kept."""
        self.settings = msgspec.structs.replace(self.settings, **changes)
        if self.settings.language != self.words.language:
            self.words = Translator(self.settings.language)
        try:
            save_settings(self.home, msgspec.structs.replace(load_settings(self.home), **changes))
        except SurveyError as error:
            self.problem = self.words.error(error)

    def switch_language(self) -> None:
        """The other language, for everybody who shows words."""
        self.change_settings(language="en" if self.settings.language == "vi" else "vi")
        for follow in list(self.language_followers):
            follow()

    # --- what there is
    def title(self, titles: dict[str, str]) -> str:
        """A translated text in the language of the screens, or in the one it has."""
        return titles.get(self.words.language) or next(iter(titles.values()), "")

    def commune_name(self, code: str) -> str:
        """Name of a commune, its code if there is no such commune."""
        try:
            return self.places.commune(code).name if code else ""
        except SurveyError:
            return code

    def heading(self, commune: str, household: str, title: str) -> str:
        """One line that tells a response from the others."""
        number = self.words("home.household", number=household) if household else ""
        return self.signs.between.join(part for part in (number, self.commune_name(commune), title) if part)

    def heading_of(self, session: Session) -> Callable[[], str]:
        """The heading of an interview, in the language of the moment and with the household as it is called
        now."""
        response, titles = session.started.response_id, session.form.form.title

        def heading() -> str:
            summary = self.store.summary(response)
            return self.heading(summary.commune, summary.household, self.title(titles))

        return heading

    # --- interviews
    def open(self, start: StartRequest) -> Session:
        """The interview that was asked for on the command line."""
        if start.resume:
            change = self.form_change(start.resume)
            if change is not None:
                from survey_tui.interview.form_change import sections

                facts = next(lines for _, lines in sections(change, self.words))
                self.problem = " ".join([self.words("safety.form_title") + ".", *facts])
            return self.resume(start.resume)
        visit = Visit(
            commune=start.commune,
            area=start.area,
            household=start.household,
            surveyor=start.surveyor or self.settings.surveyor,
        )
        return self.begin(start.survey, visit)

    def begin(self, survey: str, visit: Visit) -> Session:
        """Start an interview: the draft is on the disk when this returns."""
        compiled = self._compiled(survey, visit.commune)
        return self._fieldwork().begin(compiled, visit, self.words.language)

    def resume(self, response_id: str) -> Session:
        """The interview as it stands on the disk; where its survey is gone, only what was answered
        (:meth:`gone`)."""
        return self._fieldwork().resume(self._form_of(self.store.summary(response_id)), response_id)

    def gone(self, session: Session) -> bool:
        """Whether the survey of this response is no longer here."""
        return all(survey.id != session.started.form_id for survey in self.forms.surveys())

    def form_change(self, response_id: str) -> CarryOver | None:
        """What going on with this draft changes, because its form has a newer version by now; ``None`` when
        there is nothing to tell."""
        summary = self.store.summary(response_id)
        change = self._fieldwork().form_change(self._form_of(summary), response_id)
        return None if change is None or change.silent else change

    def with_code(self, code: str) -> list[Summary]:
        """Responses with this receipt code."""
        return self._fieldwork().with_code(code, self._compiled)

    def withdraw(self, responses: Sequence[Summary]) -> None:
        """Erase these responses for good."""
        self._fieldwork().withdraw(responses)

    def record_visit(self, session: Session, outcome: str) -> None:
        """A visit without an interview."""
        from survey_tui.interview.outcome import record_visit

        record_visit(session, outcome, self.now())

    def finish(self, session: Session) -> str:
        """Freeze a complete interview; SHA-256 (hex) of what was stored."""
        return self._fieldwork().finish(session)

    def finish_as_it_is(self, session: Session) -> str:
        """Freeze a draft whose survey is gone."""
        return self._fieldwork().finish_as_it_is(session)

    def counted(self, session: Session) -> None:
        """An answer was recorded: let the lists know how far the interview is."""
        self._fieldwork().count(session)
        self._hear_store()

    def _hear_store(self) -> None:
        """What the store says after its opening (a full disk, a card that is not there) is shown once,
        until the next answer."""
        notices = self.store.notices
        fresh = [notice for notice in notices if notice not in self._heard]
        self._heard = notices
        if self.problem and self.problem == self._said:
            self.problem = ""
        self._said = " ".join(f"{notice.what(self.words)} {notice.remedy(self.words)}" for notice in fresh)
        self.problem = self._said or self.problem

    def settle(self) -> None:
        """Let the disk know where the surveyor is; called when the screen is painted and nothing is typed."""
        if not self.store.read_only:
            with suppress(StoreError):  # no answer waits, only visits: they go with the next answer
                self.store.flush()

    def responses(self) -> list[Summary]:
        """All responses, the last changed first."""
        self.store.refresh()
        return self.store.summaries()

    def _form_of(self, summary: Summary) -> CompiledForm:
        try:
            return self._compiled(summary.form_id, summary.commune)
        except UnknownSurveyError:
            return self._fieldwork().leftover(summary.id)

    def _compiled(self, survey: str, commune: str) -> CompiledForm:
        compiled = self.forms.compiled(survey, commune, {"communes": self.places.table()})
        self.hear()
        return compiled

    def _fieldwork(self) -> Fieldwork:
        if not self.settings.device and not self.store.read_only:
            import secrets

            self.change_settings(device=secrets.token_hex(8))
        return Fieldwork(self.store, self.settings.device, self.now, self._advisers)
