"""A time limit for code that is not ours.

In the main thread of a platform with interval timers, an alarm raises :class:`OutOfTimeError` in whatever
Python code runs. Code that swallows it is struck again and again, from the third time also where it
catches the blow, so that ``while True: try: … except BaseException: pass`` ends too. Elsewhere a watchdog
thread does the raising. What never returns to the interpreter (one enormous computation in C) can only be
ended with the program; the next start then knows who was running (:mod:`survey_tui.plugins.markers`).
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

__all__ = ["OutOfTimeError", "within"]

_INSIST = 0.05  # seconds between strikes
_PATIENCE = 3  # strikes until the ``except`` is struck too

T = TypeVar("T")


class OutOfTimeError(BaseException):
    """The time is up. Not an ``Exception``, so that ``except Exception`` lets it pass."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """``call()``; raises :class:`OutOfTimeError` when it takes longer than ``seconds``. May be nested."""
    alarmed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    return _alarmed(seconds, call) if alarmed else _watched(seconds, call)


class _Alarm:
    """The handler of one limit."""

    def __init__(self) -> None:
        self.active = True
        self.strikes = 0

    def ring(self, _number: int, frame: FrameType | None) -> None:
        if not self.active:
            return
        self.strikes += 1
        if self.strikes >= _PATIENCE:
            sys.settrace(self.refuse)
            while frame is not None and frame.f_globals.get("__name__") != __name__:
                frame.f_trace = self.refuse
                frame = frame.f_back
        raise OutOfTimeError

    def refuse(self, _frame: FrameType, event: str, _argument: object) -> Any:
        """A trace function. The first line that runs after the alarm is that of the ``except`` that caught
        it, and a second error there leaves the loop; Python ends the tracing with it."""
        if self.active and event == "line":
            raise OutOfTimeError
        return self.refuse


def _alarmed(seconds: float, call: Callable[[], T]) -> T:
    alarm = _Alarm()
    outer_trace = sys.gettrace()
    outer_handler = signal.signal(signal.SIGALRM, alarm.ring)
    outer_left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, _INSIST)
    try:
        try:
            return call()
        finally:
            alarm.active = False
    finally:  # once more, should the alarm have rung within the inner ``finally``
        alarm.active = False
        if alarm.strikes >= _PATIENCE:
            sys.settrace(outer_trace)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, outer_handler)
        if outer_left:
            signal.setitimer(signal.ITIMER_REAL, max(outer_left - seconds, _INSIST), _INSIST)


def _watched(seconds: float, call: Callable[[], T]) -> T:
    import ctypes

    victim = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    over, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            with lock:
                if not over.is_set():
                    raise_in(victim, ctypes.py_object(OutOfTimeError))
            wait = _INSIST

    threading.Thread(target=watch, daemon=True).start()
    try:
        return call()
    finally:
        with lock:
            over.set()
        # One that was sent arrives at one of these calls. It must not be taken back: CPython 3.11 then looks
        # for it at every step for ever, and at every function that is traced without end.
        time.sleep(0)
