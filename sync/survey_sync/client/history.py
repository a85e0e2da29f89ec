"""What happened when, for ``survey-sync log``: one JSON line an event, without answers and without tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from survey_sync.client.sync_home import append_private
from survey_tui.errors import StoreError

__all__ = ["History", "now"]

_LONGEST = 512 << 10


def now() -> str:
    """The present moment by this device's clock, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class History:
    """The log at ``path``; when it grows long, the older half goes to ``<name>.old``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, event: str, **facts: object) -> None:
        """Append an event. A disk that refuses loses the note, never the sending."""
        line = msgspec.json.encode({"at": now(), "event": event, **facts}) + b"\n"
        try:
            self._rotate()
            append_private(self.path, line, durable=False)
        except OSError:
            return

    def events(self, last: int = 0) -> list[dict[str, object]]:
        """The last events (0: all), oldest first; lines that are not whole are left out."""
        found = []
        for path in (self.path.with_suffix(".old"), self.path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError("sync_file_damaged", path=str(path)) from error
            for line in data.splitlines():
                try:
                    found.append(msgspec.json.decode(line, type=dict[str, object]))
                except msgspec.DecodeError:
                    continue
        return found[-last:] if last else found

    def _rotate(self) -> None:
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return
        if size > _LONGEST:
            self.path.replace(self.path.with_suffix(".old"))
