"""Time limit of a test: a test that hangs fails, and the run goes on.

pytest-timeout knows the limits (``timeout`` in ``pyproject.toml``, the marker ``timeout``); its own methods
do not fit here. ``thread`` ends the process with all tests that are still to come. ``signal`` needs SIGALRM
and the interval timer, which the time limit for plugins uses and its tests compare; and it raises pytest's
``Failed``, upon which Hypothesis runs the hanging test again, without a limit this time. So a thread waits
here, and another signal interrupts the test.
"""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from types import FrameType
from typing import Any

import pytest

__all__ = ["TestTimeoutError"]

_REPEAT_SECONDS = 10.0
"""Between two interruptions, should the code under test survive the first."""


class TestTimeoutError(BaseException):
    """The test took too long. Not an ``Exception``, so that the code under test does not catch it."""

    __test__ = False


class _TimeLimit:
    """The limit of one test, from creation until :meth:`cancel`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="time limit of a test", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        self._over.set()

    def interrupt(self) -> None:
        """Called in the main thread."""
        if self._over.is_set():
            return
        frames = sys._current_frames()
        for thread in threading.enumerate():
            if thread.ident in frames and thread not in {threading.main_thread(), self._thread}:
                print(
                    f"{thread.name}:",
                    *traceback.format_stack(frames[thread.ident]),
                    sep="\n",
                    file=sys.stderr,
                )
        raise TestTimeoutError(f"still running after {self._seconds:g} s")

    def _wait(self) -> None:
        main = threading.main_thread().ident
        assert main is not None
        seconds = self._seconds
        while not self._over.wait(seconds):
            signal.pthread_kill(main, signal.SIGUSR1)
            seconds = _REPEAT_SECONDS


_SECONDS = pytest.StashKey[float]()
_limits: list[_TimeLimit] = []
"""Of the test that is running."""


def _can_interrupt() -> bool:
    return hasattr(signal, "pthread_kill") and threading.current_thread() is threading.main_thread()


def pytest_configure() -> None:
    if _can_interrupt():
        signal.signal(signal.SIGUSR1, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for limit in _limits:
        limit.interrupt()


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    if not _can_interrupt():
        return None  # pytest-timeout does what it can
    item.stash[_SECONDS] = settings.timeout
    _limits.append(_TimeLimit(settings.timeout))
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer() -> bool | None:
    if not _limits:
        return None
    _limits.pop().cancel()
    return True


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """Limit the clean-up of a failed test too: pytest-timeout has cancelled the limit by now."""
    if _SECONDS in node.stash and not node.config.getoption("usepdb"):
        _limits.append(_TimeLimit(node.stash[_SECONDS]))


def pytest_enter_pdb() -> None:
    """Remove the limit while a debugger is open."""
    pytest_timeout_cancel_timer()
