"""Reading a journal file: the index by one pass over all bytes, documents by their place afterwards."""

from __future__ import annotations

import io
import os
from pathlib import Path

from survey_tui.errors import StoreError
from survey_tui.store import files
from survey_tui.store.findings import StoreFinding
from survey_tui.store.index import Index
from survey_tui.store.lines import Line, decode, is_sound
from survey_tui.store.scan import Scan, Span

__all__ = ["JOURNAL_NAME", "STORE_DIRECTORY", "JournalReader", "open_for_reading"]

JOURNAL_NAME = "responses.journal"
STORE_DIRECTORY = "store"
"""Below the home directory."""

_READ_BUFFER = 1 << 17


def open_for_reading(path: Path) -> io.FileIO:
    """A file without a buffer: what is read at a place is what stands there now."""
    return io.FileIO(path, "rb")


class JournalReader:
    """The content of one journal file; a file that does not exist is empty.

    Only a file that cannot be read at all raises ``StoreError``; what is wrong with it is in ``findings``.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / JOURNAL_NAME
        self.notices: list[StoreFinding] = []
        self._file: io.FileIO | None = None
        self._scan = Scan(Index(), JOURNAL_NAME)

    @property
    def index(self) -> Index:
        """Where the documents stand."""
        return self._scan.index

    @property
    def generation(self) -> int:
        """Counts the compactions of this store; 0 when the first line is lost."""
        return self._scan.header.generation if self._scan.header else 0

    @property
    def findings(self) -> tuple[StoreFinding, ...]:
        """What is wrong with the file, and why nothing can be written."""
        return (*self.notices, *self._scan.findings)

    @property
    def suspects(self) -> dict[str, int]:
        """Documents that may miss a line because of damage."""
        return self._scan.suspects

    @property
    def unusable(self) -> tuple[list[Span], Span | None]:
        """Parts of the file that do not count: lines in the middle, and a torn tail."""
        return self._scan.damaged + self._scan.strays, self._scan.torn

    @property
    def newer(self) -> bool:
        """Whether a newer version made the file; what is known here can be read."""
        return self._scan.newer

    @property
    def size(self) -> int:
        """Bytes of the file that count."""
        return self._scan.end

    def read(self, offset: int, length: int, key: str) -> Line:
        """The line there; ``StoreError("store_damaged")`` when it is not sound or is not about ``key``."""
        raw = self.raw(offset, length)
        if len(raw) == length and is_sound(raw):
            line = decode(raw)
            if line.key == key:
                return line
        raise StoreError("store_damaged", path=str(self.path), offset=offset)

    def raw(self, offset: int, length: int) -> bytes:
        """Bytes of the file as they are."""
        if self._file is None:
            return b""
        try:
            self._file.seek(offset)
            return self._file.read(length)
        except OSError as error:
            raise files.refused(error, self.path) from None

    def refresh(self) -> bool:
        """Take up what another program wrote since; True when something changed."""
        end = self._scan.end
        try:
            now = self.path.stat()
        except OSError:
            return False
        mine = os.fstat(self._file.fileno()) if self._file else None
        if mine is None or not os.path.samestat(mine, now) or now.st_size < end:
            self.load()
            return True
        self._read_on()
        return self._scan.end != end

    def load(self) -> None:
        """Open the file that has the name now, and read it from its beginning."""
        self._close_file()
        self._scan = Scan(Index(), JOURNAL_NAME)
        try:
            self._file = open_for_reading(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise files.refused(error, self.path) from None
        self._read_on()

    def close(self) -> None:
        """Close the file."""
        self._close_file()

    def _read_on(self) -> None:
        if self._file is None:
            return
        stream = io.BufferedReader(self._file, _READ_BUFFER)
        try:
            self._scan.read(stream)
        except OSError as error:
            raise files.refused(error, self.path) from None
        finally:
            stream.detach()

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
