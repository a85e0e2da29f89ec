"""Whatever arrives on the terminal: the program stays, or ends as it should."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.study import Study
    from tests.support.terminal import Terminal

Open = Callable[..., "Terminal"]

KEYS = (
    *(b"\x1b[A", b"\x1b[B", b"\x1b[5~", b"\x1b[6~", b"\x1b", b"\x1b[200~", b"\x1b[201~", b"\x1bOP"),
    *(b"\x1b[<64;10;10M", b"\x1b[<0;10;10M", b"\x1b[<0;5;8m"),  # wheel and taps
    *(
        b"\x02",
        b"\x06",
        b"\x07",
        b"\x08",
        b"\x0c",
        b"\x0e",
        b"\x0f",
        b"\x12",
        b"\x13",
        b"\x14",
        b"\x1a",
        b"\x1c",
    ),
    *(b"\r", b"\r", b"\r", b"\t", b"\x7f", b" ", b"1", b"2", b"35", "ệ".encode()),
    *(b"\xff\xfe", b"\xc3", b"\x9d"),  # no UTF-8
)


def noise(seed: int, count: int) -> bytes:
    draw = random.Random(seed)
    chunks = [draw.choice(KEYS) if draw.random() < 0.8 else draw.randbytes(2) for _ in range(count)]
    return b"".join(chunks).replace(b"\x11", b"").replace(b"\x03", b"")


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes(study: Study, terminal: Open, seed: int) -> None:
    screen = terminal(*(["small"] if seed % 2 else []), columns=80 if seed < 2 else 40, lines=20)
    screen.wait_for("Có điện thoại" if seed % 2 else "Chưa có phiếu nào")
    data = noise(seed, 600)
    for begin in range(0, len(data), 40):
        screen.send(data[begin : begin + 40])
        assert screen.read(), screen.text
    screen.send(b"\x1b[201~")  # out of a paste that was begun
    for _ in range(30):  # out of every screen, then out of the program
        screen.send("\x11")
        if not screen.read(0.2):
            break
    assert screen.wait_for_end() == 0, screen.text
    assert not (study.home / "crash").exists()


def test_bytes_that_are_no_text_are_left_out(study: Study, terminal: Open) -> None:
    study.add("word", '\n[[question]]\nname = "w"\ntype = "text"\nlabel.vi = "Gõ gì?"\nlabel.en = "Type?"\n')
    screen = terminal("word")
    screen.wait_for("Gõ gì?")
    screen.send(b"a\xff\x9db\xc3\r")
    screen.wait_for("Rà soát")
    assert study.answers() == {"w": "ab"}


@pytest.mark.parametrize(("keys", "question"), [("\x11", "Có điện thoại"), ("2\r\x12\x11", "Bao nhiêu tuổi")])
def test_an_interview_asked_for_on_the_command_line_is_left_for_home(
    study: Study, terminal: Open, keys: str, question: str
) -> None:
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    screen.send(keys)
    screen.wait_for("Hộ 12", "nháp")
    screen.send("\r")
    screen.wait_for(question)
