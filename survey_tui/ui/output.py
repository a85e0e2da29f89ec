"""What goes to the terminal, which may be gone."""

from __future__ import annotations

from typing import IO

__all__ = ["LastingOutput"]


class LastingOutput:
    """A terminal that can be written to even when it was closed; what nobody can see any more is let go.

    Textual writes in a thread of its own behind a short queue. An error would end the thread, the queue would
    fill, and the program would wait for room in it for ever instead of ending.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> int:
        """Write, unless the terminal is gone."""
        if not self._gone:
            try:
                self._file.write(text)
            except OSError:
                self._gone = True
        return len(text)

    def flush(self) -> None:
        """Send what waits, unless the terminal is gone."""
        if not self._gone:
            try:
                self._file.flush()
            except OSError:
                self._gone = True

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is (or was) a terminal."""
        return self._file.isatty()
