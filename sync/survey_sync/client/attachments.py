"""Files that belong to a response go in parts and are resumed where the server stands.

They lie in ``<home>/attachments/<response id>/``; one is sent once its response has a receipt, and is marked
by an empty file beside it (``<name>.<sha256>.sent``) when the server has all of it.
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
from survey_sync.protocol.messages import REPR_DIGEST, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET
from survey_tui import files

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")
_RESPONSE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_MARK = ".sent"
_OCTETS = "application/octet-stream"
_ELSEWHERE = frozenset(("offset_mismatch", "digest_mismatch"))
"""Refusals of a part that a lost reply or a damaged request explains."""


class AttachmentFile(Struct, frozen=True):
    """A file of a response."""

    response: str
    path: Path

    @property
    def name(self) -> str:
        """As the server knows it."""
        return self.path.name

    def sha256(self) -> bytes:
        """Hash of the whole, read in pieces."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    def mark(self, sha256: bytes) -> Path:
        """The file that says that it arrived."""
        return self.path.with_name(f"{self.name}.{sha256.hex()[:16]}{_MARK}")

    def mark_received(self, sha256: bytes) -> None:
        """Set the mark."""
        self.mark(sha256).touch(mode=0o600)
        files.sync_directory(self.path.parent)


def attachment_path(home: Path, response: str, name: str) -> Path:
    """Where an attachment lies; for an id that is a UUID and a name that :func:`is_file_name` only."""
    return home / "attachments" / response / name


def is_file_name(name: str) -> bool:
    """Whether an attachment may be called that: it cannot lead elsewhere, nor be taken for a mark."""
    return bool(_NAME.match(name)) and not name.endswith(_MARK)


def is_response_id(text: str) -> bool:
    """Whether this is a UUID as responses have them."""
    return bool(_RESPONSE.match(text))


def delete_attachments(home: Path, responses: Iterable[str]) -> None:
    """Their responses were withdrawn. Raises ``StoreError`` when the disk refuses."""
    for response in responses:
        folder = attachment_path(home, response, "_").parent
        if not folder.is_dir():
            continue
        try:
            shutil.rmtree(folder)
            files.sync_directory(folder.parent)
        except OSError as error:
            raise files.refused(error, folder) from None


def pending_attachments(home: Path, received: Callable[[str], bool]) -> Iterator[AttachmentFile]:
    """Attachments of responses for which ``received`` is true, without those that arrived."""
    root = home / "attachments"
    if not root.is_dir():
        return
    every = (path for path in root.iterdir() if path.is_dir() and is_response_id(path.name))
    for folder in sorted(path for path in every if received(path.name)):
        for path in sorted(folder.iterdir()):
            if not path.is_file() or not is_file_name(path.name):
                continue
            found = AttachmentFile(folder.name, path)
            if not found.mark(found.sha256()).exists():
                yield found


def send_attachments(
    line: ServerConnection,
    home: Path,
    waiting: Iterable[AttachmentFile],
    chunk: int,
    insist: Callable[[Callable[[], ServerReply]], ServerReply],
) -> ServerProblemError | None:
    """Send each; the last refusal. One that is refused keeps no other waiting; of a response that was
    withdrawn nothing stays here. Raises ``SyncError`` when the line fails, and ``StoreError``."""
    refusal = None
    gone: set[str] = set()
    for attachment in waiting:
        if attachment.response in gone:
            continue
        try:
            send_attachment(line, attachment, chunk, insist)
        except ServerProblemError as error:
            if error.status == 410:  # the reply to HEAD has no body that says more
                gone.add(attachment.response)
            else:
                refusal = error
    delete_attachments(home, gone)
    return refusal


def send_attachment(
    line: ServerConnection,
    attachment: AttachmentFile,
    chunk: int,
    insist: Callable[[Callable[[], ServerReply]], ServerReply],
) -> None:
    """Send what the server has not got yet, ``chunk`` bytes at a time; ``insist`` repeats what a bad line
    breaks.

    Raises :class:`SyncError`; ``ServerProblemError`` when the server does not take it.
    """
    digest = attachment.sha256()
    step = _Step(line, attachment, chunk, f"sha-256=:{base64.b64encode(digest).decode()}:")
    while not _complete(insist(step)):
        pass
    attachment.mark_received(digest)


class _Step:
    """Each call sends the next part, from where the server stands; after a failure it asks for that anew.

    To ask and then to fail again is no progress, however well the asking works.
    """

    def __init__(self, line: ServerConnection, attachment: AttachmentFile, chunk: int, digest: str) -> None:
        self._line = line
        self._path = attachment.path
        self._place = f"/v1/responses/{attachment.response}/attachments/{attachment.name}"
        self._size = attachment.path.stat().st_size
        self._chunk = chunk
        self._headers = {REPR_DIGEST: digest}
        self._stands: ServerReply | None = None

    def __call__(self) -> ServerReply:
        """What the server said last."""
        stands, self._stands = self._stands, None
        stands = stands or self._line.request("HEAD", self._place, headers=self._headers)
        if _complete(stands):
            return stands
        offset = _offset(stands, self._line.host)
        if offset > self._size or (offset == self._size and self._size):
            raise ForeignReplyError("sync_stranger", host=self._line.host, status=stands.status)
        try:
            reply = self._line.request("PATCH", self._place, *self._part(offset))
        except ServerProblemError as error:
            if error.problem not in _ELSEWHERE:
                raise
            raise RetryableError(
                "sync_rejected", problem=error.problem, status=error.status, detail=""
            ) from error
        if not _complete(reply) and _offset(reply, self._line.host) <= offset:
            raise ForeignReplyError("sync_stranger", host=self._line.host, status=reply.status)
        self._stands = reply
        return reply

    def _part(self, offset: int) -> tuple[bytes, dict[str, str]]:
        with self._path.open("rb") as file:
            file.seek(offset)
            body = file.read(self._chunk)
        stand = {UPLOAD_OFFSET: str(offset), UPLOAD_LENGTH: str(self._size), "Content-Type": _OCTETS}
        return body, {**self._headers, **stand}


def _complete(reply: ServerReply) -> bool:
    return reply.headers.get(UPLOAD_COMPLETE.lower()) == "?1"


def _offset(reply: ServerReply, host: str) -> int:
    text = reply.headers.get(UPLOAD_OFFSET.lower(), "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
    return int(text)
