"""``survey-tui responses``: list, show, export, withdraw and expire."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.application.settings import load_settings
from survey_tui.csv_cells import escape_cell
from survey_tui.errors import ExitCode
from survey_tui.store import ResponseStore
from tests.support.command_line import Run, invoke, store_final_response


@pytest.mark.slow
def test_a_national_survey_is_stored_and_exported(run: Run) -> None:
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


def test_an_empty_list_is_reported_on_standard_error(run: Run) -> None:
    result = run("responses", "list", check=ExitCode.OK)
    assert result.out == ""
    assert "survey-tui" in result.err


@pytest.mark.slow
def test_a_response_is_shown_as_text_and_as_canonical_bytes(run: Run, stored: str) -> None:
    text = run("responses", "show", stored[:20], check=ExitCode.OK).out
    assert "Màu nào?: Xanh" in text
    assert "Con gì?: -chó" in text
    canonical = run("responses", "show", stored, "--json").out
    (summary,) = json.loads(run("responses", "list", "--json").out)
    assert hashlib.sha256(canonical.encode()).hexdigest() == summary["sha256"]
    assert run("responses", "export", "--format", "jsonl").out == canonical


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
def test_a_csv_has_one_survey(run: Run, stored: str) -> None:
    run("ask", "vneid", lines=["CM012", "32059-01", "1", "=0", "=refuse", "c"], check=ExitCode.OK)
    result = run("responses", "export", "--format", "csv", check=ExitCode.USAGE)
    assert "small, vneid" in result.err
    chosen = run("responses", "export", "--format", "csv", "--survey", "small", check=ExitCode.OK)
    assert stored in chosen.out
    assert len(run("responses", "export", "--format", "jsonl").out.splitlines()) == 2


@pytest.mark.slow
def test_an_export_that_cannot_be_written_is_an_error(run: Run, stored: str, tmp_path: Path) -> None:
    result = run("responses", "export", "--format", "jsonl", "--output", str(tmp_path / "no" / "x"))
    assert result.code == ExitCode.STORE
    assert "--output" in result.err


@pytest.mark.slow
@given(st.text(max_size=12))
@settings(deadline=None, max_examples=300)
def test_no_cell_is_a_formula(text: str) -> None:
    cell = escape_cell(text)
    assert cell.lstrip("'") == text.lstrip("'")
    assert cell[:1] not in "=@\t\r" or cell == ""
    assert cell[:1] not in "+-" or cell == "" or float(cell.replace(",", ".")) is not None


@pytest.mark.slow
def test_withdraw_needs_confirmation_and_a_known_receipt_code(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = store_final_response(home)
    assert invoke(home, "responses", "withdraw", "32060-01-12-0000", "--yes").returncode == ExitCode.NOT_FOUND
    assert invoke(home, "responses", "withdraw", "32060-01-12-4711").returncode == ExitCode.USAGE
    assert key in invoke(home, "responses", "list").stdout
    done = invoke(home, "responses", "withdraw", "32060-01-12-4711", "--yes")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OK, key)
    assert invoke(home, "responses", "list").stdout == ""
    with ResponseStore.open(home, read_only=True) as store:
        assert [tombstone.id for tombstone in store.tombstones()] == [key]
    assert invoke(home, "responses", "expire", "--days", "30", "--each-start").returncode == ExitCode.OK
    assert load_settings(home).keep_days == 30


@pytest.mark.slow
def test_withdraw_names_the_backup_that_still_has_the_response(tmp_path: Path) -> None:
    home, card, drawer = tmp_path / "home", tmp_path / "card", tmp_path / "drawer"
    key = store_final_response(home)
    card.mkdir()
    assert invoke(home, "store", "backup", "--to", str(card), "--remember").returncode == ExitCode.OK
    card.rename(drawer)
    done = invoke(home, "responses", "withdraw", "32060-01-12-4711", "--yes")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OK, key)
    assert f"backup in {card} still contains 1" in done.stderr
    assert f"backup in {card} still contains 1" in invoke(home, "store", "check").stdout
    drawer.rename(card)
    invoke(home, "responses", "expire", "--days", "30")
    assert "still contains" not in invoke(home, "store", "check").stdout
    assert all(b"4711" not in path.read_bytes() for path in card.iterdir())
