"""Detection and repair of changes that a plugin made to the program.

Compared by identity: every name in this program's modules, in their classes and in ``builtins``; settings of
the interpreter. Adding a module or a private name is no change (lazy imports do both). This finds mistakes,
and is no protection against malice, which can reach everything that Python can
(``docs/decisions/0012-plugins.md``).
"""

from __future__ import annotations

import builtins
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

_PACKAGES = ("survey_tui", "survey_questionnaires")
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class ProgramSnapshot:
    """The names of the program; :meth:`restore` repairs and names what differs."""

    def __init__(self) -> None:
        self._before = [(owner, name, dict(vars(owner))) for owner, name in _namespaces()]
        self._modules = {name: module for name, module in sys.modules.items() if name.startswith(_PACKAGES)}
        self._directory = _working_directory()
        self._path = list(sys.path)
        self._recursion = sys.getrecursionlimit()
        self._hooks = sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile()
        self._signals = [(number, signal.getsignal(number)) for number in _SIGNALS]

    def restore(self) -> list[str]:
        """Undo changes, and return them as names for a developer."""
        changed = [
            f"{name}.{key}" for owner, name, before in self._before for key in _restore_names(owner, before)
        ]
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
                changed.append(f"sys.modules[{name!r}]")
        changed.extend(self._restore_interpreter())
        return changed

    def _restore_interpreter(self) -> Iterator[str]:
        if self._directory and _working_directory() != self._directory:
            with suppress(OSError):
                os.chdir(self._directory)
            yield "os.chdir"
        if sys.path != self._path:
            sys.path[:] = self._path
            yield "sys.path"
        if sys.getrecursionlimit() != self._recursion:
            sys.setrecursionlimit(self._recursion)
            yield "sys.setrecursionlimit"
        if (sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile()) != self._hooks:
            sys.excepthook, sys.displayhook = self._hooks[:2]
            sys.settrace(self._hooks[2])
            sys.setprofile(self._hooks[3])
            yield "sys.excepthook"
        for number, handler in self._signals:
            if signal.getsignal(number) is not handler:
                with suppress(ValueError, TypeError):  # not in the main thread, or not set from Python
                    signal.signal(number, handler)
                yield f"signal {number}"


def _namespaces() -> Iterator[tuple[Any, str]]:
    """Modules and classes whose names must stay what they are."""
    yield builtins, "builtins"
    for name, module in list(sys.modules.items()):
        if not name.startswith(_PACKAGES) or not isinstance(module, ModuleType):
            continue
        yield module, name
        for key, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__ == name:
                yield value, f"{name}.{key}"


def _restore_names(owner: Any, before: dict[str, object]) -> Iterator[str]:
    now = vars(owner)
    for key, value in before.items():
        if now.get(key) is not value and not key.startswith("_abc_"):
            _set_name(owner, key, value)
            yield key
    for key in [key for key in now if key not in before]:
        if not key.startswith("_") and not isinstance(now[key], ModuleType):
            delattr(owner, key)
            yield key


def _set_name(owner: Any, key: str, value: object) -> None:
    with suppress(AttributeError, TypeError):
        setattr(owner, key, value)


def _working_directory() -> str:
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:
        return ""
