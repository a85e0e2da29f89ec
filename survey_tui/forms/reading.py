"""Reading a file that somebody else wrote: bounded, decoded, and never a device or a pipe."""

from __future__ import annotations

import stat
from pathlib import Path

from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Source
from survey_tui.vietnamese import nfc

__all__ = ["FOLDERS", "MAX_BYTES", "display_name", "read_bytes", "read_text", "text_sha256"]

MAX_BYTES = 2 * 1024 * 1024
"""Largest questionnaire file. The national instrument is about 100 KB in all."""

FOLDERS = ("surveys", "modules", "lists")
"""What a questionnaire directory holds."""


def display_name(path: Path) -> str:
    """``modules/household.toml`` for a file of a questionnaire directory, else the bare name.

    It stands in every item of a form, so it must not depend on where this machine keeps its files.
    """
    return f"{path.parent.name}/{path.name}" if path.parent.name in FOLDERS else path.name


def read_bytes(path: Path, findings: Findings) -> bytes | None:
    """The content of ``path``; ``None`` and a finding when it is no regular file, too large or unreadable."""
    source = Source(display_name(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            findings.error("not_a_file", source, path.name)
            return None
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        findings.error("unreadable", source, path.name, reason=reason)
        return None
    if len(content) > MAX_BYTES:
        findings.error("file_too_large", source, path.name, limit=MAX_BYTES // 1024)
        return None
    return content


def read_text(path: Path, findings: Findings) -> str | None:
    """The text of a UTF-8 file in NFC, without a byte order mark, line ends as ``\\n``."""
    content = read_bytes(path, findings)
    if content is None:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.error(
            "not_utf8", Source(display_name(path), line), path.name, byte=f"0x{content[error.start]:02X}"
        )
        return None
    return nfc(text.replace("\r\n", "\n"))


def text_sha256(text: str) -> str:
    """Content hash of a file's text: the same whatever line ends a version control system gave it."""
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
