"""Reading a journal file: the index by one pass over all bytes, documents by their place afterwards."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from pathlib import Path

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.findings import StoreFinding
from survey_tui.store.journal.format import (
    NEWEST_VERSION,
    NO_KEYS,
    FileHeader,
    JournalLine,
    KeyRing,
    has_valid_checksum,
    header_from,
    version_of,
)
from survey_tui.store.journal.header_copy import is_encrypted, read_header_copy, recover_header
from survey_tui.store.journal.index import JournalIndex
from survey_tui.store.journal.scan import FileSpan, Scan

JOURNAL_NAME = "responses.journal"
STORE_DIRECTORY = "store"
"""Below the home directory."""

_READ_BUFFER = 1 << 17
_LONGEST_HEADER = 4096
_WORTH_COMPACTING = 1 << 20


def older_version_finding(file: str, version: int) -> StoreFinding:
    """The finding that a file must be migrated."""
    return StoreFinding(
        code="older_version", severity="warning", file=file, details={"version": str(version)}
    )


_HEADER_FROM_COPY = StoreFinding(code="spare_header", severity="error", file=JOURNAL_NAME, line=1)


def open_for_reading(path: Path) -> io.FileIO:
    """A file without a buffer, so that reads see the file as it is now."""
    return io.FileIO(path, "rb")


def first_header(path: Path) -> FileHeader | None:
    """The header in the first line of a journal; ``None`` without a file, or when the line is damaged."""
    try:
        with open_for_reading(path) as file:
            line = file.readline(_LONGEST_HEADER)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.store_error_from(error, path) from None
    fields = line.rstrip(b"\n").split(b"\t")
    if len(fields) < 6 or fields[2] != b"open" or not has_valid_checksum(line):
        return None
    return header_from(fields[5])


def known_headers(path: Path) -> list[FileHeader]:
    """The header of a journal; from its copy when the first line is lost and the rest is encrypted (two
    headers, when a change of the lock was interrupted too)."""
    header = first_header(path)
    if header is not None:
        return [header]
    copied = read_header_copy(path)
    if not copied:
        return []
    try:
        with open_for_reading(path) as file:
            return copied if is_encrypted(file) else []
    except OSError as error:
        raise files.store_error_from(error, path) from None


class JournalReader:
    """The content of one journal file; a file that does not exist is empty.

    Only a file that cannot be read at all raises ``StoreError``; what is wrong with it is in ``findings``.
    ``older`` is the version of a file that must be migrated before it can be read; ``is_header_from_copy``
    is true when the first line is lost and its copy was used (:mod:`header_copy`).
    """

    def __init__(self, directory: Path, keys: KeyRing = NO_KEYS) -> None:
        self.keys = keys
        self.path = directory / JOURNAL_NAME
        self.notices: list[StoreFinding] = []
        self.older: int | None = None
        self.is_header_from_copy = False
        self._file: io.FileIO | None = None
        self._scan = Scan(JournalIndex(), JOURNAL_NAME, self.keys)

    @property
    def index(self) -> JournalIndex:
        """Places of the documents, for this package only."""
        return self._scan.index

    @property
    def generation(self) -> int:
        """The number of compactions of this store; 0 when the first line is lost."""
        return self._scan.header.generation if self._scan.header else 0

    @property
    def header(self) -> FileHeader:
        """The first line; a new one when it is lost."""
        return self._scan.header or FileHeader(generation=0, store=self.store_id)

    @property
    def store_id(self) -> str:
        """The id of the store in its first line; made up when there is none."""
        named = self._scan.header.store if self._scan.header else ""
        return named or os.urandom(6).hex()

    @property
    def findings(self) -> tuple[StoreFinding, ...]:
        """Damage of the file, and why nothing can be written."""
        older = [older_version_finding(self.path.name, self.older)] if self.older is not None else []
        from_copy = [_HEADER_FROM_COPY] if self.is_header_from_copy else []
        return (*self.notices, *older, *from_copy, *self._scan.findings)

    @property
    def doubtful(self) -> dict[str, int]:
        """Documents that may lack a line because of damage."""
        return self._scan.doubtful

    def check_complete(self, key: str) -> None:
        """Refuse a document that may lack a line (``store_damaged``): an old answer must not pass for the
        last one."""
        if key in self.doubtful:
            raise StoreError("store_damaged", path=str(self.path), offset=self.doubtful[key])

    @property
    def skipped_spans(self) -> tuple[list[FileSpan], FileSpan | None]:
        """Parts of the file that do not count: lines in the middle, and a torn tail."""
        return self._scan.damaged + self._scan.strays, self._scan.torn

    @property
    def newer(self) -> bool:
        """True when a newer version made the file; the tables known here can be read."""
        return self._scan.newer

    @property
    def is_header_lost(self) -> bool:
        """True when the lines are encrypted and the header is lost."""
        return self._scan.header is None and self._file is not None and is_encrypted(self._file)

    @property
    def size(self) -> int:
        """Bytes of the file that count."""
        return self._scan.end

    @property
    def is_worth_compacting(self) -> bool:
        """True for more than 1 MiB of which more than half is replaced by later lines."""
        return self.size > _WORTH_COMPACTING and self.index.live * 2 < self.size

    def read(self, offset: int, length: int, key: str) -> JournalLine:
        """The line at an offset; ``StoreError("store_damaged")`` unless its checksum is valid and it is about
        ``key``."""
        raw = self.raw(offset, length)
        if len(raw) == length and has_valid_checksum(raw):
            with suppress(StoreError):
                line = self._scan.codec.decode(raw)
                if line.key == key:
                    return line
        raise StoreError("store_damaged", path=str(self.path), offset=offset)

    def raw(self, offset: int, length: int) -> bytes:
        """Bytes of the file."""
        if self._file is None:
            return b""
        try:
            self._file.seek(offset)
            return self._file.read(length)
        except OSError as error:
            raise files.store_error_from(error, self.path) from None

    def refresh(self) -> bool:
        """Read what another program has written since; True when something changed."""
        try:
            replaced = self._is_replaced(self.path.stat())
        except OSError:
            return False
        if replaced or self._scan.findings:
            self.load()
            return True
        end = self._scan.end
        self._read_rest()
        return self._scan.end != end

    def load(self) -> None:
        """Open the file that has the name now, and read it from its beginning."""
        self._close_file()
        self._scan = Scan(JournalIndex(), JOURNAL_NAME, self.keys)
        self.older = None
        self.is_header_from_copy = False
        try:
            self._file = open_for_reading(self.path)
            first = self._file.readline(_LONGEST_HEADER)
            version = version_of(first)
            if version is None and first:
                self._recover_header(self._file)
        except FileNotFoundError:
            return
        except OSError as error:
            raise files.store_error_from(error, self.path) from None
        if version is not None and version < NEWEST_VERSION:
            self.older = version
        else:
            self._read_rest()

    def close(self) -> None:
        self._close_file()

    def _is_replaced(self, now: os.stat_result) -> bool:
        """True when the index no longer holds: the name is another file's, or the file has other lines."""
        if self._file is None or not os.path.samestat(os.fstat(self._file.fileno()), now):
            return True
        offset, checksum = self._scan.mark
        return now.st_size < self._scan.end or self.raw(offset, len(checksum)) != checksum

    def _recover_header(self, file: io.FileIO) -> None:
        header = recover_header(self.path, file, self.keys)
        if header is not None:
            self._scan.assume(header)
            self.is_header_from_copy = True

    def _read_rest(self) -> None:
        if self._file is None:
            return
        stream = io.BufferedReader(self._file, _READ_BUFFER)
        try:
            self._scan.read(stream)
        except OSError as error:
            raise files.store_error_from(error, self.path) from None
        finally:
            stream.detach()

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
