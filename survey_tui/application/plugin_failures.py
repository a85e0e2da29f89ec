"""Plugin failures: each is reported once; the surveyor may disable the plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from survey_tui.errors import SurveyError

if TYPE_CHECKING:
    from survey_tui.plugins import Plugins


class PluginUser(Protocol):
    """The part of the application context that this module uses."""

    @property
    def plugins(self) -> Plugins: ...
    def disable_plugin(self, plugin: str) -> None: ...
    def reload_plugins(self) -> bool: ...


class PluginFailures:
    """Failures of the plugins of ``user``.

    ``undecided`` are the failures of plugins that can be disabled, by plugin, until the surveyor decides.
    """

    def __init__(self, user: PluginUser) -> None:
        self._user = user
        self._reported = 0
        self.undecided: dict[str, list[SurveyError]] = {}

    def take_pending(self) -> Sequence[SurveyError]:
        """Failures since the last call."""
        failures = self._user.plugins.failures
        pending, self._reported = failures[self._reported :], len(failures)
        return pending

    def collect(self) -> Sequence[SurveyError]:
        """Failures since the last call; their plugins become undecided."""
        pending = self.take_pending()
        for failure in pending:
            for name in self.failed_plugins([failure]):
                self.undecided.setdefault(name, []).append(failure)
        return pending

    def failed_plugins(self, failures: Sequence[SurveyError]) -> list[str]:
        """Plugins that ``failures`` name and that can be disabled, each once."""
        names = dict.fromkeys(str(failure.details.get("plugin", "")) for failure in failures)
        return [name for name in names if self._user.plugins.can_switch_off(name)]

    def disable(self, plugin: str) -> None:
        """Disable ``plugin`` from the next interview on. Raises as ``Plugins.switch_off``."""
        self._user.disable_plugin(plugin)
        self.keep(plugin)

    def keep(self, plugin: str) -> None:
        """Keep ``plugin`` enabled, and do not ask about it until it fails again."""
        self.undecided.pop(plugin, None)

    def reload(self) -> bool:
        """Load newly installed plugins for the next interview; ``False`` in safe mode, which loads none."""
        self.undecided.clear()
        used = self._user.reload_plugins()
        self._reported = 0
        return used
