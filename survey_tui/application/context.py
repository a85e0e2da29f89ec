"""Application context: language, home, store, surveys, plugins, places, loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from survey_tui.errors import StoreError
from survey_tui.locale import LANGUAGES, Translator

if TYPE_CHECKING:
    from survey_tui.application.plugin_failures import PluginFailures
    from survey_tui.errors import SurveyError
    from survey_tui.forms.compiled import CompiledForm
    from survey_tui.forms.findings import FormFinding
    from survey_tui.interview.session import Adviser, Session
    from survey_tui.interview.views import InterviewFinding
    from survey_tui.places import Places
    from survey_tui.plugins import Plugins
    from survey_tui.plugins.survey_catalogue import Surveys
    from survey_tui.store import KeyRing, ResponseStore


HOME_VARIABLE = "SURVEY_TUI_HOME"
LANGUAGE_VARIABLE = "SURVEY_TUI_LANGUAGE"
COMPLETION_VARIABLE = "_SURVEY_TUI_COMPLETE"


class Reporter(Protocol):
    """Receiver of warnings and notes that do not end a run."""

    def warning(self, error: SurveyError) -> None: ...
    def note(self, key: str, **details: object) -> None: ...
    def text(self, text: str) -> None: ...


class AppContext:
    """Home, language, store, surveys and plugins of one run.

    ``home_option`` and ``language_option`` are the options as given, ``None`` when absent. In ``safe_mode``
    the only plugin is the national instrument. ``passphrase_file`` contains the passphrase of the store;
    ``ask_keys`` asks for it and returns the store's keys.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        reporter: Reporter,
        ask_keys: Callable[[AppContext], KeyRing],
    ) -> None:
        self.home_option: str | None = None
        self.language_option: str | None = None
        self.passphrase_file: Path | None = None
        self.safe_mode = False
        self._environment = environment
        self._reporter = reporter
        self._ask_keys = ask_keys
        self._store: ResponseStore | None = None

    @property
    def home(self) -> Path:
        """The directory of all data: ``--home``, else ``$SURVEY_TUI_HOME``, else the platform's default."""
        chosen = self.home_option or self._environment.get(HOME_VARIABLE)
        if chosen:
            return Path(chosen).expanduser()
        from platformdirs import user_data_path

        return user_data_path("survey-tui", appauthor=False)

    @property
    def language(self) -> str:
        """``--language``, else ``$SURVEY_TUI_LANGUAGE``, else the settings in the home."""
        chosen = self.language_option or self._environment.get(LANGUAGE_VARIABLE)
        if chosen in LANGUAGES:
            return chosen
        from survey_tui.application.settings import load_settings

        return load_settings(self.home).language

    @cached_property
    def words(self) -> Translator:
        """Messages in the chosen language."""
        return Translator(self.language)

    @cached_property
    def plugins(self) -> Plugins:
        """The plugins that loaded; failures are reported."""
        from survey_tui.plugins import Plugins

        return Plugins.load(home=self.home, safe_mode=self.safe_mode)

    @cached_property
    def plugin_failures(self) -> PluginFailures:
        """Failures of plugins, reported once each."""
        from survey_tui.application.plugin_failures import PluginFailures

        return PluginFailures(self)

    @cached_property
    def catalogue(self) -> Surveys:
        """Surveys with the additions of plugins; failures are reported."""
        from survey_tui.plugins.survey_catalogue import Surveys

        surveys = Surveys(self.plugins, self.home / "cache", self._describe)
        surveys.directories()
        self.report_failures()
        return surveys

    def _describe(self, finding: FormFinding) -> str:
        from survey_tui.forms.check import format_finding

        return format_finding(finding, self.words)

    @property
    def advisers(self) -> Sequence[Adviser]:
        """Advisers of the plugins; plugins are loaded at the first review."""
        return (self._advise,)

    def _advise(self, session: Session) -> Iterable[InterviewFinding]:
        from survey_tui.plugins.response_checks import plugin_adviser

        return plugin_adviser(self.plugins)(session)

    def report_failures(self) -> None:
        """Report plugin failures since the last call, and how to disable the plugins that failed."""
        pending = self.plugin_failures.take_pending()
        for failure in pending:
            self._reporter.warning(failure)
        for name in self.plugin_failures.failed_plugins(pending):
            self._reporter.note("plugins.off_command", plugin=name)

    def disable_plugin(self, plugin: str) -> None:
        """Disable a plugin from the next interview on. Raises as ``Plugins.switch_off``."""
        self.plugins.switch_off(plugin)
        self.catalogue.renew()

    def reload_plugins(self) -> bool:
        """Load newly installed plugins for the next interview; ``False`` in safe mode, which loads none."""
        self.__dict__["plugins"] = self.plugins.reload()
        self.catalogue.renew(self.plugins)
        return not self.safe_mode

    @cached_property
    def places(self) -> Places:
        """The gazetteer of provinces and communes."""
        from survey_tui.places import Places

        return Places()

    def form(self, survey: str, commune: str = "") -> CompiledForm:
        """The form of a survey in a commune, compiled."""
        compiled = self.catalogue.compiled_form(survey, commune, {"communes": self.places.table()})
        self.report_failures()
        return compiled

    @cached_property
    def device_id(self) -> str:
        """Id of this device in every response; none is created while the store is read-only."""
        from survey_tui.application.settings import load_device_id, load_settings

        device = load_settings(self.home).device
        return device if device or self.store().read_only else load_device_id(self.home)

    @property
    def backup_dir(self) -> Path | None:
        """The directory of automatic backups, if one is set."""
        from survey_tui.application.settings import load_settings

        chosen = load_settings(self.home).backup_dir
        return Path(chosen) if chosen else None

    @property
    def is_locked(self) -> bool:
        """Whether the store is locked and has not been unlocked in this run."""
        from survey_tui.store import is_locked

        return "keys" not in self.__dict__ and is_locked(self.home)

    @cached_property
    def keys(self) -> KeyRing:
        """The keys of the store; the passphrase is asked for if it is locked."""
        from survey_tui.store import NO_KEYS

        if not self.is_locked:
            return NO_KEYS
        if COMPLETION_VARIABLE in self._environment:
            raise StoreError("lock_passphrase_needed")
        return self._ask_keys(self)

    def unlock(self, passphrase: str) -> None:
        """Unlock the store. Raises as ``crypto.device_lock.unlock``."""
        from survey_tui.store.crypto.device_lock import unlock

        self.__dict__["keys"] = unlock(self.home, passphrase)

    def store(self, *, read_only: bool = False) -> ResponseStore:
        """The store of this home, open until :meth:`close`; findings on opening it are reported."""
        if self._store is None:
            from survey_tui.store import ResponseStore

            if self.home.exists() and not self.home.is_dir():
                raise StoreError("cli_home_no_directory", path=self.home)
            self._store = ResponseStore.open(
                self.home, read_only=read_only, backup_dir=self.backup_dir, keys=self.keys
            )
            for notice in self._store.notices:
                self._reporter.text(f"{notice.what(self.words)} {notice.remedy(self.words)}")
        return self._store

    def close(self) -> None:
        """Close the store; report and save the plugins' failures."""
        if "plugins" in self.__dict__:
            self.report_failures()
            self.plugins.end_run()
        if self._store is not None:
            self._store.close()
            self._store = None
