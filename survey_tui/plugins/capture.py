"""Standard streams while a plugin runs: what it writes is caught, what it reads is empty.

``sys.__stdout__`` and ``sys.__stderr__`` are exchanged too. Bytes that a plugin writes to a file descriptor
itself (``os.write``, a child process) are beyond reach.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["captured_output"]

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
def captured_output() -> Iterator[list[str]]:
    """Exchange the streams; at the end the list holds what was written (its beginning), if anything."""
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
