"""What waits arrives once, whatever happens on the way; real HTTP on loopback throughout."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from survey_sync.client import credentials
from survey_sync.client.connection import ServerConnection, Timeouts
from survey_sync.client.errors import BusyError, RetryableError
from survey_sync.client.exchange import Exchange
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import pending_responses
from survey_sync.client.upload import UploadRules
from survey_sync.client.upload_report import UploadProgress, UploadReport
from survey_sync.protocol.hashes import canonical_sha256
from survey_sync.protocol.messages import Receipt, encode

from survey_tui.errors import ExitCode, UsageError
from survey_tui.interview.events import Reopened
from survey_tui.store import ResponseStore
from tests.support.devices import AT, Home, Server
from tests.support.misbehaving_server import Answer, Asked, polite, strange_server
from tests.sync.faults.proxy import Fault, FaultProxy


def test_everything_arrives_once_and_byte_for_byte(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 230)
    seen: list[UploadProgress] = []
    report = home.push(on_progress=seen.append)
    assert report.exit_code == ExitCode.OK, report
    assert report.counts == {"stored": 230}
    assert set(home.statuses().values()) == {"received"}
    assert server.stored(home) == {rid: [line] for rid, line in home.bytes_of().items()}
    assert seen[-1].done == seen[-1].total == 230
    assert seen[-1].left == 0


def test_nothing_is_sent_twice(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 5)
    home.push()
    with FaultProxy(server.address) as proxy:
        report = home.push(url=proxy.url)
    assert report.total == 0
    assert proxy.carried < 3000  # the question for updates, and no response
    assert home.fill(1)
    assert home.push().counts == {"stored": 1}


@pytest.mark.parametrize("kind", ["portal", "redirect"])
def test_a_stranger_moves_nothing(server: Server, tmp_path: Path, kind: str) -> None:
    home = server.device(tmp_path / "a", 3)
    with FaultProxy(server.address, lambda: Fault(kind)) as proxy:
        report = home.push(url=proxy.url)
    assert report.error is not None
    assert report.error.code == "sync_stranger"
    assert report.exit_code == ExitCode.WAITING
    assert report.waiting == 3
    assert set(home.statuses().values()) == {"final"}  # not even claimed: they can still be corrected


def test_a_portal_that_appears_later_moves_nothing_either(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 3)
    faults = iter([Fault(), Fault("portal")])
    with FaultProxy(server.address, lambda: next(faults)) as proxy:
        report = home.push(url=proxy.url)
    assert (report.delivered, report.waiting) == (0, 3)
    assert set(home.statuses().values()) == {"sent"}
    outbox = Outbox(home.folder.outbox())
    assert {at.error for at in outbox.statuses().values()} == {"sync_stranger"}
    assert home.push().counts == {"stored": 3}


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("drop", False),
        ("cut_before_request", False),
        ("cut_in_request", False),
        ("cut_after_request", True),
        ("cut_in_reply", True),
        ("corrupt_request", False),
        ("corrupt_reply", True),
        ("error_500", False),
        ("busy_503", False),
    ],
)
@pytest.mark.parametrize("at", [0.02, 0.9])
def test_one_fault_costs_one_repetition(
    server: Server, tmp_path: Path, kind: str, known: bool, at: float
) -> None:
    home = server.device(tmp_path / "a", 40)
    faults = iter([Fault(), Fault(kind, at)])
    with FaultProxy(server.address, lambda: next(faults, Fault())) as proxy:
        report = home.push(url=proxy.url, deadline=20)
    assert report.exit_code == ExitCode.OK, report
    assert report.delivered == 40
    assert bool(report.counts.get("present")) == known
    assert server.stored(home) == {rid: [line] for rid, line in home.bytes_of().items()}


@pytest.mark.server
def test_a_server_that_fails_for_an_hour_loses_nothing(home: Home) -> None:
    home.fill(4)
    with strange_server(polite(lambda _: Answer(b"oops", 500, {"Content-Type": "text/plain"}))) as strange:
        home.believe(strange.url)
        report = home.push(deadline=1.0)
    assert report.error is not None
    assert report.error.code == "sync_server_failed"
    assert report.waiting == 4
    sizes = [len(json.loads(gzip.decompress(asked.body))["responses"]) for asked in strange.posts()]
    assert sizes[0] == 4
    assert min(sizes) >= 1


@pytest.mark.server
def test_retry_after_is_honoured(home: Home) -> None:
    home.fill(1)
    busy = Answer(b"", 503, {"Retry-After": "1800"})
    with strange_server(polite(lambda _: busy)) as strange:
        home.believe(strange.url)
        report = home.push(deadline=60)
    assert len(strange.posts()) == 1  # it did not come back before the half hour was over
    assert report.error is not None
    assert report.error.code == "sync_busy_server"


@pytest.mark.server
def test_receipts_count_only_for_what_was_sent(home: Home) -> None:
    first, second, third = home.fill(3)
    wrong = "0" * 64
    most = 50  # requests; an upload that believes a wrong receipt would go on for ever
    end = encode({"status": 403, "code": "forbidden", "title": ""})

    def answer(asked: Asked) -> Answer:
        if len(strange.posts()) > most:
            return Answer(end, 403, {"Content-Type": "application/problem+json"})
        sent = json.loads(gzip.decompress(asked.body))["responses"]
        hashes = {each["id"]: canonical_sha256(encode_again(asked.body, each["id"])) for each in sent}
        receipts = [
            Receipt(id="11111111-2222-3333-4444-555555555555", sha256=wrong, status="stored", receipt="1"),
            Receipt(id=first, sha256=hashes.get(first, wrong), status="stored", receipt="2"),
            Receipt(id=second, sha256=wrong, status="stored", receipt="3"),  # another hash
        ]  # and none for the third
        return Answer(encode({"receipts": receipts, "something_new": 1}))

    with strange_server(polite(answer)) as strange:
        home.believe(strange.url)
        report = home.push(deadline=0.5)
    assert len(strange.posts()) <= most
    assert report.counts == {"stored": 1}
    assert report.waiting == 2
    assert home.statuses() == {first: "received", second: "sent", third: "sent"}
    outbox = Outbox(home.folder.outbox())
    assert {key[0] for key, at in outbox.statuses().items() if at.has_receipt} == {first}


def encode_again(body: bytes, rid: str) -> bytes:
    """The very bytes of one response within a batch."""
    text = gzip.decompress(body)
    start = text.index(b'"body":', text.index(f'{{"id":"{rid}"'.encode())) + len(b'"body":')
    end = text.find(b'},{"id":', start)
    return (text[start:end] if end >= 0 else text[start:-3]) + b"\n"


@pytest.mark.server
@pytest.mark.parametrize(
    "reply",
    [
        Answer(b"<html>hello</html>", 200, {"Content-Type": "text/html"}),
        Answer(b'{"receipts": 7}'),
        Answer(b'{"receipts": []}'),
        Answer(b'{"receipts":[{"id":"x","sha256":"y","status":"eaten"}]}'),
        Answer(b"\xff\xfe{}"),
        Answer(b"[" * 100_000),
        Answer(b'{"receipts": []}', headers={"Content-Digest": "sha-256=:AAAA:"}),
        Answer(b'{"receipts": []}', cut=5),
        Answer(b'{"receipts": []}', 204),
        Answer(b'{"receipts": []}', honest=False),
        Answer(b"", 301, {"Location": "http://elsewhere.example/"}),
        Answer(b" " * (9 << 20)),
        Answer(gzip.compress(b" " * (64 << 20), mtime=0), headers={"Content-Encoding": "gzip"}),
        Answer(gzip.compress(b'{"receipts": []}', mtime=0)[:-9], headers={"Content-Encoding": "gzip"}),
        Answer(b"no gzip at all", headers={"Content-Encoding": "gzip"}),
        Answer(b'{"receipts": []}', headers={"Content-Encoding": "br"}),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body[:16]!r}",
)
def test_hostile_replies_change_nothing(home: Home, reply: Answer) -> None:
    home.fill(2)
    with strange_server(polite(lambda _: reply)) as strange:
        home.believe(strange.url)
        report = home.push()
    assert report.error is not None
    assert (report.delivered, report.waiting) == (0, 2)
    assert set(home.statuses().values()) == {"sent"}


@pytest.mark.server
def test_a_refused_token_stops_at_once(home: Home) -> None:
    home.fill(1)
    with strange_server(polite(lambda _: Answer(b"", 401))) as strange:
        home.believe(strange.url)
        report = home.push(deadline=60)
    assert report.exit_code == ExitCode.NOT_ENROLLED
    assert len(strange.posts()) == 1


@pytest.mark.server
def test_a_refused_token_is_reported_when_no_response_is_pending_too(home: Home) -> None:
    with strange_server(lambda _: Answer(b"", 401)) as strange:
        home.believe(strange.url)
        report = home.push()
    assert report.error is None
    assert report.exit_code == ExitCode.NOT_ENROLLED


@pytest.mark.slow
@pytest.mark.parametrize("url", ["https://" + "x" * 100, "https://xn--.vn"])
def test_a_name_that_no_server_can_have(url: str) -> None:
    with ServerConnection(url) as line, pytest.raises(UsageError) as caught:
        line.request("GET", "/v1/hello")
    assert caught.value.code == "sync_bad_url"


@pytest.mark.server
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nSurvey-Sync: "])
def test_headers_that_never_end_are_broken_off(begun: bytes) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            with listening.accept()[0] as connection, suppress(OSError):
                connection.sendall(begun)
                while not over.wait(0.1):
                    connection.sendall(b"1" if begun else b"HTTP/1.1 100 Continue\r\n\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with (
            ServerConnection(url, timeouts=Timeouts(silence=30.0, whole=0.5)) as line,
            pytest.raises(RetryableError),
        ):
            line.request("GET", "/v1/hello")
        over.set()
        thread.join()


def test_one_response_that_the_server_cannot_take_does_not_hold_up_the_others(
    server: Server, tmp_path: Path
) -> None:
    home = server.device(tmp_path / "a", 20)
    bad = home.fill(1, form_id="")[0]  # no response to the server
    home.fill(20)
    report = home.push()
    assert report.exit_code == ExitCode.REFUSED
    assert report.counts == {"stored": 40, "refused": 1}
    assert [(finding.id, finding.status, finding.reason) for finding in report.findings] == [
        (bad, "refused", "not_a_response")
    ]
    again = home.push()
    assert (again.total, again.exit_code) == (0, ExitCode.REFUSED)  # told again, not sent again
    assert home.statuses()[bad] == "sent"


def test_the_same_id_with_other_bytes_is_a_conflict_and_both_are_kept(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 1)
    (rid,) = home.statuses()
    other = server.device(tmp_path / "b")
    from survey_tui.interview.events import Finalised, Started
    from tests.support.collection_server import frozen

    with ResponseStore.open(other.path) as store:
        store.begin(Started(AT, response_id=rid, form_id="xa_hoi_so"))
        store.finalise(rid, Finalised(AT), frozen(response_id=rid, text="18")[1])
    assert home.push().counts == {"stored": 1}
    report = other.push()
    assert report.counts == {"conflict": 1}
    assert report.exit_code == ExitCode.REFUSED
    assert server.stored(home, other) == {rid: [home.bytes_of()[rid], other.bytes_of()[rid]]}
    assert set(other.statuses().values()) == {"received"}


def test_receipts_of_an_earlier_run_mark_the_store_and_are_not_sent(home: Home) -> None:
    home.fill(2)
    home.believe("http://127.0.0.1:9")  # nobody there
    with home.open() as store:
        items = pending_responses(store)
    receipts = [Receipt(id=item.id, sha256=item.sha256, status="stored", receipt="7") for item in items]
    with Outbox(home.folder.outbox(), writable=True) as outbox:
        outbox.add_receipts(receipts, AT)
    report = home.push()
    assert report.total == 0
    assert set(home.statuses().values()) == {"received"}


def test_a_response_reopened_before_it_is_claimed_stays_here(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 3)
    first = next(iter(home.statuses()))
    reopened = threading.Event()

    def told(_: UploadProgress) -> None:
        if not reopened.is_set():
            reopened.set()
            with home.open() as store:
                store.reopen(first, Reopened(AT))

    report = home.push(on_progress=told)
    assert report.counts == {"stored": 2}
    assert home.statuses()[first] == "draft"
    assert first not in server.stored(home)


def test_a_limit_in_bytes_is_kept(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 300)
    with FaultProxy(server.address) as proxy:
        report = home.push(url=proxy.url, limit_bytes=4_000)
    assert report.error is not None
    assert report.error.code == "sync_limit"
    assert 0 < report.delivered < 300
    replies = report.delivered * 160  # receipts come back; the limit is for what this device sends
    assert proxy.carried - replies < 4_000 + 2_000
    assert home.push().delivered == 300 - report.delivered


def test_only_one_program_sends_at_a_time(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 3)
    with home.folder.lock(), pytest.raises(BusyError) as caught:
        home.push()
    assert caught.value.code == "sync_busy"
    assert home.push().delivered == 3


def test_an_interview_goes_on_while_responses_are_sent(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 50)
    with ResponseStore.open(home.path) as at_work:
        assert home.push().delivered == 50
        assert not at_work.read_only
        at_work.refresh()
        assert {summary.status for summary in at_work.search()} == {"received"}


def test_no_file_but_one_holds_the_token_and_it_is_private(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 2)
    home.push()
    given = credentials.load(home.folder)
    assert given.token not in repr(given)
    holders = [
        path for path in home.path.rglob("*") if path.is_file() and given.token.encode() in path.read_bytes()
    ]
    assert holders == [home.folder.credentials]
    for path in (home.path / "sync").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_torn_or_damaged_outbox_costs_nothing(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 10)
    home.push()
    place = home.folder.outbox()
    data = place.read_bytes()
    middle = data.splitlines(keepends=True)
    place.write_bytes(b"".join([middle[0][:20] + b"?" + middle[0][21:], *middle[1:]]) + b'deadbeef\t{"tor')
    home.fill(1)
    assert home.push().counts == {"stored": 1}
    assert place.read_bytes().endswith(b"\n")
    assert len(server.stored(home)) == 11


@pytest.mark.server
def test_stopping_breaks_off_an_unanswered_request(home: Home) -> None:
    asked, over = threading.Event(), threading.Event()

    def silent(_asked: Asked) -> Answer:
        asked.set()
        over.wait()
        return Answer()

    home.fill(3)
    with strange_server(polite(silent)) as strange:
        home.believe(strange.url)
        exchange = Exchange(
            home.path, home.open, credentials.load(home.folder), rules=UploadRules(deadline=600)
        )
        reports: list[UploadReport] = []
        sending = threading.Thread(target=lambda: reports.append(exchange.run()))
        sending.start()
        asked.wait()
        exchange.stop()
        sending.join(30)  # without it, 75 s of silence would end the request
        is_over = not sending.is_alive()
        over.set()
        sending.join()
    assert is_over
    assert reports[0].waiting == 3
