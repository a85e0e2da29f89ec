"""``survey-tui forms``: list, check and show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from survey_tui.errors import ExitCode
from tests.support.command_line import Run


@pytest.mark.slow
def test_forms_are_listed_shown_and_checked(run: Run, site: Path, tmp_path: Path) -> None:
    listed = json.loads(run("forms", "list", "--json", check=ExitCode.OK).out)
    assert {"xa_hoi_so", "vneid", "small"} <= {survey["id"] for survey in listed}
    assert "age [integer] Age?" in run("forms", "show", "small", language="en", check=ExitCode.OK).out
    assert json.loads(run("forms", "show", "small", "--json").out)["id"] == "small"
    run("forms", "show", "nothing", check=ExitCode.NOT_FOUND)
    assert run("forms", "check", str(site / "small_survey"), check=ExitCode.OK).out == ""
    run("forms", "check", str(tmp_path / "nowhere"), check=ExitCode.USAGE)
    broken = tmp_path / "broken.toml"
    broken.write_text(
        '[[question]]\ntype = "intger"\nname = "a"\nlabel.vi = "A\\u001b[31m"\n', encoding="utf-8"
    )
    result = run("forms", "check", str(broken), check=ExitCode.BAD_FORM)
    assert "broken.toml:2" in result.out or "broken.toml:1" in result.out
    assert "\x1b" not in result.out + result.err
    found = json.loads(run("forms", "check", str(broken), "--json").out)
    assert "error" in {finding["severity"] for finding in found}
    assert all(finding["message"] for finding in found)


def test_a_broken_plugin_is_named_and_the_others_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad_plugin.py").write_text("raise RuntimeError('\\x1b[31mno')\n", encoding="utf-8")
    metadata = tmp_path / "bad_plugin-1.dist-info"
    metadata.mkdir()
    (metadata / "entry_points.txt").write_text("[survey_tui]\nbad = bad_plugin\n", encoding="utf-8")
    result = run("forms", "list", PYTHONPATH=str(tmp_path), check=ExitCode.OK)
    assert "vneid" in result.out
    assert "bad_plugin-1" in result.err
    assert "\x1b" not in result.err
