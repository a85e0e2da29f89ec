"""The program in a real terminal: bursts, input methods, signals, kills."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

import pytest

if TYPE_CHECKING:
    from tests.support.study import Study
    from tests.support.terminal import Terminal

pytestmark = pytest.mark.pty
Open = Callable[..., "Terminal"]
WORDS = ("Tiếng Việt", "đường 3/2", "Khánh An", "ướt", "nghiêng", "x", "ấp Cái Tàu")
LISTS = """
[[list]]
name = "seven"
choices = [{choices}]
""".format(
    choices=", ".join(
        f'{{ name = "c{i}", label.vi = "Mục {i}", label.en = "Item {i}" }}' for i in range(1, 8)
    )
)


class Asked(NamedTuple):
    """A question of a generated survey: its TOML, the keys that answer it, the answer that must be stored."""

    toml: str
    keys: str
    answer: str | None


def question(number: int, draw: random.Random, last_choice: tuple[str, str]) -> Asked:
    """A question with a random answer. ``last_choice``: name and answer of the last select before it."""
    name = f"q{number:02d}"
    kind = draw.choice(["one", "one", "many", "integer", "decimal", "text", "note", "skipped"])
    head = f'\n[[question]]\nname = "{name}"\nlabel.vi = "Câu {number}?"\nlabel.en = "Question {number}?"\n'
    if kind == "skipped":
        other = "c1" if last_choice[1] != "c1" else "c2"
        return Asked(f'{head}type = "integer"\nrelevant = "${{{last_choice[0]}}} = \'{other}\'"\n', "", None)
    if kind == "note":
        return Asked(head + 'type = "note"\n', "\r", None)
    required = "required = true\n"
    if kind == "one":
        choice = draw.randint(1, 7)
        return Asked(f'{head}type = "select_one seven"\n{required}', f"{choice}\r", f"c{choice}")
    if kind == "many":
        chosen = draw.sample(range(1, 8), draw.randint(1, 4))
        keys = "".join(map(str, chosen)) + "\r"
        answer = " ".join(f"c{i}" for i in sorted(chosen))
        return Asked(f'{head}type = "select_multiple seven"\n{required}', keys, answer)
    if kind == "text":
        text = " ".join(draw.sample(WORDS, 2))
        return Asked(
            f'{head}type = "text"\n{required}', normalize(draw.choice(["NFC", "NFD"]), text) + "\r", text
        )
    whole = draw.randint(0, 9999)
    if kind == "decimal":
        return Asked(f'{head}type = "decimal"\n{required}', f"{whole},5\r", f"{whole}.5")
    return Asked(f'{head}type = "integer"\n{required}', f"{whole}\r", str(whole))


def survey(seed: int, count: int = 60) -> tuple[str, str, dict[str, str]]:
    """TOML, one burst of keys, and the answers by name, of a survey with ``count`` answered questions."""
    draw = random.Random(seed)
    toml, keys = LISTS, ""
    answers: dict[str, str] = {}
    last_choice = ("q00", "c3")
    first = Asked(
        '\n[[question]]\nname = "q00"\ntype = "select_one seven"\nlabel.vi = "Đầu"\nlabel.en = "First"\n',
        "3\r",
        "c3",
    )
    asked, number = first, 0
    while len(answers) < count:
        toml, keys = toml + asked.toml, keys + asked.keys
        if asked.answer is not None:
            answers[f"q{number:02d}"] = asked.answer
            if "select_one" in asked.toml:
                last_choice = (f"q{number:02d}", asked.answer)
        number += 1
        asked = question(number, draw, last_choice)
    return toml, keys, answers


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [(80, 24), (40, 20)], ids=["80x24", "40x20"])
def test_sixty_answers_in_one_burst_land_on_their_own_questions(
    study: Study, terminal: Open, seed: int, size: tuple[int, int]
) -> None:
    toml, burst, answers = survey(seed)
    study.add("burst", toml)
    screen = terminal("burst", columns=size[0], lines=size[1])
    screen.wait_for("Đầu")
    screen.send(burst)
    screen.wait_for("Rà soát")
    assert study.answers() == answers


def test_one_key_answers_in_one_burst(study: Study, terminal: Open) -> None:
    from survey_tui.application.settings import Settings, save_settings

    draw = random.Random(7)
    chosen = [draw.randint(1, 7) for _ in range(60)]
    study.add(
        "quick",
        LISTS
        + "".join(
            f'\n[[question]]\nname = "q{i}"\ntype = "select_one seven"\nrequired = true\n'
            f'label.vi = "Câu {i}."\nlabel.en = "Question {i}."\n'
            for i in range(60)
        ),
    )
    save_settings(study.home, Settings(one_key=True))
    screen = terminal("quick")
    screen.wait_for("Câu 0.")
    screen.send("".join(map(str, chosen)))
    screen.wait_for("Rà soát")
    assert study.answers() == {f"q{i}": f"c{choice}" for i, choice in enumerate(chosen)}


def test_from_a_note_in_a_burst_to_the_next_question(study: Study, terminal: Open) -> None:
    """Screens that open and close inside one burst take the keys that are theirs."""
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    screen.send("\x0eghi chú\r2\r\x07gop y\rtốt\x02\x02\x02\x02\x0225\r1\r")
    screen.wait_for("Hộ mấy người?")
    screen.send("1\r2\r3\r")
    screen.wait_for("tốt")
    screen.send("\r")
    screen.wait_for("Rà soát")
    answers = study.answers()
    assert answers["remark"] == "tốt"
    assert answers["a/phone"] == "0"


@pytest.mark.parametrize(
    ("burst", "text"),
    [
        ("Vieet\x7f\x7f\x7fệt", "Việt"),
        ("Toi\x7f\x7fôi ddi\x7f\x7f\x7fđi hocj\x7f\x7f\x7fọc", "Tôi đi học"),
        ("e\u0302\u0323", "ệ"),
    ],
)
def test_bursts_of_input_methods(study: Study, terminal: Open, burst: str, text: str) -> None:
    study.add("word", '\n[[question]]\nname = "w"\ntype = "text"\nlabel.vi = "Gõ gì?"\nlabel.en = "Type?"\n')
    screen = terminal("word")
    screen.wait_for("Gõ gì?")
    screen.send(burst)
    screen.wait_for(f"> {text}")
    screen.send("\r")
    screen.wait_for("Rà soát")
    assert study.answers() == {"w": text}


def test_built_in_telex(study: Study, terminal: Open) -> None:
    from survey_tui.application.settings import Settings, save_settings

    study.add("word", '\n[[question]]\nname = "w"\ntype = "text"\nlabel.vi = "Gõ gì?"\nlabel.en = "Type?"\n')
    save_settings(study.home, Settings(typing="telex"))
    screen = terminal("word")
    screen.wait_for("Gõ gì?")
    screen.send("Vieejt Namm\x7f\r")
    screen.wait_for("Rà soát")
    assert study.answers() == {"w": "Việt Nam"}


def test_after_kill_9_the_interview_goes_on_at_the_same_question(study: Study, terminal: Open) -> None:
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    screen.send("1\r1\r33\r")
    screen.wait_for("Có dùng Internet")
    os.kill(screen.process.pid, signal.SIGKILL)
    assert screen.wait_for_end() == 128 + signal.SIGKILL
    again = terminal()
    again.wait_for("Hộ 12", "nháp")
    again.send("\r")
    again.wait_for("Có dùng Internet", "đã lưu")
    assert {"a/phone": "1", "a/devices": "smart", "a/age": "33"}.items() <= study.answers().items()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_restore_the_terminal(study: Study, terminal: Open, number: signal.Signals) -> None:
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    screen.send("2\r")
    screen.wait_for("Bao nhiêu tuổi")
    os.kill(screen.process.pid, number)
    assert screen.wait_for_end() == 128 + number
    assert not screen.screen.mode & {1 << 5 | 1000, 1000 << 5}  # no mouse reports
    assert "a/phone" in study.answers()


def test_a_closed_terminal_ends_the_program(study: Study, terminal: Open) -> None:
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    pid = screen.process.pid
    os.close(screen.process.child_fd)
    screen.process.child_fd = -1
    screen.process.closed = True
    for _ in range(300):
        ended, _status = os.waitpid(pid, os.WNOHANG)
        if ended:
            break
        signal.sigtimedwait([], 0.1)
    else:
        os.kill(pid, signal.SIGKILL)  # it must not outlive the tests
        os.waitpid(pid, 0)
    assert ended == pid
    assert study.answers() is not None


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_a_continue_signal_without_a_stop_starts_nothing_twice(study: Study, terminal: Open) -> None:
    """A terminal that closes sends SIGCONT together with SIGHUP."""
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    tasks = Path(f"/proc/{screen.process.pid}/task")
    before = len(list(tasks.iterdir()))
    os.kill(screen.process.pid, signal.SIGCONT)
    screen.send("1\r")
    screen.wait_for("Hộ có thiết bị nào")
    assert len(list(tasks.iterdir())) == before


def test_quitting_is_a_clean_exit(study: Study, terminal: Open) -> None:
    screen = terminal()
    screen.wait_for("Chưa có phiếu nào")
    screen.send("\x11")
    assert screen.wait_for_end() == 0


def test_a_fault_of_the_program_exits_non_zero_and_shows_no_answers(study: Study, terminal: Open) -> None:
    (study.forms / "modules" / "small.toml").write_text("name = ", encoding="utf-8")
    screen = terminal("small")
    assert screen.wait_for_end() != 0


def test_help_key_and_backspace_are_distinguished(study: Study, terminal: Open) -> None:
    screen = terminal("small")
    screen.wait_for("Có điện thoại")
    screen.send("\x08")
    screen.wait_for("Trợ giúp")
    screen.send("\x11")
    screen.wait_for("Có điện thoại")


def test_mouse_reports_only_where_wanted(study: Study, terminal: Open) -> None:
    from survey_tui.application.settings import Settings, save_settings

    save_settings(study.home, Settings(mouse=False))
    screen = terminal()
    screen.wait_for("Chưa có phiếu nào")
    assert 1000 << 5 not in screen.screen.mode


def test_a_fully_ascii_frame_at_40x20(study: Study, terminal: Open) -> None:
    from survey_tui.application.settings import Settings, save_settings

    save_settings(study.home, Settings(theme="ascii", language="en"))
    screen = terminal("small", columns=40, lines=20)
    text = screen.wait_for("A phone of your own?", "( ) Yes")
    assert [sign for sign in text if not sign.isascii() and not sign.isalpha()] == []
    assert len(text.splitlines()) == 20


def test_another_program_has_the_responses(study: Study, terminal: Open) -> None:
    first = terminal("small")
    first.wait_for("Có điện thoại")
    second = terminal()
    second.wait_for("Chỉ đọc")
    second.send("\x0e")
    second.wait_for("Chỉ đọc")


assert sys.platform != "win32"
