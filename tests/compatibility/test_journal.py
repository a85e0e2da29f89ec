"""The journal of a scripted interview, line by line, and the canonical bytes of its response."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from .golden import same_as_recorded
from .program import nfd, run, without_moments
from .questionnaire import small_book

pytestmark = pytest.mark.slow

VISIT = ("--commune", "32059", "--area", "01", "--household", "12", "--surveyor", "cm012")
BEGINNING = ["", "", "1", "/note " + nfd("hỏi bà Hoà"), "130"]
"""The last line is refused and ends the run."""
MIDDLE = [
    "105",
    "c",
    "1 2",
    "/dk",
    "/back",
    "2",
    "/refused",
    "/go age",
    "42",
    "/clear",
    "",
    "",
    "/language en",
    "/quit",
]
END = ["", nfd("Đông Hưng Thuận"), "", "41", nfd("nuôi tôm"), "c", "12", "k", "c"]


class JournalLine(NamedTuple):
    """A line of the journal with a valid checksum."""

    sequence: int
    action: str
    table: str
    key: str
    head: str
    body: str


def lines(home: Path) -> list[JournalLine]:
    found = []
    for raw in (home / "store" / "responses.journal").read_bytes().splitlines(keepends=True):
        crc, _, rest = raw.partition(b"\t")
        assert int(crc, 16) == zlib.crc32(rest)
        assert len(crc) == 8
        sequence, *fields = rest.decode().rstrip("\n").split("\t")
        found.append(JournalLine(int(sequence), *fields))
    assert [line.sequence for line in found] == list(range(len(found)))
    return found


def journal_text(home: Path) -> str:
    """The journal without checksums, times, ids and random values; paradata decompressed."""
    text = "".join(
        f"{line.sequence}\t{line.action}\t{line.table}\t{line.key}\t{line.head}\t{readable_body(line)}\n"
        for line in lines(home)
    )
    text = without_moments(text)
    for pattern, instead in VARIABLE.items():
        text = re.sub(pattern, instead, text)
    return text


VARIABLE = {
    r'"store":"[0-9a-f]{12}"': '"store":"STORE"',
    r'"last_saved":\{[^}]*\}': '"last_saved":{}',
    r'"seed":\d+': '"seed":SEED',
    r'"device_id":"[0-9a-f]{16}"': '"device_id":"DEVICE"',
    r'"sha256":"[0-9a-f]{64}"(?=,"count")': '"sha256":"SHA256"',
    r'\["m0/withdraw_rnd","[^"]+"\]': '["m0/withdraw_rnd","RANDOM"]',
    r"32059-01-12-\d{6}": "CODE",
    r'"minutes":[0-9.]+': '"minutes":MINUTES',
    r'"(seconds|ms)":[0-9.]+': r'"\1":TIME',
}


def readable_body(line: JournalLine) -> str:
    """The body of a line; the compressed events of a final response as JSON."""
    if '"paradata"' not in line.body:
        return line.body
    facts: dict[str, Any] = json.loads(line.body)
    facts["paradata"] = json.loads(zlib.decompress(base64.b64decode(facts["paradata"])))
    facts["canonical"] = json.loads(facts["canonical"])
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the small survey."""
    home, folder = tmp_path / "home", tmp_path / "so_nho"
    for name, text in small_book("2.0").items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run("survey-tui", "plugins", "install", folder, home=home)
    return home


def test_the_journal_of_an_interview_in_three_parts(home: Path) -> None:
    run("survey-tui", "ask", "so_nho", *VISIT, home=home, lines=BEGINNING, status=4)
    same_as_recorded("journal/1-refused.txt", journal_text(home))
    (draft,) = json.loads(run("survey-tui", "responses", "list", "--json", home=home).out)
    again = ("survey-tui", "ask", "so_nho", "--response", draft["id"])
    run(*again, home=home, lines=MIDDLE)
    same_as_recorded("journal/2-paused.txt", journal_text(home))
    run(*again, home=home, lines=END)
    same_as_recorded("journal/3-final.txt", journal_text(home))
    (final,) = (line for line in lines(home) if '"canonical"' in line.body)
    canonical = json.loads(final.body)["canonical"].encode()
    assert json.loads(final.head)["sha256"] == hashlib.sha256(canonical).hexdigest()
    shown = run("survey-tui", "responses", "show", draft["id"], "--json", home=home).out
    assert shown.encode() == canonical
    record = json.loads(shown)
    packed = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert packed + "\n" == shown, "keys in order, no blanks, one line feed"


def test_the_journal_after_a_withdrawal(home: Path) -> None:
    """A tombstone, the record of the erasure, and a new generation without the response."""
    answers = ["", "", "1", "42", "1", "1", "5", "", "3", "", "k", "c"]
    run("survey-tui", "ask", "so_nho", *VISIT, home=home, lines=answers)
    run("survey-tui", "ask", "so_nho", *VISIT, home=home, lines=answers[:5], status=8)
    record = json.loads(run("survey-tui", "responses", "export", "--format", "jsonl", home=home).out)
    code = dict(record["values"])["m0/withdraw_code"]
    run("survey-tui", "responses", "withdraw", code, "--yes", home=home)
    same_as_recorded("journal/withdrawn.txt", journal_text(home))


def test_the_journal_of_an_interview_on_a_national_survey(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run("survey-tui", "ask", "vneid", *VISIT, home=home, lines=["", "", "", "=0", "=refuse", "c"])
    tags = [
        [line.action, line.table, sorted(json.loads(line.head or "{}")), _tags(line)] for line in lines(home)
    ]
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in tags)
    same_as_recorded("journal/vneid-structure.txt", text)


def _tags(line: JournalLine) -> list[list[str]]:
    """Names of the events in a line, each with its fields."""
    body = json.loads(readable_body(line) or "{}")
    events = body if isinstance(body, list) else body.get("paradata", body.get("events", []))
    return [[each["event"], *sorted(each)] for each in events]
