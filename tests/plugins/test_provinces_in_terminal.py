"""The shipped program in a real terminal: the commune of the interview decides which province's questions
are asked, and where."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pyte
import pytest

from survey_tui.plugins.metadata import installed_entry_points

PROVINCES = {"ca_mau": "cm", "ben_tre": "bt", "ba_ria_vung_tau": "vt", "vinh_phuc": "vp", "tien_giang": "tg"}

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(
        not set(PROVINCES) <= {point.name for point in installed_entry_points()},
        reason="the provinces are not installed",
    ),
]


class Visit(NamedTuple):
    """A commune of today and whose section is asked there (``""``: nobody's)."""

    commune: str
    heading: str


VISITS = [
    Visit("32062", "địa bàn Cà Mau cũ"),
    Visit("32059", "địa bàn Cà Mau cũ"),
    Visit("31834", ""),  # the same province of today; Bạc Liêu before
    Visit("28756", "địa bàn Bến Tre cũ"),
    Visit("26506", "địa bàn Bà Rịa – Vũng Tàu cũ"),
    Visit("08707", "địa bàn Vĩnh Phúc cũ"),
    Visit("28249", "địa bàn Tiền Giang cũ"),
]
Open = Callable[[str], "Screen"]


class Screen:
    """80 × 24 characters, as a person sees them."""

    def __init__(self, home: Path, commune: str) -> None:
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        where = ["--commune", commune, "--area", "01", "--household", "7", "--surveyor", "CM012"]
        command = ["-m", "survey_tui", "--home", str(home), "start", "xa_hoi_so", *where]
        clean = {
            name: text for name, text in os.environ.items() if not name.startswith(("TEXTUAL", "SURVEY"))
        }
        self.process = pexpect.spawn(
            sys.executable,
            command,
            env={**clean, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
            dimensions=(24, 80),
            timeout=20,
        )

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display]

    def wait_for(self, *texts: str) -> list[str]:
        """The lines, once all ``texts`` are on the screen."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                self._stream.feed(self.process.read_nonblocking(65536, timeout=0.05))
            except pexpect.TIMEOUT:
                if all(text in "\n".join(self.lines) for text in texts):
                    return self.lines
            except pexpect.EOF:
                break
        raise AssertionError("\n".join([f"{texts} not on the screen:", *self.lines]))


@pytest.fixture
def open_interview(tmp_path: Path) -> Iterator[Open]:
    opened: list[Screen] = []

    def open_interview(commune: str) -> Screen:
        opened.append(Screen(tmp_path / "home", commune))
        return opened[-1]

    yield open_interview
    for screen in opened:
        screen.process.close(force=True)


@pytest.mark.parametrize("visit", VISITS, ids=[visit.commune for visit in VISITS])
def test_the_section_stands_at_its_anchor_in_its_communes_only(open_interview: Open, visit: Visit) -> None:
    screen = open_interview(visit.commune)
    screen.wait_for("^G")
    screen.process.send("\x07")
    screen.wait_for("Tìm:")
    headings: dict[str, None] = {}
    before: list[str] = []
    while (lines := screen.wait_for("Tìm:")) != before:  # page down to the end of the outline
        before = lines
        headings.update(dict.fromkeys(line.strip(" ▸>-.○●▹›") for line in lines))
        screen.process.send("\x1b[6~")
        time.sleep(0.2)
    text = list(headings)
    own = [index for index, line in enumerate(text) if "Câu hỏi riêng" in line]
    if not visit.heading:
        assert own == []
        assert any("J. Rào cản" in line for line in text)
        return
    assert len(own) == 1, text
    assert visit.heading in text[own[0]]
    before_own = [line for line in text[: own[0]] if line[:2] in {f"{letter}." for letter in "ABCDEFGHIJKLM"}]
    assert before_own[-1].startswith("J. Rào cản")
