"""The isolation border: plugin code runs inside :meth:`Guard.run` and nowhere else.

In there it has a time limit, its output is caught, and its exceptions (``SystemExit`` and the like too)
become a :class:`PluginFault`. Only the surveyor's own Ctrl+C passes.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

from survey_tui.plugins.deadline import OutOfTimeError, within
from survey_tui.plugins.markers import marked

__all__ = ["FUNCTION_LIMIT", "TIME_LIMIT", "Guard", "PluginFault", "describe"]

TIME_LIMIT = 3.0
"""Seconds for an import or one call of a hook."""

FUNCTION_LIMIT = 1.0
"""Seconds for one call of an expression function."""

T = TypeVar("T")


class PluginFault(Exception):  # noqa: N818  it is about the plugin, and never leaves this room
    """What a plugin did wrong, in one line for a developer."""


class Guard:
    """``folder`` is where markers are left (see :mod:`survey_tui.plugins.markers`)."""

    def __init__(self, folder: Path | None = None, limit: float = TIME_LIMIT) -> None:
        self._folder = folder
        self.limit = limit

    def trust(self, call: Callable[[], T]) -> T:
        """``call()`` of the core: only what it raises, or that it does not end, is a :class:`PluginFault`."""
        return _faultless(lambda: within(self.limit, call), self.limit)

    def run(
        self,
        plugin: str,
        call: Callable[[], T],
        complain: Callable[[str], None],
        limit: float | None = None,
    ) -> T:
        """``call()``. What is wrong but leaves a usable result (output, changes to the program) goes to
        ``complain``; everything else raises :class:`PluginFault`. ``limit`` in seconds, where the usual one
        does not fit."""
        from survey_tui.plugins.capture import captured_output
        from survey_tui.plugins.tamper import Untouched

        seconds = self.limit if limit is None else limit
        before = Untouched()
        changed: list[str] = []
        written: list[str] = []
        try:
            with marked(self._folder, plugin), captured_output() as written:
                try:
                    return _faultless(lambda: within(seconds, call), seconds)
                finally:
                    changed = before.restore()
        finally:
            if written:
                complain(f"it wrote to the terminal: {written[0][:120]!r}")
            if changed:
                complain(f"it changed {', '.join(changed[:5])}; this was undone")


def _faultless(call: Callable[[], T], limit: float) -> T:
    with _own_interrupt() as interrupted:
        try:
            return call()
        except OutOfTimeError:
            raise PluginFault(f"no end after {limit:g} seconds") from None
        except KeyboardInterrupt as error:
            if interrupted:
                raise
            raise PluginFault(describe(error)) from error
        except BaseException as error:  # isolation border: a plugin may raise anything
            raise PluginFault(describe(error)) from error


@contextmanager
def _own_interrupt() -> Iterator[list[bool]]:
    """The list is filled when Ctrl+C was really pressed."""
    pressed: list[bool] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield pressed
        return
    pass_on = before

    def press(number: int, frame: FrameType | None) -> None:
        pressed.append(True)
        pass_on(number, frame)

    signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def describe(error: BaseException) -> str:
    """``ValueError: boom``, in one line, even for an exception whose own text fails."""
    try:
        text = str(error)
    except BaseException:  # isolation border: __str__ is the plugin's code
        text = "…"
    if not isinstance(text, str):
        text = "…"
    return " ".join(f"{type(error).__name__}: {text[:300]}".split())
