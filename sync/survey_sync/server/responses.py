"""Responses come in: judged one by one, stored together, receipts only for what is on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import BindParameter, Connection, bindparam, select

from survey_sync.protocol.messages import (
    Facts,
    Receipt,
    ReceiptStatus,
    Refusal,
    Sent,
    encode,
    frozen_bytes,
    frozen_sha256,
)
from survey_sync.server.auth import Principal
from survey_sync.server.clock import now
from survey_sync.server.db import Database
from survey_sync.server.db.bulk import insert_rows
from survey_sync.server.db.numbers import next_numbers
from survey_sync.server.db.tables import bodies, devices, pushes, responses, withdrawn
from survey_sync.server.origin import Origin, complete, may_state, origin_of

__all__ = ["receive"]

_facts = msgspec.json.Decoder(Facts).decode  # that it is UTF-8 and not too deep was seen with the batch


class _Judged(Struct, frozen=True, gc=False):
    id: str
    sha256: str
    frozen: bytes
    facts: Facts | None
    reason: Refusal
    origin: Origin


def receive(
    database: Database, sender: Principal, batch: Sequence[Sent], response_bytes: int
) -> list[Receipt]:
    """Store a batch in one transaction; a receipt for each, in order. When this raises, nothing was stored.

    ``response_bytes``: a longer response is refused.
    """
    judged = [_judge(sent, sender, response_bytes) for sent in batch]
    with database.write() as connection:
        receipts = _store(connection, sender, judged)
        _note(connection, sender, judged, receipts)
    return receipts


def _judge(sent: Sent, sender: Principal, response_bytes: int) -> _Judged:
    frozen = frozen_bytes(sent.body)
    sha256 = frozen_sha256(frozen)
    facts, reason = _read(sent, frozen, sha256, response_bytes)
    if facts is not None and not may_state(sender, sent):
        facts, reason = None, "not_yours"
    return _Judged(sent.id, sha256, frozen, facts, reason, origin_of(sender, sent, facts))


def _read(sent: Sent, frozen: bytes, sha256: str, response_bytes: int) -> tuple[Facts | None, Refusal]:
    if len(frozen) > response_bytes:
        return None, "too_large"
    if sent.sha256 is not None and sent.sha256 != sha256:
        return None, "hash_mismatch"
    try:
        facts = _facts(frozen)
    except msgspec.DecodeError:
        return None, "not_a_response"
    return (facts, "") if facts.response_id == sent.id else (None, "id_mismatch")


def _store(connection: Connection, sender: Principal, judged: Sequence[_Judged]) -> list[Receipt]:
    ids = [each.id for each in judged if not each.reason]
    gone = set(connection.scalars(_WITHDRAWN, {"ids": ids}))
    known: dict[str, dict[str, tuple[int, int]]] = {}
    nameless: dict[tuple[str, str], Origin] = {}
    for row in connection.execute(_KNOWN, {"ids": ids}):
        known.setdefault(row.id, {})[row.sha256] = (row.seq, row.conflict)
        if not (row.surveyor and row.said_device):
            nameless[row.id, row.sha256] = Origin(row.surveyor, row.said_device)
    if nameless:
        complete(connection, nameless, {(each.id, each.sha256): each.origin for each in judged if each.facts})
    new = _unknown(judged, known, gone)
    numbers = next_numbers(connection, "responses", len(new))
    moment = now()
    rows: list[tuple[object, ...]] = []
    for each, number in zip(new, numbers, strict=True):
        before = known.setdefault(each.id, {})
        conflict = int(bool(before))
        before[each.sha256] = (number, conflict)
        rows.append(_row(each, sender, number, conflict, moment))
    insert_rows(connection, responses, rows)
    insert_rows(connection, bodies, [(seq, each.frozen) for seq, each in zip(numbers, new, strict=True)])
    fresh = set(numbers)
    return [_receipt(each, known, gone, fresh) for each in judged]


def _unknown(
    judged: Iterable[_Judged], known: dict[str, dict[str, tuple[int, int]]], gone: set[str]
) -> list[_Judged]:
    """What has to be stored: every pair of id and hash once, though it may stand twice in a batch."""
    found: dict[tuple[str, str], _Judged] = {}
    for each in judged:
        if not each.reason and each.id not in gone and each.sha256 not in known.get(each.id, ()):
            found.setdefault((each.id, each.sha256), each)
    return list(found.values())


def _receipt(
    each: _Judged, known: dict[str, dict[str, tuple[int, int]]], gone: set[str], fresh: set[int]
) -> Receipt:
    if each.reason:
        return Receipt(id=each.id, sha256=each.sha256, status="refused", reason=each.reason)
    if each.id in gone:
        return Receipt(id=each.id, sha256=each.sha256, status="withdrawn")
    number, conflict = known[each.id][each.sha256]
    new = number in fresh
    fresh.discard(number)  # the same response once more in this batch is present, not new
    status: ReceiptStatus = "conflict" if conflict else "stored" if new else "present"
    return Receipt(id=each.id, sha256=each.sha256, status=status, receipt=str(number))


def _row(each: _Judged, sender: Principal, seq: int, conflict: int, received: str) -> tuple[object, ...]:
    facts = each.facts
    assert facts is not None  # what was refused is not stored
    return (
        *(seq, each.id, each.sha256, conflict, received, sender.id, len(each.frozen)),
        *(facts.form_id, facts.form_version, facts.commune, each.origin.surveyor, each.origin.device),
        *(facts.started, facts.finished, facts.outcome),
    )


def _note(
    connection: Connection, sender: Principal, judged: Sequence[_Judged], receipts: Sequence[Receipt]
) -> None:
    """Who sent what when, for the coordinator."""
    moment = now()
    counted = {"stored": 0, "present": 0, "conflict": 0, "refused": 0, "withdrawn": 0}
    reasons: dict[str, int] = {}
    for receipt in receipts:
        counted[receipt.status] += 1
        if receipt.reason:
            reasons[receipt.reason] = reasons.get(receipt.reason, 0) + 1
    size = sum(len(each.frozen) for each in judged)
    facts = {"at": moment, "device": sender.id, "bytes": size, "reasons": encode(reasons).decode()}
    connection.execute(pushes.insert(), {**facts, **counted})
    connection.execute(devices.update().where(devices.c.id == sender.id), {"last_seen": moment})


_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_KNOWN = select(
    responses.c.id,
    responses.c.sha256,
    responses.c.seq,
    responses.c.conflict,
    responses.c.surveyor,
    responses.c.said_device,
).where(responses.c.id.in_(_IDS))
_WITHDRAWN = select(withdrawn.c.id).where(withdrawn.c.id.in_(_IDS))
