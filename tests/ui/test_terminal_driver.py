"""Bytes of a terminal as keys and pasted text, however they are cut; and a terminal that goes away:
``/dev/full`` refuses every byte as a lost one does."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import pytest

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"

from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.message import Message

from survey_tui.ui.terminal_driver import TerminalInput, TerminalOutput

if TYPE_CHECKING:
    from tests.support.study import Study
    from tests.support.terminal import Terminal

RED_PASTE = "\x1b[200~một \x1b[31mhai\x1b[0m\x1bq ba\x1b[201~"


def arrived(*chunks: bytes, silences: int = 3) -> list[str]:
    """Names of keys; pasted text behind ``paste:``."""
    found: list[Message] = []
    reader = TerminalInput(XTermParser(), found.append)
    for chunk in chunks:
        reader.feed(chunk)
    for _ in range(silences):
        reader.handle_timeout()
    return [
        f"paste:{each.text}" if isinstance(each, events.Paste) else each.key
        for each in found
        if isinstance(each, events.Paste | events.Key)
    ]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        ("\x1bq", ["escape", "q"]),
        ("\x1b1\r", ["escape", "1", "enter"]),
        ("\x1b\x08", ["escape", "backspace"]),
        ("\x1b\x07\x1b\x11", ["escape", "ctrl+g", "escape", "ctrl+q"]),
        ("\x1bệ", ["escape", "ệ"]),
        ("\x1b", ["escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("1\x1b[A\x1bOB2", ["1", "up", "down", "2"]),
        ("\x1bb\x1bf\x1b\x7f", ["ctrl+left", "ctrl+right", "ctrl+w"]),
        (f"1{RED_PASTE}2", ["1", "paste:một \x1b[31mhai\x1b[0m\x1bq ba", "2"]),
        ("\x1b\x1b[200~a\x1b[201~", ["escape", "paste:a"]),
        ("\x1b[200~\x1b[201~x", ["paste:", "x"]),
    ],
)
def test_keys_of_a_burst(data: str, keys: list[str]) -> None:
    assert arrived(data.encode()) == keys
    assert arrived(*(bytes([byte]) for byte in data.encode())) == keys


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=6))
def test_any_cut_gives_the_same(cuts: list[int]) -> None:
    data = f"a\x1bq{RED_PASTE}\x1b[B\x1b\x07ệ".encode()
    ends = sorted({*cuts, len(data)})
    chunks = [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    assert arrived(*chunks) == arrived(data)


def test_a_paste_whose_end_is_lost_does_not_swallow_every_key() -> None:
    assert arrived(b"\x1b[200~abc", silences=40) == ["paste:abc"]


@pytest.mark.slow
def test_escape_and_a_key_in_one_burst(study: Study, terminal: Callable[..., Terminal]) -> None:
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    screen.send("\x07")
    screen.wait_for("Tìm:")
    screen.send("\x1b1\r")  # out of the outline, and the answer
    screen.wait_for("A · 1/8", "Hộ có thiết bị nào?")
    screen.send("\x11")
    screen.wait_for("Hộ 12")
    assert "1" in study.answers().values()
    screen.send("\x11")
    assert screen.wait_for_end() == 0


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_what_a_lost_terminal_refuses_is_let_go() -> None:
    file = FULL.open("w", encoding="utf-8")
    writer = WriterThread(cast("TextIO", TerminalOutput(file)))
    writer.start()
    for _ in range(3 * MAX_QUEUED_WRITES):
        writer.write("x" * 10_000)
    writer.stop()
    assert not writer.is_alive()
    with contextlib.suppress(OSError):  # what is left in its buffer is refused too
        file.close()


def test_what_a_terminal_takes_is_written(tmp_path: Path) -> None:
    with (tmp_path / "screen").open("w", encoding="utf-8") as file:
        output = TerminalOutput(file)
        assert output.write("Hộ 12") == 5
        output.flush()
        assert output.fileno() == file.fileno()
        assert not output.isatty()
    assert (tmp_path / "screen").read_text(encoding="utf-8") == "Hộ 12"
