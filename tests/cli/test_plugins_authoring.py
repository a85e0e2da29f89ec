"""``survey-tui plugins new``, ``preview``, ``check`` and ``pack``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pexpect
import pyte
import pytest

from survey_tui.errors import ExitCode
from tests.support.command_line import Run

QUESTION = "Ông/Bà có biết điểm hỗ trợ dịch vụ số của xã, phường mình không?"
EDITED = "Ông/Bà có biết điểm hỗ trợ dịch vụ số đặt ở nhà văn hóa ấp mình không?"
COMMUNE = "31333"
"""Of the former Hậu Giang."""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
def test_a_plugin_is_created_checked_packed_and_installed(run: Run, tmp_path: Path) -> None:
    made = run("plugins", "new", "hau_giang", "--province", "Hậu Giang", check=ExitCode.OK)
    assert "hau_giang/plugin.toml" in made.out
    edit(tmp_path / "hau_giang" / "modules" / "hau_giang.toml", QUESTION, EDITED)
    seen = run("plugins", "preview", "hau_giang", "--once", check=ExitCode.OK)
    assert EDITED in seen.out
    checked = run("plugins", "check", "hau_giang", "--interviews", "60", check=ExitCode.OK)
    assert "hg_help" in checked.out
    packed = run("plugins", "pack", "hau_giang", "usb", check=ExitCode.OK)
    assert packed.out == "usb/hau_giang-2026.1.zip\n"
    other = {"SURVEY_TUI_HOME": str(tmp_path / "other")}
    run("plugins", "install", "usb/hau_giang-2026.1.zip", check=ExitCode.OK, **other)
    assert "hau_giang" in run("plugins", "list", check=ExitCode.OK, **other).out
    form = run("forms", "show", "xa_hoi_so", "--commune", COMMUNE, check=ExitCode.OK, **other)
    assert "hg_known" in form.out
    elsewhere = run("forms", "show", "xa_hoi_so", "--commune", "00004", check=ExitCode.OK, **other)
    assert "hg_known" not in elsewhere.out


@pytest.mark.slow
def test_the_same_files_give_the_same_zip(run: Run, tmp_path: Path) -> None:
    run("plugins", "new", "hau_giang", "--province", "93", "--legacy", check=ExitCode.OK)
    for place in ("one", "two"):
        run("plugins", "pack", "hau_giang", place, check=ExitCode.OK)
    first, second = (tmp_path / place / "hau_giang-2026.1.zip" for place in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.slow
def test_mistakes_give_the_status_of_a_bad_form(run: Run, tmp_path: Path) -> None:
    run("plugins", "new", "hau_giang", "--province", "Hậu Giang", check=ExitCode.OK)
    edit(tmp_path / "hau_giang" / "modules" / "hau_giang.toml", "select_one hg_known", "select_one hg_knows")
    checked = run("plugins", "check", "hau_giang", check=ExitCode.BAD_FORM)
    assert "modules/hau_giang.toml" in checked.out
    seen = run("plugins", "preview", "hau_giang", "--once", check=ExitCode.BAD_FORM)
    assert "modules/hau_giang.toml" in seen.err


@pytest.mark.parametrize("command", ["check", "preview", "pack"])
def test_missing_path_exits_with_usage_error(run: Run, command: str) -> None:
    run("plugins", command, "nowhere", check=ExitCode.USAGE)


def test_unknown_province_exits_with_bad_answer(run: Run) -> None:
    run("plugins", "new", "atlantis", "--province", "Atlantis", check=ExitCode.BAD_ANSWER)


class Terminal:
    """The program in a pseudo-terminal, with its screen."""

    def __init__(self, arguments: list[str], home: Path, folder: Path) -> None:
        self._screen = pyte.Screen(90, 24)
        self._stream = pyte.Stream(self._screen)
        environment = {"PATH": os.defpath, "HOME": str(folder), "TERM": "xterm-256color", "PYTHONUTF8": "1"}
        environment |= {"SURVEY_TUI_HOME": str(home), "SURVEY_TUI_LANGUAGE": "vi"}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "survey_tui", *arguments],
            env=environment,
            cwd=str(folder),
            dimensions=(24, 90),
        )

    def shows(self, text: str, seconds: float = 40) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self._stream.feed(self.child.read_nonblocking(65536, 0.3).decode("utf-8", "replace"))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                return False
            if text in "\n".join(self._screen.display):
                return True
        return False


@pytest.mark.slow
@pytest.mark.pty
def test_the_form_opens_again_when_a_file_is_saved(run: Run, tmp_path: Path, home: Path) -> None:
    run("plugins", "new", "hau_giang", "--province", "Hậu Giang", check=ExitCode.OK)
    module = tmp_path / "hau_giang" / "modules" / "hau_giang.toml"
    terminal = Terminal(["plugins", "preview", "hau_giang"], home, tmp_path)
    try:
        assert terminal.shows("Ông/Bà có biết điểm hỗ trợ dịch vụ số")
        edit(module, QUESTION, "Ông/Bà có nghe nói đến điểm hỗ trợ không?")
        assert terminal.shows("Ông/Bà có nghe nói đến điểm hỗ trợ không?")
        edit(module, 'type = "integer"', 'type = "integr"')
        assert terminal.shows("integr")
        edit(module, 'type = "integr"', 'type = "integer"')
        assert terminal.shows("Ông/Bà có nghe nói đến điểm hỗ trợ không?")
    finally:
        terminal.child.close(force=True)
