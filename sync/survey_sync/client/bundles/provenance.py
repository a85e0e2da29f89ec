"""Which device brought which response, and whose device that is: on a coordinator's machine only.

``origins.jsonl`` has one line for each part of a bundle, on the disk before its responses are in the store:

::

    {"device":…, "key":…, "surveyor":…, "asked":…, "keys":[[id, sha256], …]}

Losing the file costs the names of sealed responses that are not sent yet, and the say of devices over what
they brought; nothing else. So a line that is not whole is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from survey_sync.client.bundles.file_format import Header
from survey_sync.client.parcels import Key
from survey_sync.client.sync_home import Folder, append_private, read_small
from survey_tui import files

__all__ = ["Brought", "Origins"]


class Brought(Struct, frozen=True, omit_defaults=True):
    """``device``: the id that the device calls itself by; ``key``: its public key (hex); ``surveyor``: the
    code of whoever has the device, ``""`` when it does not know; ``asked``: who asked, by the response's own
    word, ``""`` when it does not say (it is sealed)."""

    device: str
    key: str
    surveyor: str = ""
    asked: str = ""

    def has_a_say(self, header: Header, *, vouched: bool) -> bool:
        """Whether the key that signed this brought it. What the header says of its device and surveyor, which
        anybody can write, counts only where a person has ``vouched`` for the key."""
        same_person = bool(header.surveyor) and header.surveyor in {self.surveyor, self.asked}
        return header.key == self.key or (vouched and (header.device == self.device or same_person))


class _Line(Brought, frozen=True, kw_only=True):
    keys: list[Key]


class Origins:
    """The file of one home; read when made. Of the same bytes, and of the same id, the first one counts."""

    def __init__(self, folder: Folder) -> None:
        self._path = folder.path / "origins.jsonl"
        self._by_key: dict[Key, Brought] = {}
        self._by_id: dict[str, Brought] = {}
        data = read_small(self._path) or b""
        self._torn = bool(data) and not data.endswith(b"\n")
        decode = msgspec.json.Decoder(_Line).decode
        for line in data.splitlines():
            try:
                found = decode(line)
            except msgspec.DecodeError:
                continue
            self._took(Brought(found.device, found.key, found.surveyor, found.asked), found.keys)

    def of(self, key: Key) -> Brought | None:
        """Who brought these bytes; ``None`` when they were made here."""
        return self._by_key.get(key)

    def first(self, response_id: str) -> Brought | None:
        """Who was the first to bring something under this id."""
        return self._by_id.get(response_id)

    def add(self, brought: Brought, keys: Sequence[Key]) -> None:
        """Remember those that are new; durable on return. Raises ``StoreError``."""
        new = [key for key in keys if key not in self._by_key]
        if not new:
            return
        line = _Line(brought.device, brought.key, brought.surveyor, brought.asked, keys=new)
        data = b"\n" * self._torn + msgspec.json.encode(line) + b"\n"
        try:
            append_private(self._path, data)
        except OSError as error:
            self._torn = True
            raise files.refused(error, self._path) from None
        self._torn = False
        self._took(brought, new)

    def _took(self, brought: Brought, keys: Sequence[Key]) -> None:
        for key in keys:
            self._by_key.setdefault(key, brought)
            self._by_id.setdefault(key[0], brought)
