"""The index of a journal: places of documents in the file, and the fields that lists need."""

from __future__ import annotations

from msgspec import Struct


class IndexEntry(Struct, gc=False):
    """A document: its ``put`` line, and the ``add`` lines after it (offset, length, offset, length …).

    ``head`` is the JSON object in the ``put`` line; ``patch`` holds the fields that later lines changed (each
    such line gives all changeable fields, so the last one counts).
    """

    offset: int
    length: int
    head: bytes
    patch: bytes = b""
    parts: list[int] | None = None
    patch_length: int = 0

    @property
    def size(self) -> int:
        """Bytes of the file that this document needs."""
        return self.length + self.patch_length + (sum(self.parts[1::2]) if self.parts else 0)


class IndexedLine(Struct, frozen=True, gc=False):
    """A line for the index: its action, its document, and its place in the file (bytes)."""

    action: str
    table: str
    key: str
    head: bytes
    offset: int
    length: int


class JournalIndex:
    """Tables by name, each key → :class:`IndexEntry` as inserted; ``live`` counts the bytes still needed."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, IndexEntry]] = {}
        self.live = 0

    def apply(self, step: IndexedLine) -> bool:
        """Apply one line; False when it refers to a document or an action that is unknown."""
        action, table = step.action, step.table
        if action == "add" or action == "set":  # noqa: PLR1714  most lines by far
            return self._apply_change(step)
        if action == "put":
            self._put(table, step.key, IndexEntry(step.offset, step.length, step.head))
        elif action == "del":
            old = self.tables.get(table, {}).pop(step.key, None)
            if old is None:
                return False
            self.live -= old.size
        elif action in {"new", "drop"}:
            self.live -= sum(entry.size for entry in self.tables.pop(table, {}).values())
            if action == "new":
                self.tables[table] = {}
        else:
            return action == "open"
        return True

    def _put(self, table: str, key: str, entry: IndexEntry) -> None:
        entries = self.tables.get(table)
        if entries is None:
            entries = self.tables[table] = {}
        old = entries.get(key)
        if old is not None:
            self.live -= old.size
        entries[key] = entry
        self.live += entry.length

    def _apply_change(self, step: IndexedLine) -> bool:
        try:
            entry = self.tables[step.table][step.key]
        except KeyError:
            return False
        if step.head:
            entry.patch = step.head
        if step.action == "add":
            if entry.parts is None:
                entry.parts = [step.offset, step.length]
            else:
                entry.parts += (step.offset, step.length)
            self.live += step.length
        else:
            self.live += step.length - entry.patch_length
            entry.patch_length = step.length
        return True
