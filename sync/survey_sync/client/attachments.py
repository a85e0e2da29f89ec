"""Attachments of responses: files that are sent in parts and resumed at the server's offset.

They are stored in ``<home>/attachments/<response id>/``. One is sent once its response has a receipt; an
empty file next to it (``<name>.<sha256>.sent``) marks that the server has all of it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from survey_sync.client.connection import ServerConnection, ServerReply
from survey_sync.client.errors import ForeignReplyError, RetryableError, ServerProblemError
from survey_sync.client.retry import Retry
from survey_sync.protocol.messages import REPR_DIGEST, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET
from survey_tui import files

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")
_RESPONSE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_MARK = ".sent"
_OCTETS = "application/octet-stream"
_RESUMABLE = frozenset(("offset_mismatch", "digest_mismatch"))
"""Problems that a lost reply or a damaged request explains."""


class AttachmentFile(Struct, frozen=True):
    """A file of a response."""

    response: str
    path: Path

    @property
    def name(self) -> str:
        """File name, here and on the server."""
        return self.path.name

    def sha256(self) -> bytes:
        """SHA-256 of the whole file, read in pieces."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    def mark_path(self, sha256: bytes) -> Path:
        """Path of the file that marks these bytes as received."""
        return self.path.with_name(f"{self.name}.{sha256.hex()[:16]}{_MARK}")

    def mark_received(self, sha256: bytes) -> None:
        """Mark these bytes as received by the server, durable on return."""
        self.mark_path(sha256).touch(mode=0o600)
        files.sync_directory(self.path.parent)


def attachment_path(home: Path, response: str, name: str) -> Path:
    """Path of an attachment. Call :func:`is_response_id` and :func:`is_file_name` first for untrusted
    names."""
    return home / "attachments" / response / name


def is_file_name(name: str) -> bool:
    """Whether an attachment may have this name: no path, and not that of a mark."""
    return bool(_NAME.match(name)) and not name.endswith(_MARK)


def is_response_id(text: str) -> bool:
    """Whether this is a UUID in the form that responses use."""
    return bool(_RESPONSE.match(text))


def delete_attachments(home: Path, responses: Iterable[str]) -> None:
    """Delete the attachments of withdrawn responses. Raises ``StoreError``."""
    for response in responses:
        directory = attachment_path(home, response, "_").parent
        if not directory.is_dir():
            continue
        try:
            shutil.rmtree(directory)
            files.sync_directory(directory.parent)
        except OSError as error:
            raise files.store_error_from(error, directory) from None


def pending_attachments(home: Path, is_received: Callable[[str], bool]) -> Iterator[AttachmentFile]:
    """Attachments that the server does not have, of responses for which ``is_received`` is true."""
    root = home / "attachments"
    if not root.is_dir():
        return
    every = (path for path in root.iterdir() if path.is_dir() and is_response_id(path.name))
    for directory in sorted(path for path in every if is_received(path.name)):
        for path in sorted(directory.iterdir()):
            if not path.is_file() or not is_file_name(path.name):
                continue
            attachment = AttachmentFile(directory.name, path)
            if not attachment.mark_path(attachment.sha256()).exists():
                yield attachment


def send_attachments(
    connection: ServerConnection,
    home: Path,
    attachments: Iterable[AttachmentFile],
    part_bytes: int,
    retry: Retry,
) -> ServerProblemError | None:
    """Send attachments; the last refusal, which does not stop the others.

    All attachments of a response that was withdrawn are deleted. Raises ``SyncError`` when the connection
    fails, and ``StoreError``.
    """
    refusal = None
    withdrawn: set[str] = set()
    for attachment in attachments:
        if attachment.response in withdrawn:
            continue
        try:
            send_attachment(connection, attachment, part_bytes, retry)
        except ServerProblemError as error:
            if error.status == 410:  # the reply to HEAD has no body with a code
                withdrawn.add(attachment.response)
            else:
                refusal = error
    delete_attachments(home, withdrawn)
    return refusal


def send_attachment(
    connection: ServerConnection, attachment: AttachmentFile, part_bytes: int, retry: Retry
) -> None:
    """Send what the server does not have yet, ``part_bytes`` at a time, and mark the attachment.

    Raises :class:`SyncError`; ``ServerProblemError`` when the server refuses it.
    """
    digest = attachment.sha256()
    send_part = _PartSender(
        connection, attachment, part_bytes, f"sha-256=:{base64.b64encode(digest).decode()}:"
    )
    while not _is_complete(retry.run_until_success(send_part)):
        pass
    attachment.mark_received(digest)


class _PartSender:
    """Sends the next part at each call, from the server's offset, which is requested again after a failure.

    A request for the offset followed by a failure is one failed attempt, so that a server that answers HEAD
    and never PATCH does not count as progress.
    """

    def __init__(
        self, connection: ServerConnection, attachment: AttachmentFile, part_bytes: int, digest: str
    ) -> None:
        self._connection = connection
        self._path = attachment.path
        self._url_path = f"/v1/responses/{attachment.response}/attachments/{attachment.name}"
        self._size = attachment.path.stat().st_size
        self._part_bytes = part_bytes
        self._headers = {REPR_DIGEST: digest}
        self._last_reply: ServerReply | None = None

    def __call__(self) -> ServerReply:
        """The last reply of the server."""
        known, self._last_reply = self._last_reply, None
        known = known or self._connection.request("HEAD", self._url_path, headers=self._headers)
        if _is_complete(known):
            return known
        host = self._connection.host
        offset = _upload_offset(known, host)
        if offset > self._size or (offset == self._size and self._size):
            raise ForeignReplyError("sync_stranger", host=host, status=known.status)
        try:
            reply = self._connection.request("PATCH", self._url_path, *self._part(offset))
        except ServerProblemError as error:
            if error.problem not in _RESUMABLE:
                raise
            raise RetryableError(
                "sync_rejected", problem=error.problem, status=error.status, detail=""
            ) from error
        if not _is_complete(reply) and _upload_offset(reply, host) <= offset:
            raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
        self._last_reply = reply
        return reply

    def _part(self, offset: int) -> tuple[bytes, dict[str, str]]:
        with self._path.open("rb") as file:
            file.seek(offset)
            body = file.read(self._part_bytes)
        place = {UPLOAD_OFFSET: str(offset), UPLOAD_LENGTH: str(self._size), "Content-Type": _OCTETS}
        return body, {**self._headers, **place}


def _is_complete(reply: ServerReply) -> bool:
    return reply.headers.get(UPLOAD_COMPLETE.lower()) == "?1"


def _upload_offset(reply: ServerReply, host: str) -> int:
    text = reply.headers.get(UPLOAD_OFFSET.lower(), "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
    return int(text)
