"""Enrolment: a one-time code becomes this device's token.

The nonce is durable (``enrolment.json``) before the code is sent: if the reply is lost, or the program is
killed, the same code typed again gives the token again, and only to this device.
"""

from __future__ import annotations

import hashlib
import secrets

import msgspec
from msgspec import Struct

from survey_sync.client.connection import ServerConnection
from survey_sync.client.credentials import Credentials, save, server_url
from survey_sync.client.errors import EnrolmentError, ServerProblemError
from survey_sync.client.inbox import Inbox
from survey_sync.client.retry import run_attempts
from survey_sync.client.sync_home import SyncHome, now, read_small, write_private
from survey_sync.protocol.messages import Enrolled, Enrolment, decoder, encode, normal_code

_enrolled = decoder(Enrolled)
_ATTEMPTS = 3


class _PendingEnrolment(Struct, frozen=True):
    """An enrolment without a reply; of the code only its hash."""

    url: str
    code_sha256: str
    nonce: str


def enrol(sync_home: SyncHome, url: str, code: str, device_name: str) -> Credentials:
    """Enrol at the server and store the token.

    Raises ``UsageError`` for a malformed address, :class:`EnrolmentError` (``sync_bad_code``) when the server
    does not accept the code, and whatever :meth:`ServerConnection.request` raises.
    """
    address = server_url(url)
    sync_home.prepare()
    request = Enrolment(
        code=code.strip()[:40],
        device_name=_printable(device_name)[:100] or "device",
        nonce=_nonce(sync_home, address, code),
    )
    with ServerConnection(address) as connection:
        reply = run_attempts(lambda: _send(connection, request), _ATTEMPTS)
    credentials = Credentials(
        url=address,
        token=reply.token,
        device_id=reply.device_id,
        role=reply.role,
        surveyor=reply.surveyor,
        server_name=reply.server_name,
        since=now(),
    )
    Inbox(sync_home).reset_numbering()
    save(sync_home, credentials)
    sync_home.pending_enrolment.unlink(missing_ok=True)
    return credentials


def _send(connection: ServerConnection, request: Enrolment) -> Enrolled:
    try:
        return connection.request_message(_enrolled, "POST", "/v1/enrol", encode(request))
    except ServerProblemError as error:
        if error.problem in {"code_invalid", "malformed"}:
            raise EnrolmentError("sync_bad_code", host=connection.host) from error
        raise


def _nonce(sync_home: SyncHome, url: str, code: str) -> str:
    digest = hashlib.sha256(normal_code(code).encode()).hexdigest()
    data = read_small(sync_home.pending_enrolment)
    try:
        pending = msgspec.json.decode(data, type=_PendingEnrolment) if data else None
    except msgspec.DecodeError:
        pending = None
    if pending is not None and (pending.url, pending.code_sha256) == (url, digest):
        return pending.nonce
    nonce = secrets.token_urlsafe(24)
    write_private(sync_home.pending_enrolment, msgspec.json.encode(_PendingEnrolment(url, digest, nonce)))
    return nonce


def _printable(name: str) -> str:
    return "".join(character for character in name if character.isprintable()).strip()
