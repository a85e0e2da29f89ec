"""A child process on a pseudo-terminal: its output with times, and its peak memory."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["PtyChild"]

_ESCAPES = re.compile(
    rb"\x1b(\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~])"
)
_SPACE = re.compile(rb"\s+")
_TIMEOUT_SECONDS = 30.0


class PtyChild:
    """Runs ``command`` at 80×24; a context manager that ends the child by SIGKILL."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.started = time.perf_counter()
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], list(command), dict(environment))
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._shown = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._master)

    def send(self, keys: str) -> float:
        """Type ``keys`` and return the time just before."""
        moment = time.perf_counter()
        os.write(self._master, keys.encode())
        return moment

    def wait_for(self, text: str) -> float:
        """Wait for ``text`` in the output since the last wait, ignoring spaces and styles; the time then."""
        wanted = _SPACE.sub(b"", text.encode())
        deadline = time.perf_counter() + _TIMEOUT_SECONDS
        while time.perf_counter() < deadline:
            ready, _, _ = select.select([self._master], [], [], 0.5)
            if ready:
                self._shown += os.read(self._master, 65536)
                if wanted in _SPACE.sub(b"", _ESCAPES.sub(b"", self._shown)):
                    moment = time.perf_counter()
                    self._shown = b""
                    return moment
        raise TimeoutError(f"{text!r} was not shown; last output: {self._shown[-2000:]!r}")

    def drain(self, quiet: float = 0.1) -> None:
        """Discard output until nothing has been drawn for ``quiet`` seconds."""
        while select.select([self._master], [], [], quiet)[0]:
            os.read(self._master, 65536)
        self._shown = b""

    def peak_memory(self) -> float:
        """Largest resident size so far, in MiB (Linux)."""
        status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1024
