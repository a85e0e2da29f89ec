"""The outbox believes a line only if its checksum is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from survey_sync.client.outbox import DeliveryStatus, Outbox
from survey_sync.client.pending import pending_responses
from survey_sync.protocol.messages import Receipt

from tests.support.devices import AT, Server

KEY = ("11111111-2222-3333-4444-555555555555", "a" * 64)
RECEIPT = Receipt(id=KEY[0], sha256=KEY[1], status="refused", receipt="4711", reason="too_large")


def replace_in(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert data.count(old) == 1
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"receipt":"4711"', b'"receipt":"4712"'),
        (b'"status":"refused"', b'"status":"present"'),
        (b'"attempts":1', b'"attempts":0'),
        (b"11111111-2222", b"11111111-2232"),
        (b'"aaaa', b'"baaa'),
    ],
    ids=("receipt number", "status", "attempts", "id", "hash"),
)
def test_a_changed_character_that_leaves_valid_json_is_not_believed(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    path = tmp_path / "outbox.journal"
    with Outbox(path, writable=True) as outbox:
        outbox.add_receipts([RECEIPT], AT)
    status = Outbox(path).status_of(KEY)
    assert (status.status, status.receipt, status.attempts) == ("refused", "4711", 1)
    replace_in(path, old, new)
    assert dict(Outbox(path).statuses()) == {}
    with Outbox(path, writable=True) as outbox:  # and the file can be written as before
        outbox.add_failure([KEY], "sync_slow", AT)
    assert Outbox(path).status_of(KEY) == DeliveryStatus(attempts=1, error="sync_slow", at=AT)


@pytest.mark.server
def test_a_response_with_a_damaged_receipt_is_sent_again(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 2)
    with home.open() as store:
        first, second = pending_responses(store)
    with Outbox(home.folder.outbox(), writable=True) as outbox:
        for number, response in (("4711", first), ("4712", second)):
            receipt = Receipt(id=response.id, sha256=response.sha256, status="stored", receipt=number)
            outbox.add_receipts([receipt], AT)
    replace_in(home.folder.outbox(), b'"receipt":"4711"', b'"receipt":"4713"')
    assert home.push().counts == {"stored": 1}
    assert set(server.stored(home)) == {first.id}
    with home.open() as store:
        numbers = {summary.id: summary.receipt for summary in store.search()}
    assert numbers[second.id] == "4712"
    assert numbers[first.id] not in {"4711", "4713"}
