"""Failures of one run, and the state that the device keeps: plugins that are off, strikes, trusted keys.

The state is one small JSON file in the home, replaced as a whole. While it cannot be read (see
:func:`load_state`), only the core runs, until it is repaired or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from survey_tui.errors import PluginError
from survey_tui.files import replace_json
from survey_tui.plugins.discovery import FoundPlugin
from survey_tui.plugins.isolation import take_crash_marks

MAX_STRIKES = 3
"""Runs in which a plugin failed, in a row, until it is switched off."""

OffBy = Literal["user", "failures"]
_FILE = "plugins.json"


class Strikes(Struct, frozen=True):
    """Consecutive failed runs of a plugin, and the reason of the last failure."""

    count: int
    reason: str


class PluginState(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """``off``: plugin name → who switched it off. ``keys``: name of a coordinator → public key (hex).
    ``signed_only``: plugins from elsewhere must be signed with one of them."""

    off: dict[str, OffBy] = {}
    strikes: dict[str, Strikes] = {}
    keys: dict[str, Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]] = {}
    signed_only: bool = False


def load_state(home: Path) -> PluginState:
    """The state in ``home``, the default if there is none.

    Raises ``PluginError("plugin_state")`` when the file is there and cannot be read or understood.
    """
    try:
        return msgspec.json.decode((home / _FILE).read_bytes(), type=PluginState)
    except FileNotFoundError:
        return PluginState()
    except (OSError, ValueError) as error:
        raise PluginError("plugin_state", path=str(home / _FILE), reason=str(error)[:200]) from error


def change_state(home: Path, change: Callable[[PluginState], PluginState]) -> PluginState:
    """Read, change, replace. Raises ``PluginError``: ``plugin_state``, ``plugin_state_write``."""
    before = load_state(home)
    state = change(before)
    if state != before:
        _write(home, state)
    return state


def set_off(state: PluginState, name: str, off_by: OffBy | None) -> PluginState:
    """The state with ``name`` switched off, or (``None``) on and without strikes."""
    off = {other: by for other, by in state.off.items() if other != name}
    if off_by is not None:
        off[name] = off_by
        return replace(state, off=off)
    return replace(state, off=off, strikes={n: s for n, s in state.strikes.items() if n != name})


def add_strike(state: PluginState, name: str, reason: str, count: int = 1) -> PluginState:
    """The state after one more failed run of ``name``; at :data:`MAX_STRIKES` it is off."""
    before = state.strikes.get(name, Strikes(0, ""))
    now = Strikes(before.count + count, reason[:300])
    state = replace(state, strikes={**state.strikes, name: now})
    return set_off(state, name, "failures") if now.count >= MAX_STRIKES else state


def _write(home: Path, state: PluginState) -> None:
    target = home / _FILE
    try:
        replace_json(target, state)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PluginError("plugin_state_write", path=str(target), reason=reason) from error


_DIED = MAX_STRIKES  # for taking the whole program down, once is enough


class FailureLog:
    """Failures of one run, and strikes in the home's state. In a read-only home strikes are lost."""

    def __init__(self, home: Path | None) -> None:
        self.failures: list[PluginError] = []
        self._home = home
        self._unreadable = False
        self._recorded: set[tuple[str, str]] = set()
        self._struck: set[str] = set()

    @cached_property
    def state(self) -> PluginState:
        """The state as first read."""
        if self._home is None:
            return PluginState()
        try:
            return load_state(self._home)
        except PluginError as error:
            self._unreadable = True
            self.failures.append(error)
            return PluginState()

    def is_off(self, name: str) -> bool:
        """Whether the plugin is switched off; all are when the state cannot be read."""
        return name in self.state.off or self._unreadable

    def switch_off(self, name: str) -> None:
        """Switch a plugin off because a person chose it. Raises as :func:`change_state`."""
        if self._home is not None:
            self.state = change_state(self._home, lambda state: set_off(state, name, "user"))
        else:
            self.state = set_off(self.state, name, "user")

    def signature_error(self, one: FoundPlugin) -> PluginError | None:
        """The reason against a plugin on a device that takes signed ones only; ``None`` if there is none."""
        if not self.state.signed_only:
            return None
        from survey_tui.plugins.signing import check_signature

        return check_signature(one, self.state.keys)

    def record_crashes(self, folder: Path | None) -> None:
        """Record plugins that were running when a program died."""
        for name in take_crash_marks(folder) if folder is not None else ():
            self._record_crash(name)

    def record(self, error: PluginError, *, strike: bool) -> None:
        """Keep ``error`` unless this run has it already; with ``strike``, count it against the plugin."""
        name = str(error.details.get("plugin", ""))
        key = name, f"{error.code} {error.details.get('reason', '')}"
        if key in self._recorded:
            return
        self._recorded.add(key)
        self.failures.append(error)
        if strike:
            self._strike(name, str(error.details.get("reason", error.code)))

    def clear_strikes(self, names: Iterable[str]) -> None:
        """Clear the strikes of plugins that did not fail in this run."""
        good = [name for name in names if name in self.state.strikes and name not in self._struck]
        if good:
            self._change(
                lambda state: replace(
                    state, strikes={name: one for name, one in state.strikes.items() if name not in good}
                )
            )

    def _record_crash(self, name: str) -> None:
        self.failures.append(PluginError("plugin_died", plugin=name, distribution="–", reason="–"))
        self._strike(name, "the program ended while it ran", _DIED)

    def _strike(self, name: str, reason: str, count: int = 1) -> None:
        if name in self._struck:
            return
        self._struck.add(name)
        state = self._change(lambda before: add_strike(before, name, reason, count))
        if state is not None and state.off.get(name) == "failures":
            self.failures.append(PluginError("plugin_off_now", plugin=name, distribution="–", reason=reason))

    def _change(self, change: Callable[[PluginState], PluginState]) -> PluginState | None:
        if self._home is None or self._unreadable:
            return None
        try:
            state = change_state(self._home, change)
        except PluginError:
            return None  # a read-only home: the failure itself is in the list already
        self.state = state
        return state
