"""Enrolment, withdrawals, attachments, updates: against the real server, and over lines that break."""

from __future__ import annotations

import base64
import hashlib
import stat
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from survey_sync.client import credentials
from survey_sync.client.attachments import pending_attachments
from survey_sync.client.connection import ServerConnection
from survey_sync.client.device_keys import trust
from survey_sync.client.enrolment import enrol
from survey_sync.client.errors import EnrolmentError, RetryableError
from survey_sync.client.exchange import Exchange
from survey_sync.client.inbox import Inbox
from survey_sync.protocol.messages import NewMessage, encode

from survey_tui.errors import ExitCode
from tests.support.devices import AT, Home, Server
from tests.support.misbehaving_server import Answer, Asked, polite, strange_server
from tests.sync.client.office import described, put
from tests.sync.faults.proxy import Dice, Fault, FaultProxy


def test_enrolment_gives_a_private_token(server: Server, home: Home) -> None:
    given = enrol(home.folder, server.url, server.code().lower(), "máy của Hoa")
    assert credentials.load(home.folder) == given
    assert stat.S_IMODE(home.folder.credentials.stat().st_mode) == 0o600
    assert not home.folder.pending_enrolment.exists()
    with pytest.raises(EnrolmentError) as caught:
        enrol(home.folder, server.url, "AAAAA-BBBBB", "x")
    assert caught.value.code == "sync_bad_code"
    assert credentials.load(home.folder) == given  # a failed attempt takes nothing away


def test_a_lost_reply_does_not_cost_the_code(server: Server, home: Home, tmp_path: Path) -> None:
    code = server.code()
    faults = iter([Fault("cut_after_request")] * 3)
    with FaultProxy(server.address, lambda: next(faults, Fault())) as proxy:
        with pytest.raises(RetryableError):
            enrol(home.folder, proxy.url, code, "x")
        assert home.folder.pending_enrolment.exists()
        given = enrol(home.folder, proxy.url, code, "x")  # the same code again, and the same nonce
    assert given.token.startswith("svs1_")
    thief = Home(tmp_path / "thief")
    with pytest.raises(EnrolmentError):
        enrol(thief.folder, server.url, code, "thief")  # another nonce


def test_withdrawals_go_first_and_once(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 3)
    gone, *kept = home.statuses()
    home.push()
    with home.open() as store:
        store.rights.withdraw([gone], AT)
    faults = iter([Fault("cut_after_request")])
    with FaultProxy(server.address, lambda: next(faults, Fault())) as proxy:
        assert home.push(url=proxy.url, deadline=10).erased == 1
    assert set(server.stored(home)) == set(kept)
    assert home.push().erased == 0


def test_attachments_resume_where_the_server_stands(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 1)
    (rid,) = home.statuses()
    place = home.path / "attachments" / rid
    place.mkdir(parents=True)
    (place / "photo.jpg").write_bytes(bytes(range(256)) * 2500)  # five parts
    (place / "bad name.jpg").write_bytes(b"x")
    dice = Dice({"none": 5, "cut_in_request": 1, "cut_after_request": 1, "cut_in_reply": 1}, seed=3)
    with FaultProxy(server.address, dice) as proxy:
        report = home.push(url=proxy.url, deadline=60)
    assert report.later_error is None
    assert not list(pending_attachments(home.path, lambda _: True))
    digest = base64.b64encode(hashlib.sha256(bytes(range(256)) * 2500).digest()).decode()
    given = credentials.load(home.folder)
    with ServerConnection(server.url, given.token) as line:
        headers = {"Repr-Digest": f"sha-256=:{digest}:"}
        reply = line.request("HEAD", f"/v1/responses/{rid}/attachments/photo.jpg", headers=headers)
    assert reply.headers["upload-complete"] == "?1"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=503),  # its disk is full: it can be asked, not written to
        Answer(b"", 204, {"Upload-Offset": "0", "Upload-Complete": "?0"}),
        Answer(
            encode({"status": 409, "code": "offset_mismatch", "title": ""}),
            409,
            {"Upload-Offset": "0", "Content-Type": "application/problem+json"},
        ),
    ],
)
def test_deadline_passes_where_attachments_are_asked_for_but_not_taken(
    server: Server, tmp_path: Path, answer: Answer
) -> None:
    home = server.device(tmp_path / "a", 1)
    home.push()
    (rid,) = home.statuses()
    place = home.path / "attachments" / rid
    place.mkdir(parents=True)
    (place / "photo.jpg").write_bytes(b"photo")
    stands = Answer(b"", 200, {"Upload-Offset": "0", "Upload-Complete": "?0"})
    methods: list[str] = []

    def behaviour(asked: Asked) -> Answer:
        methods.append(asked.method)
        return answer if asked.method == "PATCH" else stands

    with strange_server(polite(behaviour, attachments=True)) as strange:
        report = home.push(url=strange.url, deadline=1)
    assert isinstance(report.later_error, RetryableError)
    assert report.exit_code == ExitCode.WAITING
    assert methods.count("PATCH") < 20
    assert list(pending_attachments(home.path, lambda _: True))


def test_updates_are_verified_before_anything_is_unpacked(server: Server, tmp_path: Path) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    home = server.device(tmp_path / "a")
    key, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    trust(home.folder, "office", key.public_key().public_bytes_raw().hex())
    for content, by, name, said in (
        (b"good" * 100_000, key, "good", b""),
        (b"strange", stranger, "strange", b""),
        (b"false", key, "false", b"something else"),
    ):
        put(office, described(content, by, name, "1", said), content)
    given = credentials.load(office.folder)
    with ServerConnection(given.url, given.token) as line:
        line.request("POST", "/v1/messages", encode(NewMessage(text="Chào\x1b[31m cả nhà")))
    dice = Dice({"none": 3, "cut_in_reply": 1, "cut_before_request": 1}, seed=5)
    with FaultProxy(server.address, dice) as proxy:
        for _ in range(20):
            report = home.push(url=proxy.url, deadline=20)
            if report.later_error is None and report.error is None:
                break
    inbox = Inbox(home.folder)
    states = {record.package.name: record.state for record in inbox.packages}
    assert states == {"good": "ready", "strange": "unknown_key", "false": "bad_signature"}
    assert [message.text for message in inbox.messages] == ["Chào\x1b[31m cả nhà"]
    (good,) = inbox.packages_in_state("ready")
    assert inbox.download_path(good.package).read_bytes() == b"good" * 100_000
    assert [path.name for path in home.folder.downloads.iterdir()] == [inbox.download_path(good.package).name]


def test_a_revoked_device_keeps_what_it_has(server: Server, tmp_path: Path) -> None:
    from survey_sync.server import admin

    home = server.device(tmp_path / "a", 1)
    admin.revoke_device(server.database, credentials.load(home.folder).device_id)
    report = home.push(deadline=60)
    assert report.exit_code == ExitCode.NOT_ENROLLED
    assert report.error is not None
    assert report.error.code == "sync_revoked"
    assert report.waiting == 1


def test_sealed_responses_and_a_locked_store_travel_as_they_are(server: Server, tmp_path: Path) -> None:
    from survey_tui.interview.events import Finalised, Started
    from survey_tui.store import ResponseStore
    from survey_tui.store.crypto.device_lock import unlock
    from survey_tui.store.crypto.organisation_keys import new_private_key, public_text
    from survey_tui.store.crypto.passphrase import Cost
    from survey_tui.store.crypto.sealing import Seal
    from tests.support.collection_server import frozen

    home = server.device(tmp_path / "a")
    seal = Seal(public_text(new_private_key().public_key()))
    with ResponseStore.open(home.path) as store:
        rid = store.new_id()
        store.begin(Started(AT, response_id=rid, form_id="xa_hoi_so", commune="32047"))
        sha256 = store.finalise(rid, Finalised(AT), frozen(response_id=rid)[1], seal=seal)
        store.passphrase_lock.set_passphrase("mot cau dai de nho", cost=Cost(memory=8, passes=1))
    keys = unlock(home.path, "mot cau dai de nho")
    opener = partial(ResponseStore.open, home.path, exclusive=False, keys=keys)
    report = Exchange(home.path, opener, credentials.load(home.folder)).run()
    assert report.counts == {"stored": 1}
    with opener() as store:
        assert store.summary(rid).status == "received"
        line = store.final_bytes(rid)
    assert hashlib.sha256(line).hexdigest() == sha256
    assert b"ea_code" not in line
