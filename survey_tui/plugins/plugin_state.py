"""What went wrong in this run, and what the device remembers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from survey_tui.errors import PluginError
from survey_tui.plugins.discovery import Found
from survey_tui.plugins.markers import left_behind
from survey_tui.plugins.state import MAX_STRIKES, State, change_state, load_state, strike, switch

__all__ = ["Ledger"]

_DIED = MAX_STRIKES  # for taking the whole program down, once is enough


class Ledger:
    """Failures of one run; strikes in the home's state. A home that cannot be written only forgets."""

    def __init__(self, home: Path | None) -> None:
        self.failures: list[PluginError] = []
        self._home = home
        self._unreadable = False
        self._said: set[tuple[str, str]] = set()
        self._struck: set[str] = set()

    @cached_property
    def state(self) -> State:
        """The state as it was when first asked."""
        if self._home is None:
            return State()
        try:
            return load_state(self._home)
        except PluginError as error:
            self._unreadable = True
            self.failures.append(error)
            return State()

    def off(self, name: str) -> bool:
        """Whether the plugin is switched off; every one is when the state cannot be read."""
        return name in self.state.off or self._unreadable

    def switch_off(self, name: str) -> None:
        """Switch a plugin off because a person wants it so. Raises ``PluginError``: ``plugin_state``,
        ``plugin_state_write``."""
        if self._home is not None:
            self.state = change_state(self._home, lambda state: switch(state, name, "user"))
        else:
            self.state = switch(self.state, name, "user")

    def untrusted(self, one: Found) -> PluginError | None:
        """Why a plugin may not be used on a device that takes signed ones only."""
        if not self.state.signed_only:
            return None
        from survey_tui.plugins.signing import check_folder

        return check_folder(one, self.state.keys)

    def look_back(self, folder: Path | None) -> None:
        """Plugins that were running when the program died."""
        for name in left_behind(folder) if folder is not None else ():
            self._note_death(name)

    def note(self, error: PluginError, *, strike: bool) -> None:
        """Keep ``error`` unless the same was said in this run; count it against the plugin."""
        name = str(error.details.get("plugin", ""))
        said = name, f"{error.code} {error.details.get('reason', '')}"
        if said in self._said:
            return
        self._said.add(said)
        self.failures.append(error)
        if strike:
            self._strike(name, str(error.details.get("reason", error.code)))

    def forgive(self, names: Iterable[str]) -> None:
        """Forget the strikes of plugins that did no wrong in this run."""
        good = [name for name in names if name in self.state.strikes and name not in self._struck]
        if good:
            self._change(
                lambda state: replace(
                    state, strikes={name: one for name, one in state.strikes.items() if name not in good}
                )
            )

    def _note_death(self, name: str) -> None:
        self.failures.append(PluginError("plugin_died", plugin=name, distribution="–", reason="–"))
        self._strike(name, "the program ended while it ran", _DIED)

    def _strike(self, name: str, reason: str, count: int = 1) -> None:
        if name in self._struck:
            return
        self._struck.add(name)
        state = self._change(lambda before: strike(before, name, reason, count))
        if state is not None and state.off.get(name) == "failures":
            self.failures.append(PluginError("plugin_off_now", plugin=name, distribution="–", reason=reason))

    def _change(self, change: Callable[[State], State]) -> State | None:
        if self._home is None or self._unreadable:
            return None
        try:
            state = change_state(self._home, change)
        except PluginError:
            return None  # a read-only home: the failure itself is in the list already
        self.state = state
        return state
