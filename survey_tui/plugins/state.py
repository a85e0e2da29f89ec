"""What this device decided about plugins: which are off, which failed how often, whose signatures count.

One small JSON file in the home, replaced as a whole. A file that cannot be understood is not guessed at: only
the core runs until it is mended or removed (:func:`load_state` says so).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from survey_tui.errors import PluginError
from survey_tui.small_files import replace_json

__all__ = ["MAX_STRIKES", "OffBy", "State", "Strikes", "change_state", "load_state", "strike", "switch"]

MAX_STRIKES = 3
"""Runs in which a plugin failed, in a row, until it is switched off."""

OffBy = Literal["user", "failures"]
_FILE = "plugins.json"


class Strikes(Struct, frozen=True):
    """How many runs in a row failed, and why the last one did."""

    count: int
    reason: str


class State(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """``off``: plugin name → who switched it off. ``keys``: name of a coordinator → public key (hex).
    ``signed_only``: plugins from elsewhere must be signed with one of them."""

    off: dict[str, OffBy] = {}
    strikes: dict[str, Strikes] = {}
    keys: dict[str, Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]] = {}
    signed_only: bool = False


def load_state(home: Path) -> State:
    """The state in ``home``, the default if there is none.

    Raises ``PluginError("plugin_state")`` when the file is there and cannot be read or understood.
    """
    try:
        return msgspec.json.decode((home / _FILE).read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError) as error:
        raise PluginError("plugin_state", path=str(home / _FILE), reason=str(error)[:200]) from error


def change_state(home: Path, change: Callable[[State], State]) -> State:
    """Read, change, replace. Raises ``PluginError``: ``plugin_state``, ``plugin_state_write``."""
    before = load_state(home)
    state = change(before)
    if state != before:
        _write(home, state)
    return state


def switch(state: State, name: str, off_by: OffBy | None) -> State:
    """``name`` switched off, or (``None``) on and forgiven."""
    off = {other: by for other, by in state.off.items() if other != name}
    if off_by is not None:
        off[name] = off_by
        return replace(state, off=off)
    return replace(state, off=off, strikes={n: s for n, s in state.strikes.items() if n != name})


def strike(state: State, name: str, reason: str, count: int = 1) -> State:
    """One more failed run of ``name``; at :data:`MAX_STRIKES` it is off."""
    before = state.strikes.get(name, Strikes(0, ""))
    now = Strikes(before.count + count, reason[:300])
    state = replace(state, strikes={**state.strikes, name: now})
    return switch(state, name, "failures") if now.count >= MAX_STRIKES else state


def _write(home: Path, state: State) -> None:
    target = home / _FILE
    try:
        replace_json(target, state)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PluginError("plugin_state_write", path=str(target), reason=reason) from error
