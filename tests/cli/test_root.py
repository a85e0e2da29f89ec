"""The root command and all commands: version, help, usage errors, output and unexpected failures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from survey_tui import __version__
from survey_tui.cli.root import root
from survey_tui.console.command_context import CommandContext
from survey_tui.console.run import run as run_root
from survey_tui.errors import ExitCode
from tests.support.command_line import Run


def test_version(run: Run) -> None:
    assert run("--version", check=ExitCode.OK).out == f"{__version__}\n"


@pytest.mark.parametrize(
    "command", ["", "start", "ask", "responses", "responses export", "forms check", "store"]
)
def test_help_is_in_the_users_language(run: Run, command: str) -> None:
    vietnamese = run(*command.split(), "--help", check=ExitCode.OK)
    english = run(*command.split(), "--language", "en", "--help", check=ExitCode.OK)
    assert vietnamese.out.startswith("Cách dùng: survey-tui")
    assert english.out.startswith("Usage: survey-tui")
    assert vietnamese.err == english.err == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["frms"], "frms"),
        (["--hom"], "--hom"),
        (["forms", "list", "--colour"], "--colour"),
        (["ask"], "SURVEY"),
        (["completion", "tcsh"], "bash, zsh, fish"),
        (["--language", "fr", "forms", "list"], "vi, en"),
        (["forms", "list", "extra"], "extra"),
        (["responses", "list", "--status", "lost"], "draft, final"),
    ],
)
def test_a_wrong_command_line_is_explained(run: Run, arguments: list[str], named: str) -> None:
    for language in ("vi", "en"):
        result = run(*arguments, language=language, check=ExitCode.USAGE)
        assert result.out == ""
        assert named in result.err
        assert "--help" in result.err


def test_a_group_without_a_command_shows_its_help_on_standard_error(run: Run) -> None:
    result = run("forms", check=ExitCode.USAGE)
    assert result.out == ""
    assert "list" in result.err
    assert "check" in result.err


def test_without_a_terminal_the_line_by_line_interview_is_named(run: Run) -> None:
    for arguments in ([], ["start", "small", "--commune", "32059"]):
        result = run(*arguments, check=ExitCode.TERMINAL)
        assert result.out == ""
        assert "survey-tui ask" in result.err
        assert "--plain" in result.err


def test_home_moves_all_data(run: Run, tmp_path: Path, home: Path) -> None:
    run("forms", "list", "--home", str(tmp_path / "elsewhere"), check=ExitCode.OK)
    assert (tmp_path / "elsewhere").is_dir()
    assert not home.exists()


@pytest.mark.slow
def test_a_closed_pipe_is_no_error(run: Run, site: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "survey_tui", "forms", "show", "xa_hoi_so", "--json"]
    environment = {"PYTHONPATH": str(site), "SURVEY_TUI_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    reading, writing = os.pipe()
    with subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, env=environment) as child:
        os.close(writing)
        os.close(reading)
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == ExitCode.PIPE
    assert stderr == b""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_named(site: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "survey_tui", "forms", "list"]
    environment = {"PYTHONPATH": str(site), "SURVEY_TUI_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment, timeout=60, check=False
        )
    assert done.returncode == ExitCode.STORE
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_an_unexpected_failure_leaves_a_report_without_answers(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_context: CommandContext) -> None:
        raise ZeroDivisionError("secret answer")

    monkeypatch.setenv("SURVEY_TUI_HOME", str(home))
    monkeypatch.setattr(CommandContext, "catalogue", property(fail))
    assert run_root(["forms", "list"], root, "survey-tui") == ExitCode.FAILURE
    assert "Traceback" not in capsys.readouterr().err
    (report,) = (home / "crash").iterdir()
    text = report.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text
    assert "commands/forms.py" in text
    assert "secret answer" not in text


def test_a_home_that_is_a_file_is_named(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "taken"
    home.write_text("mine")
    for command in (["responses", "list"], ["ask", "small"]):
        result = run("--home", str(home), *command, check=ExitCode.STORE)
        assert f"{home} là một tệp" in result.err
    assert home.read_text() == "mine"
