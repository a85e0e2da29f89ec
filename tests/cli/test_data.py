"""What comes out: lists, responses, exports, checks of forms and store."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.csv_cells import escape_cell
from survey_tui.errors import ExitCode

Run = Callable[..., Any]

ANSWERS = ["42", "2", "1 3", "=SUM(A1)", "mèo", "c", "-chó", "k", "c"]


@pytest.fixture
def stored(run: Run) -> str:
    """Id of a finished response of the small survey."""
    run("ask", "small", "--commune", "32059", "--surveyor", "CM012", lines=ANSWERS, check=ExitCode.OK)
    (summary,) = json.loads(run("responses", "list", "--json").out)
    return str(summary["id"])


@pytest.mark.slow
def test_the_instrument_from_the_door_to_the_stored_response(run: Run) -> None:
    place = ["--commune", "32059", "--area", "1", "--household", "12", "--surveyor", "cm012"]
    run("ask", "vneid", *place, lines=["", "", "", "=0", "=refuse", "c"], check=ExitCode.OK)
    (record,) = run("responses", "export", "--format", "jsonl", check=ExitCode.OK).out.splitlines()
    values = dict(json.loads(record)["values"])
    assert values["m0/ea_code"] == "32059-01"
    assert values["m0/consent_main"] == "0"
    assert values["z/result"] == "refuse"


@pytest.mark.slow
def test_lists_are_tables_and_json(run: Run, stored: str) -> None:
    table = run("responses", "list", check=ExitCode.OK).out.splitlines()
    assert len(table) == 2
    assert stored in table[1]
    assert "hoàn tất, chờ gửi" in table[1]
    assert "Hoàn thành" in table[1]
    assert "final" not in table[1]
    assert re.search(r" \d\d/\d\d/\d{4} \d\d:\d\d$", table[1])
    (summary,) = json.loads(run("responses", "list", "--json", "--status", "final").out)
    assert (summary["answered"], summary["commune"]) == (6, "32059")
    assert json.loads(run("responses", "list", "--json", "--status", "draft").out) == []


@pytest.mark.slow
def test_the_list_knows_the_household_from_the_answers(run: Run) -> None:
    run("ask", "vneid", lines=["CM012", "32059-01", "7"], check=ExitCode.UNFINISHED)
    row = run("responses", "list", check=ExitCode.OK).out.splitlines()[1].split("  ")
    cells = [cell.strip() for cell in row if cell.strip()]
    assert cells[1:6] == ["nháp", "vneid", "32059", "32059-01", "7"]


def test_an_empty_list_is_told_beside_the_data(run: Run) -> None:
    result = run("responses", "list", check=ExitCode.OK)
    assert result.out == ""
    assert "survey-tui" in result.err


@pytest.mark.slow
def test_one_response_in_words_and_as_frozen(run: Run, stored: str) -> None:
    words = run("responses", "show", stored[:20], check=ExitCode.OK).out
    assert "Màu nào?: Xanh" in words
    assert "Con gì?: -chó" in words
    frozen = run("responses", "show", stored, "--json").out
    (summary,) = json.loads(run("responses", "list", "--json").out)
    assert hashlib.sha256(frozen.encode()).hexdigest() == summary["sha256"]
    assert run("responses", "export", "--format", "jsonl").out == frozen


@pytest.mark.slow
def test_a_response_whose_survey_is_gone_is_still_shown(run: Run, stored: str) -> None:
    result = run("responses", "show", stored, PYTHONPATH="", check=ExitCode.OK)
    assert "colour: g" in result.out
    assert "small" in result.err


@pytest.mark.slow
def test_csv_on_standard_output_has_repeats_as_json(run: Run, stored: str) -> None:
    (row,) = csv.DictReader(io.StringIO(run("responses", "export", "--format", "csv", check=ExitCode.OK).out))
    assert row["response_id"] == stored
    assert row["colours"] == "r b"
    assert row["words"] == "'=SUM(A1)"
    assert [each["kind"] for each in json.loads(row["pet"])] == ["mèo", "-chó"]


@pytest.mark.slow
def test_csv_files_have_a_table_for_each_repeat(run: Run, stored: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    result = run(
        "responses", "export", "--format", "csv", "--bom", "--output", str(target), check=ExitCode.OK
    )
    assert result.out == ""
    assert target.read_bytes().startswith(b"\xef\xbb\xbfresponse_id,")
    pets = list(csv.DictReader((tmp_path / "out.pet.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert pets == [
        {"response_id": stored, "instance": "1", "kind": "mèo"},
        {"response_id": stored, "instance": "2", "kind": "'-chó"},
    ]
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["out.csv", "out.pet.csv"]


@pytest.mark.slow
def test_a_csv_holds_one_survey(run: Run, stored: str) -> None:
    run("ask", "vneid", lines=["CM012", "32059-01", "1", "=0", "=refuse", "c"], check=ExitCode.OK)
    result = run("responses", "export", "--format", "csv", check=ExitCode.USAGE)
    assert "small, vneid" in result.err
    chosen = run("responses", "export", "--format", "csv", "--survey", "small", check=ExitCode.OK)
    assert stored in chosen.out
    assert len(run("responses", "export", "--format", "jsonl").out.splitlines()) == 2


@pytest.mark.slow
def test_an_export_that_cannot_be_written_leaves_what_was_there(
    run: Run, stored: str, tmp_path: Path
) -> None:
    result = run("responses", "export", "--format", "jsonl", "--output", str(tmp_path / "no" / "x"))
    assert result.code == ExitCode.STORE
    assert "--output" in result.err


@given(st.text(max_size=12))
@settings(deadline=None, max_examples=300)
def test_no_cell_can_begin_a_formula(text: str) -> None:
    cell = escape_cell(text)
    assert cell.lstrip("'") == text.lstrip("'")
    assert cell[:1] not in "=@\t\r" or cell == ""
    assert cell[:1] not in "+-" or cell == "" or float(cell.replace(",", ".")) is not None


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


@pytest.mark.slow
def test_the_store_is_checked_and_repaired(run: Run, stored: str, home: Path) -> None:
    run("store", "check", check=ExitCode.OK)
    journal = next((home / "store").glob("*.journal"))
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 0xFF
    journal.write_bytes(data)
    found = json.loads(run("store", "check", "--json", check=ExitCode.STORE).out)
    assert all(finding["what"] and finding["remedy"] for finding in found)
    assert run("responses", "list").err
    run("store", "repair", check=ExitCode.OK)
    run("store", "check", check=ExitCode.OK)


def test_a_home_that_is_a_file_is_named(run: Run, home: Path) -> None:
    home.write_text("not a directory")
    result = run("ask", "small", lines=ANSWERS)
    assert result.code == ExitCode.STORE
    assert result.err.strip()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that nobody can write to")
def test_a_home_that_cannot_be_written_is_named_and_the_rest_works(run: Run) -> None:
    result = run("ask", "small", "--home", "/proc/nowhere", lines=ANSWERS, check=ExitCode.STORE)
    assert "/proc/nowhere" in result.err
    assert "vneid" in run("forms", "list", "--home", "/proc/nowhere", check=ExitCode.OK).out
    run("responses", "list", "--home", "/proc/nowhere", check=ExitCode.OK)
