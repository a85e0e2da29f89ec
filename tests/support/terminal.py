"""The program in a real pseudo-terminal, drawn by a terminal emulator."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

import pexpect
import pyte


class Terminal:
    """The program in a real pseudo-terminal, drawn by a terminal emulator."""

    def __init__(self, command: list[str], columns: int, lines: int) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("TEXTUAL", "SURVEY"))
            },
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": str(columns),
            "LINES": str(lines),
        }
        self.process = pexpect.spawn(
            sys.executable, command, env=environment, dimensions=(lines, columns), timeout=20
        )
        self.process.delaybeforesend = None

    def send(self, keys: str | bytes) -> None:
        self.process.send(keys)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program has written; ``False`` when it has ended."""
        try:
            self._stream.feed(self.process.read_nonblocking(65536, timeout=seconds))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def wait_for(self, *texts: str, seconds: float = 20) -> str:
        """Until all ``texts`` are on the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            alive = self.read()
            if all(text in self.text for text in texts):
                return self.text
            if not alive:
                break
        raise AssertionError(f"{texts} not on the screen:\n{self.text}")

    def wait_for_end(self, seconds: float = 20) -> int:
        """Exit status; 128 + n when killed by signal n."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read():
            pass
        while self.process.isalive():  # never wait(): it has no end when the program has none
            if time.monotonic() >= end:
                raise AssertionError(f"still running after {seconds} s:\n{self.text}")
            time.sleep(0.01)
        status: int | None = self.process.exitstatus
        return 128 + int(self.process.signalstatus) if status is None else status

    def close(self) -> None:
        with suppress(OSError):  # a test may have closed the terminal itself
            self.process.close(force=True)
