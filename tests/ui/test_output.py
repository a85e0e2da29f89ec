"""A terminal that goes away under the program: ``/dev/full`` refuses every byte as a lost one does."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TextIO, cast

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from survey_tui.ui.terminal_driver import ClosableOutput

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_what_a_lost_terminal_refuses_is_let_go() -> None:
    file = FULL.open("w", encoding="utf-8")
    writer = WriterThread(cast("TextIO", ClosableOutput(file)))
    writer.start()
    for _ in range(3 * MAX_QUEUED_WRITES):
        writer.write("x" * 10_000)
    writer.stop()
    assert not writer.is_alive()
    with contextlib.suppress(OSError):  # what is left in its buffer is refused too
        file.close()


def test_what_a_terminal_takes_is_written(tmp_path: Path) -> None:
    with (tmp_path / "screen").open("w", encoding="utf-8") as file:
        output = ClosableOutput(file)
        assert output.write("Hộ 12") == 5
        output.flush()
        assert output.fileno() == file.fileno()
        assert not output.isatty()
    assert (tmp_path / "screen").read_text(encoding="utf-8") == "Hộ 12"
