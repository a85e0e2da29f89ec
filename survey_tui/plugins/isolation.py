"""The isolation border: plugin code runs inside :meth:`Isolation.run` and nowhere else.

It has a time limit, its output is captured, and its exceptions (``SystemExit`` too) become a
:class:`PluginCallError`. Only a Ctrl+C of the user passes.

Time limit: in the main thread of a platform with interval timers an alarm raises :class:`OutOfTimeError` in
whatever Python code runs. Code that catches it is interrupted again and again, from the third time within its
``except`` too, so that ``while True: try: … except BaseException: pass`` ends. Elsewhere a watchdog thread
raises. Code that never returns to the interpreter (one enormous computation in C) ends only with the program.

Crash marker: a file exists while a plugin runs, so that the next start knows which plugin crashed the
interpreter, called ``os._exit`` or never ended.

Streams: what a plugin writes is captured, what it reads is empty, through ``sys.__stdout__`` too. Bytes that
it writes to a file descriptor itself (``os.write``, a child process) are not captured.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

_PREFIX = ".running-"


@contextmanager
def running_mark(folder: Path | None, plugin: str) -> Iterator[None]:
    """Mark ``plugin`` as running; do without if ``folder`` cannot be written."""
    if folder is None:
        yield
        return
    path = folder / f"{_PREFIX}{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(plugin, encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def take_crash_marks(folder: Path) -> list[str]:
    """Plugins that were running in programs that are gone; their marks are deleted."""
    found: list[str] = []
    with suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*"):
            pid = path.name[len(_PREFIX) :]
            if pid.isdecimal() and not _is_process_alive(int(pid)):
                found.append(path.read_text(encoding="utf-8", errors="replace")[:80])
                path.unlink()
    return found


def _is_process_alive(pid: int) -> bool:
    if pid == os.getpid() or os.name == "nt":  # there, the signal 0 would end the other program
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


_STRIKE_INTERVAL = 0.05  # seconds between strikes
_STRIKES_TO_TRACE = 3  # strikes until the ``except`` is struck too

T = TypeVar("T")


class OutOfTimeError(BaseException):
    """The time limit was reached. Not an ``Exception``, so that ``except Exception`` does not catch it."""


def limit_time(seconds: float, call: Callable[[], T]) -> T:
    """Call within ``seconds``, or raise :class:`OutOfTimeError`. May be nested."""
    alarmed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    return _limit_by_alarm(seconds, call) if alarmed else _limit_by_watchdog(seconds, call)


class _Alarm:
    """The handler of one limit."""

    def __init__(self) -> None:
        self.active = True
        self.strikes = 0

    def ring(self, _number: int, frame: FrameType | None) -> None:
        if not self.active:
            return
        self.strikes += 1
        if self.strikes >= _STRIKES_TO_TRACE:
            sys.settrace(self.refuse)
            while frame is not None and frame.f_globals.get("__name__") != __name__:
                frame.f_trace = self.refuse
                frame = frame.f_back
        raise OutOfTimeError

    def refuse(self, _frame: FrameType, event: str, _argument: object) -> Any:
        """Trace function that raises again.

        The first line that runs after the alarm is that of the ``except`` that caught it, and a second error
        there leaves the loop; Python ends the tracing with it.
        """
        if self.active and event == "line":
            raise OutOfTimeError
        return self.refuse


def _limit_by_alarm(seconds: float, call: Callable[[], T]) -> T:
    alarm = _Alarm()
    outer_trace = sys.gettrace()
    outer_handler = signal.signal(signal.SIGALRM, alarm.ring)
    outer_left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, _STRIKE_INTERVAL)
    try:
        try:
            return call()
        finally:
            alarm.active = False
    finally:  # once more, should the alarm have rung within the inner ``finally``
        alarm.active = False
        if alarm.strikes >= _STRIKES_TO_TRACE:
            sys.settrace(outer_trace)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, outer_handler)
        if outer_left:
            signal.setitimer(
                signal.ITIMER_REAL, max(outer_left - seconds, _STRIKE_INTERVAL), _STRIKE_INTERVAL
            )


def _limit_by_watchdog(seconds: float, call: Callable[[], T]) -> T:
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
            wait = _STRIKE_INTERVAL

    threading.Thread(target=watch, daemon=True).start()
    try:
        return call()
    finally:
        with lock:
            over.set()
        # One that was sent arrives at one of these calls. It must not be taken back: CPython 3.11 then looks
        # for it at every step for ever, and at every function that is traced without end.
        time.sleep(0)


TIME_LIMIT = 3.0
"""Seconds for an import or one call of a hook."""

FUNCTION_LIMIT = 1.0
"""Seconds for one call of an expression function."""


class PluginCallError(Exception):
    """A failed call of plugin code; the reason in one line, for a developer."""


class Isolation:
    """The border with its limit in seconds; ``folder`` holds the crash marker."""

    def __init__(self, folder: Path | None = None, limit: float = TIME_LIMIT) -> None:
        self._folder = folder
        self.limit = limit

    def run_trusted(self, call: Callable[[], T]) -> T:
        """Call a function of the core. Raises :class:`PluginCallError` when it raises or does not end."""
        return _contain(lambda: limit_time(self.limit, call), self.limit)

    def run(
        self,
        plugin: str,
        call: Callable[[], T],
        complain: Callable[[str], None],
        limit: float | None = None,
    ) -> T:
        """Call a function of a plugin, within ``limit`` seconds (default: the usual limit).

        Raises :class:`PluginCallError`. Faults that leave a usable result (output, changes to the program)
        go to ``complain``.
        """
        from survey_tui.plugins.tamper import ProgramSnapshot

        seconds = self.limit if limit is None else limit
        before = ProgramSnapshot()
        changed: list[str] = []
        written: list[str] = []
        try:
            with running_mark(self._folder, plugin), capture_output() as written, warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", DeprecationWarning
                )  # for authors; the device's user has no use
                try:
                    return _contain(lambda: limit_time(seconds, call), seconds)
                finally:
                    changed = before.restore()
        finally:
            if written:
                complain(f"it wrote to the terminal: {written[0][:120]!r}")
            if changed:
                complain(f"it changed {', '.join(changed[:5])}; this was undone")


def _contain(call: Callable[[], T], limit: float) -> T:
    with _detect_interrupt() as interrupted:
        try:
            return call()
        except OutOfTimeError:
            raise PluginCallError(f"no end after {limit:g} seconds") from None
        except KeyboardInterrupt as error:
            if interrupted:
                raise
            raise PluginCallError(describe_error(error)) from error
        except BaseException as error:  # isolation border: a plugin may raise anything
            raise PluginCallError(describe_error(error)) from error


@contextmanager
def _detect_interrupt() -> Iterator[list[bool]]:
    """A list that is filled when Ctrl+C is really pressed."""
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


def describe_error(error: BaseException) -> str:
    """``ValueError: boom``, in one line, even for an exception whose own text fails."""
    try:
        text = str(error)
    except BaseException:  # isolation border: __str__ is the plugin's code
        text = "…"
    if not isinstance(text, str):
        text = "…"
    return " ".join(f"{type(error).__name__}: {text[:300]}".split())


_KEPT = 2_000  # characters; the rest is counted and dropped
_STREAMS = ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")


class _Bytes(io.RawIOBase):
    def __init__(self) -> None:
        self.kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        size = memoryview(data).nbytes  # type: ignore[arg-type]
        self.kept += bytes(memoryview(data)[: max(0, _KEPT - len(self.kept))])  # type: ignore[arg-type]
        return size


@contextmanager
def capture_output() -> Iterator[list[str]]:
    """Replace the streams; at the end the list holds the beginning of what was written, if anything."""
    before = {name: getattr(sys, name) for name in _STREAMS}
    sink = _Bytes()
    buffer = io.BufferedWriter(sink)
    out = io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", write_through=True)
    nothing = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    written: list[str] = []
    for name in _STREAMS:
        setattr(sys, name, nothing if "stdin" in name else out)
    try:
        yield written
    finally:
        for name, stream in before.items():
            setattr(sys, name, stream)
        with suppress(ValueError):  # the plugin has closed it
            buffer.flush()
        if sink.kept:
            written.append(sink.kept.decode("utf-8", "replace"))
