"""``survey-tui completion``, and what completion offers."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from survey_tui.errors import ExitCode
from tests.support.command_line import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run: Run, shell: str) -> None:
    script = run("completion", shell, check=ExitCode.OK).out
    assert "_SURVEY_TUI_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script.encode(), check=True, timeout=60)


@pytest.mark.slow
def test_completion_offers_commands_and_surveys(run: Run) -> None:
    extra = {"_SURVEY_TUI_COMPLETE": "bash_complete", "COMP_WORDS": "survey-tui ", "COMP_CWORD": "1"}
    assert "plain,responses" in run(**extra).out
    extra = {"_SURVEY_TUI_COMPLETE": "bash_complete", "COMP_WORDS": "survey-tui ask sm", "COMP_CWORD": "2"}
    assert "plain,small" in run(**extra).out.splitlines()
