"""Downloads: whole for coordinators, without what leads to a household for analysts, harmless in a
spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from survey_sync.server.exports.csv_tables import csv_lines
from survey_sync.server.exports.deidentification import deidentify

from survey_tui.csv_cells import escape_cell
from tests.support.collection_server import Make, Server

SECRETS = ("32047-02", "123456", "bà Hoa")


def table(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_jsonl_is_what_was_sent(both: Server, make: Make) -> None:
    lines = [make(n, text="Đ") for n in range(1, 4)]
    both.device().push(*lines, make(1, text="khác"), make(9, form_id="khac"))
    boss = both.device("coordinator", "")
    assert boss.get("/v1/data.jsonl?form=xa_hoi_so").content == b"".join(line for _, line in lines)
    assert boss.get("/v1/data.jsonl").content.count(b"\n") == 4
    assert boss.get("/v1/conflicts.jsonl").content == lines[0][1] + make(1, text="khác")[1]


def test_analysts_get_nothing_that_leads_to_a_household(both: Server, make: Make) -> None:
    both.device().push(make(1), make(2, values=[["nhom/ea_code", "32047-02"], ["r/p[1]/age", "3"]]))
    analyst = both.device("analyst", "")
    lines = analyst.get("/v1/data.jsonl").text
    cells = analyst.get("/v1/data.csv?form=xa_hoi_so").text
    for secret in (*SECRETS, "hh_no", "withdraw"):
        assert secret not in lines
        assert secret not in cells
    first = json.loads(lines.splitlines()[0])
    assert first["values"] == [["age", "17"]]
    assert (first["missing"], first["confirmed"]) == ({"age": "refused"}, {})
    assert analyst.get("/v1/conflicts.jsonl").status_code == 403


def test_what_cannot_be_read_is_not_given_to_analysts(server: Server) -> None:
    rid = "0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44"
    sealed = b'{"response_id":"%s","form_id":"f","sealed":"32047-02"}\n' % rid.encode()
    assert server.device().push((rid, sealed))[0]["status"] == "stored"
    assert server.device("analyst", "").get("/v1/data.jsonl").text == ""
    assert server.device("coordinator", "").get("/v1/data.jsonl").content == sealed
    assert len(table(server.device("coordinator", "").get("/v1/data.csv?form=f").content)) == 0


def test_unknown_fields_are_not_given_to_analysts() -> None:
    line = b'{"response_id":"x","values":[],"gps_track":"10.1 106.2","notes":{"a":"b"}}\n'
    assert deidentify(line, ()) == b'{"response_id":"x","values":[]}\n'


@pytest.mark.parametrize(
    "values",
    [
        b'[["age",%s]]' % (b"7" * 6000),
        b'[["age",%s]]' % (b"[" * 975 + b"]" * 975),
        b'[["age",%s]]' % (b"[" * 900 + b"]" * 900),
        b"[%s]" % b",".join(b'["q%d",""]' % n for n in range(20_000)),
    ],
    ids=("number", "deep", "less deep", "columns"),
)
def test_a_response_made_to_be_unreadable_keeps_nobody_from_the_others(
    server: Server, make: Make, values: bytes
) -> None:
    rid = "0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44"
    evil = b'{"response_id":"%s","form_id":"xa_hoi_so","values":%s}\n' % (rid.encode(), values)
    assert server.device().push((rid, evil), make(1))[0]["status"] == "stored"
    for role, lines in (("coordinator", 2), ("analyst", 1)):
        who = server.device(role, "")
        ages = [row["age"] for row in table(who.get("/v1/data.csv?form=xa_hoi_so").content)]
        assert ages[-1] == "17"
        assert len(ages) <= 2
        assert who.get("/v1/data.jsonl").text.count("\n") >= lines


def test_csv_has_a_column_a_question_in_the_order_of_the_form(server: Server, make: Make) -> None:
    one = [["a", "1"], ["r/p[1]/x", "5"], ["r/p[2]/x", None], ["c", "3"]]
    two = [["a", "1"], ["b", "có, “dấu”\nhai dòng"], ["c", None], ["response_id", "giả"]]
    server.device().push(make(1, values=one), make(2, values=two))
    rows = table(server.device("coordinator", "").get("/v1/data.csv?form=xa_hoi_so").content)
    names = list(rows[0])
    assert names[11:-4] == ["a", "b", "r/p", "c", "/response_id"]
    assert json.loads(rows[0]["r/p"]) == {"r/p[1]/x": "5", "r/p[2]/x": None}
    assert (rows[1]["b"], rows[1]["c"], rows[1]["/response_id"]) == ("có, “dấu”\nhai dòng", "", "giả")
    assert rows[1]["response_id"] == make(2)[0]


def test_the_list_names_the_surveyor_of_sealed_responses(both: Server) -> None:
    rid = "0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44"
    sealed = b'{"response_id":"%s","form_id":"f","sealed":"x"}' % rid.encode()
    boss = both.device("coordinator", "", "văn phòng")
    said = b'{"responses":[{"id":"%s","body":%s,"surveyor":"=CM001","device":"may-1"}]}' % (
        rid.encode(),
        sealed,
    )
    assert boss.send("POST", "/v1/responses", said).json()["receipts"][0]["status"] == "stored"
    (row,) = table(boss.get("/v1/list.csv").content)
    assert (row["response_id"], row["surveyor"], row["device"], row["sent_by"]) == (
        rid,
        "'=CM001",
        "may-1",
        "văn phòng",
    )
    (line,) = boss.get("/v1/list.jsonl").text.splitlines()
    assert json.loads(line)["surveyor"] == "=CM001"
    assert json.loads(line)["receipt"] == 1
    for role in ("analyst", "surveyor"):
        assert both.device(role, "").get("/v1/list.csv").status_code == 403


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+84 903", "'+84 903"),
        ("-5", "-5"),
        ("+5.2", "+5.2"),
        ("-1-1", "'-1-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("17", "17"),
        ("", ""),
    ],
)
def test_formulas_are_neutralised(cell: str, shown: str) -> None:
    assert escape_cell(cell) == shown


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=4))
def test_any_answer_stays_one_harmless_cell(pairs: list[tuple[str, str]]) -> None:
    values = [list(pair) for pair in pairs if "[" not in pair[0]]
    line = json.dumps({"values": values}).encode()
    text = b"".join(csv_lines(lambda: [line])).decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(head) == len(row)
    for cell in (*head, *row):
        assert not cell.startswith(("=", "@", "\t", "\r"))


def test_large_downloads_come_a_page_at_a_time(server: Server, make: Make) -> None:
    device = server.device()
    device.push(*[make(n) for n in range(1, 1302)])
    boss = server.device("coordinator", "")
    assert boss.get("/v1/data.jsonl").content.count(b"\n") == 1301
    assert len(table(boss.get("/v1/data.csv?form=xa_hoi_so").content)) == 1301
