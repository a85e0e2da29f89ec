"""``survey-tui ask``: the interview line by line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pexpect
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_tui.cli.plain.slash_commands import SlashCommand, parse_command
from survey_tui.errors import ExitCode
from tests.support.command_line import ANSWERS, Run


def values(run: Run) -> dict[str, str | None]:
    line = run("responses", "export", "--format", "jsonl", check=ExitCode.OK).out
    return dict(json.loads(line)["values"])


def draft_id(run: Run) -> str:
    (summary,) = json.loads(run("responses", "list", "--status", "draft", "--json", check=ExitCode.OK).out)
    return str(summary["id"])


@pytest.mark.slow
def test_a_piped_interview_is_stored(run: Run) -> None:
    result = run("ask", "small", "--plain", lines=ANSWERS, check=ExitCode.OK)
    assert "\x1b" not in result.out
    assert "Tuổi?\n(Tuổi tròn)" in result.out
    assert "  2. Xanh" in result.out
    assert values(run) == {
        "age": "42",
        "colour": "g",
        "colours": "r b",
        "words": "=SUM(A1)",
        "pet[1]/kind": "mèo",
        "pet[2]/kind": "-chó",
    }


def test_in_english(run: Run) -> None:
    result = run("ask", "small", lines=ANSWERS, language="en", check=ExitCode.OK)
    assert "Age?\n(In completed years)" in result.out
    assert "  2. Green" in result.out


@pytest.mark.slow
def test_choices_by_label_part_or_name(run: Run) -> None:
    run("ask", "small", lines=["42", "xanh", "=r =b", "a", "b", "k", "c"], check=ExitCode.OK)
    found = values(run)
    assert (found["colour"], found["colours"]) == ("g", "r b")


@pytest.mark.slow
def test_the_end_of_input_keeps_the_draft_and_names_the_command_that_resumes_it(run: Run) -> None:
    result = run("ask", "small", lines=ANSWERS[:3], check=ExitCode.UNFINISHED)
    assert f"survey-tui ask small --plain --response {draft_id(run)}" in result.err
    run("ask", "small", "--response", draft_id(run)[:30], lines=ANSWERS[3:], check=ExitCode.OK)
    assert values(run)["pet[2]/kind"] == "-chó"


@pytest.mark.slow
def test_a_draft_whose_survey_is_gone_says_where_it_can_be_finished(run: Run) -> None:
    run("ask", "small", lines=ANSWERS[:3], check=ExitCode.UNFINISHED)
    without = {"PYTHONPATH": ""}
    result = run("ask", "small", "--response", draft_id(run), check=ExitCode.NOT_FOUND, **without)
    assert "cài lại gói" in result.err
    run("ask", "small", "--response", draft_id(run), lines=ANSWERS[3:], check=ExitCode.OK)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("abc", "abc"),
        ("200", "Tuổi từ 0 đến 110"),
        ("", "cần có câu trả lời"),
        ("/fly", "/help"),
        ("/language fr", "vi, en"),
        ("/go nowhere", "nowhere"),
        ("/dk", ""),
    ],
)
def test_a_wrong_line_stops_a_script_and_names_its_line(run: Run, line: str, said: str) -> None:
    result = run("ask", "small", lines=[line, *ANSWERS], check=ExitCode.BAD_ANSWER)
    assert said in result.err
    assert "dòng 1 " in result.err
    assert "--response" in result.err


@pytest.mark.parametrize("raw", [b"\xff\xfe\n", b"4\x1b[31m2\n", b"4\x002\n", b"9" * 200_000 + b"\n"])
def test_invalid_input_is_refused_and_not_written_to_the_terminal(run: Run, raw: bytes) -> None:
    result = run("ask", "small", lines=raw, check=ExitCode.BAD_ANSWER)
    assert "\x1b" not in result.out + result.err
    assert len(result.out + result.err) < 5000


@pytest.mark.slow
def test_warnings_ask_for_confirmation(run: Run) -> None:
    run("ask", "small", lines=["105", "k", "42", *ANSWERS[1:]], check=ExitCode.OK)
    assert values(run)["age"] == "42"
    run("ask", "small", lines=["105", "c", *ANSWERS[1:]], check=ExitCode.OK)
    last = run("responses", "export", "--format", "jsonl").out.splitlines()[-1]
    assert json.loads(last)["confirmed"] == {"age": "105"}


@pytest.mark.slow
def test_slash_commands(run: Run) -> None:
    lines = [
        "/help",
        "/trợ giúp",
        "42",
        "/lùi",
        "17",
        "/back",
        "/ghi chú tự khai",
        "/language en",
        "/đọc lại",
        "42",
        "/không biết",
        "/outline",
        "/skip",
        "//etc",
        "x",
        "n",
        "/thoát",
    ]
    result = run("ask", "small", lines=lines, check=ExitCode.OK)
    assert "Age?" in result.out
    assert "Does" not in result.err
    events = json.loads(run("responses", "show", draft_id(run), "--json").out)["events"]
    kinds = [event["event"] for event in events]
    assert {"noted", "missing", "language", "paused"} <= set(kinds)
    assert any(event.get("text") == "/etc" for event in events)


@pytest.mark.slow
def test_a_finished_response_and_another_survey_are_refused(run: Run) -> None:
    run("ask", "small", lines=ANSWERS, check=ExitCode.OK)
    (summary,) = json.loads(run("responses", "list", "--json").out)
    assert "đã hoàn tất" in run("ask", "small", "--response", summary["id"], check=ExitCode.USAGE).err
    assert "small" in run("ask", "vneid", "--response", summary["id"], check=ExitCode.USAGE).err
    run("ask", "small", "--response", "ffff", check=ExitCode.NOT_FOUND)
    run("ask", "no_such_survey", check=ExitCode.NOT_FOUND)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--commune", "99999"], ExitCode.BAD_ANSWER),
        (["--commune", "32059", "--area", "100"], ExitCode.USAGE),
        (["--commune", "32059", "--area", "00001-01"], ExitCode.USAGE),
        (["--area", "01"], ExitCode.USAGE),
        (["--household", "0"], ExitCode.USAGE),
        (["--household", "một"], ExitCode.USAGE),
        (["--surveyor", "A1"], ExitCode.USAGE),
    ],
)
def test_a_wrong_place_is_named(run: Run, options: list[str], code: ExitCode) -> None:
    result = run("ask", "small", *options, lines=ANSWERS, check=code)
    assert result.err.count("\n") == 1
    assert run("responses", "list").out == ""


@pytest.mark.pty
def test_at_a_terminal_a_wrong_line_is_asked_again(site: Path, home: Path, tmp_path: Path) -> None:
    environment = {
        "PYTHONPATH": str(site),
        "SURVEY_TUI_HOME": str(home),
        "PYTHONUTF8": "1",
        "TERM": "dumb",
        "HOME": str(tmp_path),
        "SURVEY_TUI_LANGUAGE": "vi",
    }
    command = ["-m", "survey_tui", "ask", "small"]
    child = pexpect.spawn(sys.executable, command, env=environment, encoding="utf-8", timeout=30)
    child.expect("Trả lời:")
    child.sendline("abc")
    child.expect("abc.*Trả lời:")
    child.sendline("42")
    child.expect("Màu nào")
    child.sendintr()
    child.expect("--response")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == ExitCode.INTERRUPTED


@pytest.mark.slow
@given(st.text(max_size=40))
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_command_or_none(text: str) -> None:
    order = parse_command(text)
    assert order is None or isinstance(order.kind, SlashCommand)
