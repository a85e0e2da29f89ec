"""Responses: validation, storage in one transaction, receipts; their origin and withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from survey_sync.protocol.hashes import canonical_bytes, canonical_sha256
from survey_sync.protocol.messages import (
    Confirmation,
    Receipt,
    ReceiptStatus,
    Refusal,
    ResponseMetadata,
    Sent,
    Withdrawal,
    encode,
)
from survey_sync.server.auth import Principal
from survey_sync.server.db import Database
from survey_sync.server.db.database import insert_rows, next_numbers
from survey_sync.server.db.tables import (
    attachments,
    bodies,
    chunks,
    devices,
    now,
    pushes,
    responses,
    withdrawn,
)


class Origin(Struct, frozen=True, gc=False):
    """Surveyor code and device id of a response; ``""`` if unknown."""

    surveyor: str = ""
    device: str = ""


def may_state(sender: Principal, sent: Sent) -> bool:
    """Whether the sender may state this origin: coordinators any, other devices only their own."""
    return sender.role == "coordinator" or (not sent.device and sent.surveyor in {"", sender.surveyor})


def origin_of(sender: Principal, sent: Sent, facts: ResponseMetadata | None) -> Origin:
    """Origin of a response: its own fields first, then the batch's statement, then the sender.

    The sender counts only if the batch states nothing: a response that a coordinator passes on from a
    device of unknown owner has no surveyor.
    """
    stated = bool(sent.surveyor or sent.device)
    surveyor = sent.surveyor if stated else sender.surveyor
    if facts is None:
        return Origin(surveyor, sent.device)
    return Origin(facts.username or surveyor, facts.device_id or sent.device)


def complete_origins(
    connection: Connection,
    incomplete: Mapping[tuple[str, str], Origin],
    stated: Mapping[tuple[str, str], Origin],
) -> None:
    """Fill in missing origins of stored responses (by id and hash); known ones stay."""
    for key, before in incomplete.items():
        said = stated.get(key, before)
        completed = Origin(before.surveyor or said.surveyor, before.device or said.device)
        if completed != before:
            same = (responses.c.id == key[0], responses.c.sha256 == key[1])
            connection.execute(
                responses.update().where(*same),
                {"surveyor": completed.surveyor, "said_device": completed.device},
            )


_facts = msgspec.json.Decoder(ResponseMetadata).decode  # UTF-8 and nesting were checked with the batch


class _JudgedResponse(Struct, frozen=True, gc=False):
    id: str
    sha256: str
    canonical: bytes
    facts: ResponseMetadata | None
    reason: Refusal
    origin: Origin


def receive(
    database: Database, sender: Principal, batch: Sequence[Sent], response_bytes: int
) -> list[Receipt]:
    """Store a batch in one transaction and return a receipt for each response, in order.

    If this raises, nothing was stored. A response longer than ``response_bytes`` is refused.
    """
    judged = [_judge(sent, sender, response_bytes) for sent in batch]
    with database.write() as connection:
        receipts = _store(connection, sender, judged)
        _record_push(connection, sender, judged, receipts)
    return receipts


def _judge(sent: Sent, sender: Principal, response_bytes: int) -> _JudgedResponse:
    canonical = canonical_bytes(sent.body)
    sha256 = canonical_sha256(canonical)
    facts, reason = _read(sent, canonical, sha256, response_bytes)
    if facts is not None and not may_state(sender, sent):
        facts, reason = None, "not_yours"
    return _JudgedResponse(sent.id, sha256, canonical, facts, reason, origin_of(sender, sent, facts))


def _read(
    sent: Sent, canonical: bytes, sha256: str, response_bytes: int
) -> tuple[ResponseMetadata | None, Refusal]:
    if len(canonical) > response_bytes:
        return None, "too_large"
    if sent.sha256 is not None and sent.sha256 != sha256:
        return None, "hash_mismatch"
    try:
        facts = _facts(canonical)
    except msgspec.DecodeError:
        return None, "not_a_response"
    return (facts, "") if facts.response_id == sent.id else (None, "id_mismatch")


def _store(connection: Connection, sender: Principal, judged: Sequence[_JudgedResponse]) -> list[Receipt]:
    ids = [each.id for each in judged if not each.reason]
    withdrawn_ids = set(connection.scalars(_WITHDRAWN, {"ids": ids}))
    known: dict[str, dict[str, tuple[int, int]]] = {}
    incomplete: dict[tuple[str, str], Origin] = {}
    for row in connection.execute(_KNOWN, {"ids": ids}):
        known.setdefault(row.id, {})[row.sha256] = (row.seq, row.conflict)
        if not (row.surveyor and row.said_device):
            incomplete[row.id, row.sha256] = Origin(row.surveyor, row.said_device)
    if incomplete:
        complete_origins(
            connection, incomplete, {(each.id, each.sha256): each.origin for each in judged if each.facts}
        )
    new = _new_responses(judged, known, withdrawn_ids)
    numbers = next_numbers(connection, "responses", len(new))
    moment = now()
    rows: list[tuple[object, ...]] = []
    for each, number in zip(new, numbers, strict=True):
        before = known.setdefault(each.id, {})
        conflict = int(bool(before))
        before[each.sha256] = (number, conflict)
        rows.append(_row(each, sender, number, conflict, moment))
    insert_rows(connection, responses, rows)
    insert_rows(connection, bodies, [(seq, each.canonical) for seq, each in zip(numbers, new, strict=True)])
    fresh = set(numbers)
    return [_receipt(each, known, withdrawn_ids, fresh) for each in judged]


def _new_responses(
    judged: Iterable[_JudgedResponse], known: dict[str, dict[str, tuple[int, int]]], withdrawn_ids: set[str]
) -> list[_JudgedResponse]:
    """Responses to store: every pair of id and hash once, also if the batch has it twice."""
    found: dict[tuple[str, str], _JudgedResponse] = {}
    for each in judged:
        if not each.reason and each.id not in withdrawn_ids and each.sha256 not in known.get(each.id, ()):
            found.setdefault((each.id, each.sha256), each)
    return list(found.values())


def _receipt(
    each: _JudgedResponse,
    known: dict[str, dict[str, tuple[int, int]]],
    withdrawn_ids: set[str],
    fresh: set[int],
) -> Receipt:
    if each.reason:
        return Receipt(id=each.id, sha256=each.sha256, status="refused", reason=each.reason)
    if each.id in withdrawn_ids:
        return Receipt(id=each.id, sha256=each.sha256, status="withdrawn")
    number, conflict = known[each.id][each.sha256]
    new = number in fresh
    fresh.discard(number)  # a second copy in this batch is present, not new
    status: ReceiptStatus = "conflict" if conflict else "stored" if new else "present"
    return Receipt(id=each.id, sha256=each.sha256, status=status, receipt=str(number))


def _row(
    each: _JudgedResponse, sender: Principal, seq: int, conflict: int, received: str
) -> tuple[object, ...]:
    facts = each.facts
    assert facts is not None  # refused responses are not stored
    return (
        *(seq, each.id, each.sha256, conflict, received, sender.id, len(each.canonical)),
        *(facts.form_id, facts.form_version, facts.commune, each.origin.surveyor, each.origin.device),
        *(facts.started, facts.finished, facts.outcome),
    )


def _record_push(
    connection: Connection, sender: Principal, judged: Sequence[_JudgedResponse], receipts: Sequence[Receipt]
) -> None:
    """Record the batch for the coordinator's list of pushes."""
    moment = now()
    counted = {"stored": 0, "present": 0, "conflict": 0, "refused": 0, "withdrawn": 0}
    reasons: dict[str, int] = {}
    for receipt in receipts:
        counted[receipt.status] += 1
        if receipt.reason:
            reasons[receipt.reason] = reasons.get(receipt.reason, 0) + 1
    size = sum(len(each.canonical) for each in judged)
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


def ownership_of(connection: Connection, sender: Principal, ids: list[str]) -> dict[str, bool]:
    """Stored ids among ``ids``, with whether this sender may erase and complete them.

    The first version decides: other bytes under the same id change no ownership.
    """
    rows = connection.execute(
        select(
            responses.c.id,
            responses.c.device,
            responses.c.surveyor,
            devices.c.surveyor.label("sent_for"),
        )
        .join_from(responses, devices, devices.c.id == responses.c.device, isouter=True)
        .where(responses.c.id.in_(ids), responses.c.conflict == 0)
    )
    found: dict[str, bool] = {}
    for row in rows:
        same_person = bool(sender.surveyor) and sender.surveyor in {row.surveyor, row.sent_for}
        found[row.id] = sender.role == "coordinator" or row.device == sender.id or same_person
    return found


def withdraw(database: Database, sender: Principal, wanted: Sequence[Withdrawal]) -> list[Confirmation]:
    """Erase every version of these responses and their attachments, in one transaction; confirm each.

    An unknown id gets its tombstone too, so that a late copy (on a USB drive) is not kept. Responses of
    others are refused (``not_yours``). A repeated withdrawal is confirmed again.
    """
    with database.write() as connection:
        owners = ownership_of(connection, sender, [each.id for each in wanted])
        foreign = {response for response, mine in owners.items() if not mine}
        mine = {each.id: each for each in wanted if each.id not in foreign}
        erased = _erase(connection, list(mine))
        _write_tombstones(connection, sender, mine)
    if erased:
        database.purge_erased()
    return [
        Confirmation(id=each.id, status="refused", reason="not_yours")
        if each.id in foreign
        else Confirmation(id=each.id, status="withdrawn")
        for each in wanted
    ]


def _erase(connection: Connection, ids: list[str]) -> int:
    numbers = list(connection.scalars(select(responses.c.seq).where(responses.c.id.in_(ids))))
    connection.execute(delete(bodies).where(bodies.c.seq.in_(numbers)))
    connection.execute(delete(responses).where(responses.c.id.in_(ids)))
    held = connection.execute(delete(attachments).where(attachments.c.id.in_(ids))).rowcount
    connection.execute(delete(chunks).where(chunks.c.id.in_(ids)))
    return len(numbers) + held


def _write_tombstones(connection: Connection, sender: Principal, mine: dict[str, Withdrawal]) -> None:
    known = set(connection.scalars(select(withdrawn.c.id).where(withdrawn.c.id.in_(list(mine)))))
    moment = now()
    rows: list[dict[str, Any]] = [
        {"id": each.id, "at": each.at, "received": moment, "device": sender.id}
        for each in mine.values()
        if each.id not in known
    ]
    if rows:
        connection.execute(withdrawn.insert(), rows)
