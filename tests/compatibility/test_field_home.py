"""A surveyor's home of an earlier version: same data, same texts, and work goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .archive import Unpack
from .golden import same_as_recorded
from .program import Result, nfd, run, without_moments, without_places

pytestmark = pytest.mark.slow

DATA = {
    "responses-list.json": ("survey-tui", "responses", "list", "--json"),
    "export.jsonl": ("survey-tui", "responses", "export", "--format", "jsonl"),
    "export-so_nho.csv": ("survey-tui", "responses", "export", "--format", "csv", "--survey", "so_nho"),
    "export-vneid-bom.csv": (
        "survey-tui",
        "responses",
        "export",
        "--format",
        "csv",
        "--survey",
        "vneid",
        "--bom",
    ),
    "store-check.json": ("survey-tui", "store", "check", "--json"),
    "plugins-keys.txt": ("survey-tui", "plugins", "keys", "list"),
    "sync-status.json": ("survey-sync", "status", "--json"),
    "sync-log.json": ("survey-sync", "log", "--json"),
    "sync-messages.json": ("survey-sync", "messages", "--json"),
    "sync-key.json": ("survey-sync", "key", "--json"),
}
"""Commands with data for programs."""

WORDS = {
    "responses-list": ("survey-tui", "responses", "list"),
    "responses-list-drafts": ("survey-tui", "responses", "list", "--status", "draft", "--survey", "so_nho"),
    "store-check": ("survey-tui", "store", "check"),
    "lock-status": ("survey-tui", "lock", "status"),
    "sync-status": ("survey-sync", "status"),
    "sync-log": ("survey-sync", "log"),
    "sync-log-last": ("survey-sync", "log", "--last", "2"),
    "sync-messages": ("survey-sync", "messages"),
    "sync-key": ("survey-sync", "key"),
}
"""Commands with texts for people."""


def format_result(result: Result, home: Path) -> str:
    """Output, exit status and messages of a run as one text."""
    text = f"{result.out}--- {result.status}\n{result.err}"
    return without_places(text, home)


def ids(home: Path, *options: str) -> list[str]:
    out = run("survey-tui", "responses", "list", "--json", *options, home=home).out
    return [str(each["id"]) for each in json.loads(out)]


@pytest.mark.parametrize("name", DATA)
def test_data_of_the_home_are_unchanged(name: str, field: Path) -> None:
    program, *arguments = DATA[name]
    result = run(program, *arguments, home=field, status=None)
    same_as_recorded(f"field/{name}", without_places(result.out, field))


@pytest.mark.words
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", WORDS)
def test_texts_about_the_home_are_unchanged(name: str, language: str, field: Path) -> None:
    program, *arguments = WORDS[name]
    result = run(program, *arguments, home=field, language=language, status=None)
    same_as_recorded(f"words/field/{name}.{language}.txt", format_result(result, field))


def test_reading_twice_changes_no_byte_of_the_store(field: Path) -> None:
    journal = field / "store" / "responses.journal"
    before = journal.read_bytes()
    for program, *arguments in (*DATA.values(), *WORDS.values()):
        run(program, *arguments, home=field, status=None)
    assert journal.read_bytes() == before


@pytest.mark.words
def test_texts_of_every_response_are_unchanged(field: Path) -> None:
    for language in ("vi", "en"):
        shown = [
            format_result(run("survey-tui", "responses", "show", each, home=field, language=language), field)
            for each in sorted(ids(field))
        ]
        same_as_recorded(f"words/field/responses-show.{language}.txt", "".join(shown))


def test_every_response_and_draft_has_the_same_bytes(field: Path) -> None:
    shown = [
        run("survey-tui", "responses", "show", each, "--json", home=field) for each in sorted(ids(field))
    ]
    same_as_recorded("field/responses-show.jsonl", "".join(each.out for each in shown))


def test_csv_files_have_a_table_for_each_repeat(field: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "so_nho.csv"
    target.parent.mkdir()
    options = ("--format", "csv", "--survey", "so_nho", "--output", target)
    run("survey-tui", "responses", "export", *options, home=field)
    written = sorted(target.parent.iterdir())
    text = "".join(f"=== {path.name}\n{path.read_bytes().decode()}" for path in written)
    same_as_recorded("field/export-tables.txt", text)


def test_plugins_of_the_home_are_unchanged(field: Path) -> None:
    mine = json.loads(run("survey-tui", "plugins", "list", "--json", home=field).out)
    mine = [each for each in mine if each["name"] in {"so_nho", "phu_luc"}]
    text = json.dumps(mine, ensure_ascii=False, indent=1, sort_keys=True)
    same_as_recorded("field/plugins.json", without_places(text, field) + "\n")


def test_the_survey_of_the_home_is_the_same_form(field: Path) -> None:
    whole = run("survey-tui", "forms", "show", "so_nho", "--commune", "32059", "--json", home=field)
    same_as_recorded("field/form.json", without_places(whole.out, field))


def finished(home: Path, household: str, *lines: str) -> str:
    """The draft of this household is finished; its final bytes without times, and with its events' tags."""
    drafts = json.loads(run("survey-tui", "responses", "list", "--status", "draft", "--json", home=home).out)
    (draft,) = (str(each["id"]) for each in drafts if each["household"] == household)
    run("survey-tui", "ask", "so_nho", "--plain", "--response", draft, home=home, lines=lines)
    final = json.loads(run("survey-tui", "responses", "show", draft, "--json", home=home).out)
    assert isinstance(final.pop("minutes"), float)
    return without_moments(json.dumps(final, ensure_ascii=False, sort_keys=True, indent=1)) + "\n"


def test_drafts_resume_at_their_step_and_can_be_finished(field: Path) -> None:
    same_as_recorded("field/draft-7.json", finished(field, "7", "1", "6", "", nfd("Hoà Bình"), "", "k", "c"))
    same_as_recorded("field/draft-8.json", finished(field, "8", "c", "8", "k", "c"))


def test_a_new_interview_has_the_id_and_plugins_of_the_home(field: Path) -> None:
    """The device's id, the surveyor and the disabled plugin are those of the home."""
    visit = ("--commune", "32059", "--area", "01", "--household", "50", "--surveyor", "CM001")
    run("survey-tui", "ask", "vneid", *visit, home=field, lines=["", "", "", "=0", "=refuse", "c"])
    newest = json.loads(run("survey-tui", "responses", "list", "--json", home=field).out)[0]["id"]
    final = json.loads(run("survey-tui", "responses", "show", newest, "--json", home=field).out)
    settings = json.loads((field / "settings.json").read_bytes())
    assert final["device_id"] == settings["device"]
    assert "phu_luc" not in {name for name, _, _ in final["modules"]}
    run("survey-tui", "plugins", "enable", "phu_luc", home=field)
    run("survey-tui", "ask", "vneid", *visit, home=field, lines=["", "", "", "=0", "=refuse", "c"])
    last = run("survey-tui", "responses", "export", "--format", "jsonl", home=field).out.splitlines()[-1]
    assert "phu_luc" in {name for name, _, _ in json.loads(last)["modules"]}


def test_a_draft_is_finished_with_a_newer_version_of_its_survey(field: Path) -> None:
    """The newer version lacks a question and a choice of the older one."""
    run("survey-sync", "install", home=field)
    same_as_recorded(
        "field/draft-6.json", finished(field, "6", "/go net", "=4g", "", "", "17", "30", "thợ", "k", "c")
    )


def test_a_pending_package_is_installed(field: Path) -> None:
    same_as_recorded("field/install.json", run("survey-sync", "install", "--json", home=field).out)
    surveys = json.loads(run("survey-tui", "forms", "list", "--json", home=field).out)
    assert [each["version"] for each in surveys if each["id"] == "so_nho"] == ["2.0"]


def test_a_response_is_erased_by_its_receipt_code(field: Path) -> None:
    first = run(
        "survey-tui", "responses", "export", "--format", "jsonl", "--survey", "so_nho", home=field
    ).out
    record = next(json.loads(line) for line in first.splitlines() if "m0/withdraw_code" in line)
    code = dict(record["values"])["m0/withdraw_code"]
    gone = run("survey-tui", "responses", "withdraw", code, "--yes", home=field).out
    assert gone.strip() == record["response_id"]
    assert record["response_id"] not in ids(field)
    assert code.encode() not in (field / "store" / "responses.journal").read_bytes()


def test_received_responses_expire(field: Path) -> None:
    received = ids(field, "--status", "received")
    gone = run("survey-tui", "responses", "expire", "--days", "0", home=field).out.split()
    assert sorted(gone) == sorted(received)
    assert ids(field, "--status", "received") == []


def test_the_store_is_replaced_by_a_backup(field: Path, fixture: Unpack) -> None:
    (backup,) = (fixture("usb") / "backup").glob("responses-*.journal")
    before = run("survey-tui", "responses", "export", "--format", "jsonl", home=field).out
    run("survey-tui", "store", "restore", backup, home=field)
    assert run("survey-tui", "responses", "export", "--format", "jsonl", home=field).out == before
    run("survey-tui", "store", "check", home=field)


def test_a_backup_is_restored_to_a_new_home(fixture: Unpack, tmp_path: Path, field: Path) -> None:
    (backup,) = (fixture("usb") / "backup").glob("responses-*.journal")
    new = tmp_path / "new"
    run("survey-tui", "store", "restore", backup, home=new)
    for home in (field, new):
        out = run("survey-tui", "responses", "export", "--format", "jsonl", home=home).out
        same_as_recorded("field/export.jsonl", out)
