"""A surveyor's visit on the real national instrument, with the keyboard alone, in a real terminal.

From Home to the stored response: a household of five, one adult drawn, health and finance accepted or
refused, ``kill -9`` in the middle, and an earlier answer corrected so that later ones fall away.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from survey_tui.store import ResponseStore

if TYPE_CHECKING:
    from tests.support.study import Study
    from tests.support.terminal import Terminal

pytestmark = pytest.mark.pty
AGES = (45, 41, 12, 70, 17)
_NUMBER = re.compile(r"^ ([A-Z]\d+) ", re.MULTILINE)
_ROW = re.compile(r"^ [›>  ] +([1-9a-z]) (\(.\)|\[.\]) ", re.MULTILINE)
_PERSON = re.compile(r"^ +Thành viên hộ (\d)$", re.MULTILINE)
_DRAWN = re.compile(r"ngẫu nhiên người ở dòng (\d)")


class Surveyor:
    """Reads the screen and answers what it asks: the first choice, unless ``wanted`` says otherwise."""

    def __init__(self, screen: Terminal, wanted: dict[str, str]) -> None:
        self.screen = screen
        self.wanted = wanted
        self.seen: list[str] = []
        self.drawn = 0

    def settle(self, before: str = "") -> str:
        """The screen once it differs from ``before`` and stays as it is."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            text = self.screen.text
            self.screen.read(0.03)
            if self.screen.text == text and text != before and ("đã lưu" in text or "Rà soát" in text):
                return text
        raise AssertionError(f"nothing happened:\n{self.screen.text}")

    def press(self, keys: str) -> str:
        before = self.screen.text
        self.screen.send(keys)
        return self.settle(before)

    def answer(self, text: str) -> str:
        """One question; the screen afterwards."""
        keys = self.keys(text)
        after = self.press(keys)
        if "Nhấn Enter để giữ nguyên" in " ".join(after.split()):
            after = self.press("\r")
        assert "\n ! " not in after, after
        return after

    def keys(self, text: str) -> str:
        if drawn := _DRAWN.search(" ".join(text.split())):
            self.drawn = int(drawn[1])
        found = _NUMBER.search(text)
        number = found[1] if found else ""
        self.seen.append(number)
        if number in self.wanted:
            return self.wanted[number] + "\r"
        person = _PERSON.search(text)
        if person and number == "R2":
            return "1\r" if person[1] == "1" else "3\r"
        if person and "bao nhiêu tuổi" in " ".join(text.split()):
            return f"{AGES[int(person[1]) - 1]}\r"
        if "bao nhiêu tuổi" in " ".join(text.split()):
            return f"{AGES[self.drawn - 1]}\r"
        if rows := _ROW.findall(text):
            marked = any(sign in ("(•)", "[x]") for _, sign in rows)
            return "\r" if marked else f"{rows[0][0]}\r"
        if number == "R6":
            return f"{self.drawn}\r"
        if "\n   >" in text:
            return "\x0b\r" if "^K" in text else "3\r"
        return "\r"

    def go_on(self, until: Callable[[str], bool]) -> str:
        text = self.settle()
        while not until(text):
            assert len(self.seen) < 200, text
            text = self.answer(text)
        return text


def start(screen: Terminal) -> None:
    """From Home to the first question."""
    screen.wait_for("Chưa có phiếu nào")
    screen.send("\x0e")
    screen.wait_for("Khảo sát nào?")
    survey = re.search(r"(\d) \( \) Xã hội số 2026", screen.text)
    assert survey
    screen.send(f"{survey[1]}\rkhanh an\r1\r12\rcm001\r1\r")
    screen.wait_for("Địa bàn 32059-01 thuộc")


@pytest.mark.parametrize(
    ("columns", "lines", "sensitive"), [(80, 24, "1"), (40, 20, "2")], ids=["80x24", "40x20"]
)
def test_a_visit(
    study: Study, terminal: Callable[..., Terminal], columns: int, lines: int, sensitive: str
) -> None:
    screen = terminal(real=True, columns=columns, lines=lines)
    start(screen)
    surveyor = Surveyor(screen, {"M3": "12", "M5": sensitive, "R1": "5"})
    text = surveyor.go_on(lambda text: "\n B3 " in text)
    assert {"M4", "M5", "R1", "R2", "A5"} <= set(surveyor.seen)

    os.kill(screen.process.pid, signal.SIGKILL)
    screen.wait_for_end()
    screen = surveyor.screen = terminal(real=True, columns=columns, lines=lines)
    screen.wait_for("nháp")
    screen.send("\r")
    screen.wait_for("\n B3 ")
    assert question_of(surveyor.settle()) == question_of(text)

    screen.send("\x07a5\r")
    screen.wait_for("\n A5 ")
    surveyor.wanted["A5"] = "2"
    surveyor.go_on(lambda text: "Rà soát" in text)
    screen.send("\x06")
    screen.wait_for("SHA-256")
    screen.send("\r")
    screen.wait_for("hoàn tất, chờ gửi")
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    check_stored(study, sensitive)


def question_of(text: str) -> str:
    """The screen without its first and last lines, which tell time and progress."""
    return "\n".join(text.splitlines()[1:-4])


def check_stored(study: Study, sensitive: str) -> None:
    with ResponseStore.open(study.home, read_only=True) as store:
        (summary,) = store.search()
        assert (summary.status, summary.outcome, summary.household) == ("final", "done", "12")
        values = {path: text for path, text in json.loads(store.final_bytes(summary.id))["values"] if text}
        assert any(getattr(event, "text", "") == "smart" for event in store.events(summary.id))
    assert [values[f"r/person[{i}]/p_age"] for i in range(1, 6)] == [str(age) for age in AGES]
    assert values["r/age"] == values[f"r/person[{values['r/sel_line']}]/p_age"]
    assert values["m0/consent_sens"] == ("1" if sensitive == "1" else "0")
    assert any(path.startswith("c/") for path in values) == (sensitive == "1")
    assert values["a/a_phone"] == "basic"
    assert "a/a_dev_age" not in values
