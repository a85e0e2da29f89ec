"""Files that belong to a response go in parts and are resumed where the server stands.

They lie in ``<home>/attachments/<response id>/``; one is sent once its response has a receipt, and is marked
by an empty file beside it (``<name>.<sha256>.sent``) when the server has all of it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from survey_sync.client.errors import LineError, RejectedError, StrangerError
from survey_sync.client.transport import Line, Reply
from survey_sync.protocol import REPR_DIGEST, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET
from survey_tui.store import files

__all__ = ["Attachment", "send_attachment", "waiting_attachments"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")
_OCTETS = "application/octet-stream"


class Attachment(Struct, frozen=True):
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
        return self.path.with_name(f"{self.name}.{sha256.hex()[:16]}.sent")


def waiting_attachments(home: Path, received: Callable[[str], bool]) -> Iterator[Attachment]:
    """Attachments of responses for which ``received`` is true, without those that arrived."""
    root = home / "attachments"
    if not root.is_dir():
        return
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and received(path.name)):
        for path in sorted(folder.iterdir()):
            if not path.is_file() or path.suffix == ".sent" or not _NAME.match(path.name):
                continue
            found = Attachment(folder.name, path)
            if not found.mark(found.sha256()).exists():
                yield found


def send_attachment(
    line: Line, attachment: Attachment, chunk: int, insist: Callable[[Callable[[], Reply]], Reply]
) -> None:
    """Send what the server has not got yet, ``chunk`` bytes at a time; ``insist`` repeats what a bad line
    breaks.

    Raises :class:`SyncError`; ``RejectedError`` when the server does not take it.
    """
    digest = attachment.sha256()
    size = attachment.path.stat().st_size
    place = f"/v1/responses/{attachment.response}/attachments/{attachment.name}"
    headers = {REPR_DIGEST: f"sha-256=:{base64.b64encode(digest).decode()}:"}
    while True:
        reply = insist(lambda: line.request("HEAD", place, headers=headers))
        if _complete(reply):
            break
        offset = _offset(reply, line.host)
        if offset > size or (offset == size and size):
            raise StrangerError("sync_stranger", host=line.host, status=reply.status)
        try:
            while not _complete(reply):
                reply = line.request("PATCH", place, *_part(attachment.path, offset, size, chunk, headers))
                offset = _offset(reply, line.host)
        except LineError:
            continue  # ask where it stands
        except RejectedError as error:
            if error.problem not in {"offset_mismatch", "digest_mismatch"}:
                raise
    attachment.mark(digest).touch(mode=0o600)
    files.sync_directory(attachment.path.parent)


def _part(
    path: Path, offset: int, size: int, chunk: int, headers: dict[str, str]
) -> tuple[bytes, dict[str, str]]:
    with path.open("rb") as file:
        file.seek(offset)
        body = file.read(chunk)
    stand = {UPLOAD_OFFSET: str(offset), UPLOAD_LENGTH: str(size), "Content-Type": _OCTETS}
    return body, {**headers, **stand}


def _complete(reply: Reply) -> bool:
    return reply.headers.get(UPLOAD_COMPLETE.lower()) == "?1"


def _offset(reply: Reply, host: str) -> int:
    text = reply.headers.get(UPLOAD_OFFSET.lower(), "")
    if not (text.isascii() and text.isdecimal()):
        raise StrangerError("sync_stranger", host=host, status=reply.status)
    return int(text)
