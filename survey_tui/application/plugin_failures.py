"""Plugin failures: each is reported once, and the surveyor may switch the plugin off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from survey_tui.errors import SurveyError

if TYPE_CHECKING:
    from survey_tui.plugins import Plugins


class PluginUser(Protocol):
    """The program that the plugins belong to."""

    @property
    def plugins(self) -> Plugins: ...
    def switch_off(self, plugin: str) -> None: ...
    def renew(self) -> bool: ...


class PluginFailures:
    """Failures of the plugins of ``user``.

    ``undecided``: plugins that failed and can be switched off, with their failures, until the surveyor
    decides.
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
            for name in self.switchable([failure]):
                self.undecided.setdefault(name, []).append(failure)
        return pending

    def switchable(self, failures: Sequence[SurveyError]) -> list[str]:
        """Plugins that ``failures`` name and that can be switched off, each once."""
        names = dict.fromkeys(str(failure.details.get("plugin", "")) for failure in failures)
        return [name for name in names if self._user.plugins.can_switch_off(name)]

    def switch_off(self, plugin: str) -> None:
        """Work without ``plugin`` from the next interview on. Raises as ``Plugins.switch_off``."""
        self._user.switch_off(plugin)
        self.keep(plugin)

    def keep(self, plugin: str) -> None:
        """Go on using ``plugin``, and do not ask about it until it fails again."""
        self.undecided.pop(plugin, None)

    def renew(self) -> bool:
        """Use newly installed plugins from the next interview on; ``False`` in safe mode, which does not."""
        self.undecided.clear()
        used = self._user.renew()
        self._reported = 0
        return used
