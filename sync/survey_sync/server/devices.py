"""Devices: enrolment codes, enrolment, the list of devices, revocation."""

from __future__ import annotations

import uuid
from collections import defaultdict

from sqlalchemy import Connection, Row, func, select

from survey_sync.protocol.messages import DeviceRecord, Enrolled, Enrolment, NewCode, NewCodeIssued
from survey_sync.server.auth import new_code, new_token, secret_sha256
from survey_sync.server.db import Database
from survey_sync.server.db.tables import ago, codes, devices, fetched, now, packages, responses
from survey_sync.server.problems import ProblemError
from survey_sync.server.rate_limits import CODE_WINDOW_SECONDS, check_attempts, count_failure
from survey_tui.vietnamese import nfc


def issue_code(database: Database, wanted: NewCode) -> NewCodeIssued:
    """Issue a one-time code; only its hash is kept."""
    code, expires = new_code(), ago(hours=-wanted.hours)
    row = {"role": wanted.role, "surveyor": nfc(wanted.surveyor.strip()), "expires": expires}
    with database.write() as connection:
        connection.execute(
            codes.insert(),
            {
                "code_sha256": secret_sha256(code, code=True),
                **row,
                "used": "",
                "nonce_sha256": "",
                "device": "",
            },
        )
    return NewCodeIssued(code=code, expires=expires)


def enrol(
    database: Database, enrolment: Enrolment, address: str, server_name: str, *, failed_codes: int
) -> Enrolled:
    """Exchange a one-time code for a token.

    ``ProblemError``: ``code_invalid`` (unknown, used or expired: the same reply), ``rate_limited`` after
    ``failed_codes`` failures of one address in an hour.
    """
    key = f"code {address}"
    with database.write() as connection:
        check_attempts(connection, key, failed_codes, CODE_WINDOW_SECONDS)
        found = _find_usable_code(connection, enrolment)
        if found is not None:
            return _enrol_device(connection, enrolment, found, server_name)
        count_failure(connection, key, CODE_WINDOW_SECONDS)
    raise ProblemError("code_invalid")


def _find_usable_code(connection: Connection, enrolment: Enrolment) -> Row[tuple[str, ...]] | None:
    row = connection.execute(
        select(codes).where(codes.c.code_sha256 == secret_sha256(enrolment.code, code=True))
    ).one_or_none()
    if row is None or row.expires < now():
        return None
    # The same device may use its code again: it did not get the first reply.
    return row if not row.used or row.nonce_sha256 == secret_sha256(enrolment.nonce) else None


def _enrol_device(
    connection: Connection, enrolment: Enrolment, code: Row[tuple[str, ...]], server_name: str
) -> Enrolled:
    token, moment = new_token(), now()
    device: str = code.device or str(uuid.uuid4())
    if code.device:
        again = devices.update().where(devices.c.id == device, devices.c.revoked == "")
        if not connection.execute(again, {"token_sha256": secret_sha256(token)}).rowcount:
            raise ProblemError("revoked")
    else:
        facts = {"id": device, "name": enrolment.device_name, "role": code.role, "surveyor": code.surveyor}
        times = {"enrolled": moment, "last_seen": moment, "revoked": "", "heard": 0}
        connection.execute(devices.insert(), {**facts, "token_sha256": secret_sha256(token), **times})
        used = {"used": moment, "nonce_sha256": secret_sha256(enrolment.nonce), "device": device}
        connection.execute(codes.update().where(codes.c.code_sha256 == code.code_sha256), used)
    return Enrolled(
        device_id=device, token=token, role=code.role, surveyor=code.surveyor, server_name=server_name
    )


def device_list(connection: Connection) -> list[DeviceRecord]:
    """All devices, the last seen first, with the number of responses from each."""
    have: dict[str, list[str]] = defaultdict(list)
    still = fetched.join(packages, packages.c.sha256 == fetched.c.sha256)
    for row in connection.execute(select(fetched).select_from(still).order_by(fetched.c.at)):
        have[row.device].append(row.sha256)
    sent = select(responses.c.device, func.count().label("n")).group_by(responses.c.device).subquery()
    rows = connection.execute(
        select(devices, func.coalesce(sent.c.n, 0).label("responses"))
        .join_from(devices, sent, sent.c.device == devices.c.id, isouter=True)
        .order_by(devices.c.last_seen.desc(), devices.c.id)
    )
    return [
        DeviceRecord(
            id=row.id,
            name=row.name,
            role=row.role,
            surveyor=row.surveyor,
            enrolled=row.enrolled,
            last_seen=row.last_seen,
            revoked=row.revoked,
            responses=row.responses,
            heard=row.heard,
            packages=tuple(have[row.id]),
        )
        for row in rows
    ]


def revoke(database: Database, device: str) -> bool:
    """Refuse the device's token from now on; its responses stay. False for an unknown device."""
    with database.write() as connection:
        known = connection.scalar(select(devices.c.id).where(devices.c.id == device))
        active = devices.update().where(devices.c.id == device, devices.c.revoked == "")
        connection.execute(active, {"revoked": now()})
    return known is not None
