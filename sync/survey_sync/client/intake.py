"""The way of a bundle's responses into a coordinator's store, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from survey_sync.client.bundles.file_format import Header
from survey_sync.client.bundles.provenance import Brought, Origins
from survey_sync.client.conflicts import Beside
from survey_sync.client.history import now
from survey_sync.client.parcels import Key
from survey_sync.client.sync_home import Folder
from survey_sync.client.withdrawn import withdrawn
from survey_sync.protocol.messages import Facts, Receipt, ReceiptStatus, decoder, frozen_sha256, frozen_slice
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import Collected, ResponseStore
from survey_tui.store.bodies import values_in

__all__ = ["Intake", "parts"]

_PART, _PART_BYTES = 200, 4 << 20  # responses that are stored as one change

_facts = decoder(Facts)


class Intake:
    """What is here already, and the way in for what is not."""

    def __init__(
        self, folder: Folder, store: ResponseStore, header: Header, origins: Origins, me: str
    ) -> None:
        self._store = store
        self._header = header
        self._origins = origins
        self._me = me
        self._beside = Beside(folder)
        self._others = set(self._beside.items())
        self._gone = withdrawn(folder, store).keys()

    def take(self, lines: Sequence[bytes]) -> list[Receipt]:
        """The receipts of some lines, once their responses are on the disk."""
        receipts: list[Receipt] = []
        new: dict[str, Collected] = {}
        aside: dict[Key, bytes] = {}
        by: dict[Brought, list[Key]] = {}
        for frozen in lines:
            sha256, facts = frozen_sha256(frozen), _read(frozen)
            if facts is None:
                receipts.append(Receipt(id="", sha256=sha256, status="refused", reason="not_a_response"))
                continue
            key = (facts.response_id, sha256)
            status = self._status(key, new)
            if status == "stored":
                new[key[0]] = self._collected(facts, frozen)
                by.setdefault(self._brought(facts), []).append(key)
            elif status == "conflict" and key not in self._others:
                aside[key] = frozen
                by.setdefault(self._brought(facts), []).append(key)
            number = "" if status == "withdrawn" else self._me
            receipts.append(Receipt(id=key[0], sha256=sha256, status=status, receipt=number))
        self._keep(new, aside, by)
        return receipts

    def _brought(self, facts: Facts) -> Brought:
        here = self._header
        return Brought(here.device, here.key, here.surveyor, facts.username)

    def _status(self, key: Key, new: dict[str, Collected]) -> ReceiptStatus:
        if key[0] in self._gone:
            return "withdrawn"
        there = frozen_sha256(new[key[0]].canonical) if key[0] in new else self._finished(key[0])
        return "stored" if not there else "present" if there == key[1] else "conflict"

    def _finished(self, response_id: str) -> str:
        """The hash of the finished response that the store has; ``""`` for a mere beginning, or none."""
        found = self._store.find(response_id)
        return found.sha256 if found is not None else ""

    def _keep(self, new: dict[str, Collected], aside: dict[Key, bytes], by: dict[Brought, list[Key]]) -> None:
        """Origins first: after a kill in between, the responses come again and their origin stands."""
        for brought, keys in by.items():
            self._origins.add(brought, keys)
        self._store.handover.collect(new.values())
        for key, frozen in aside.items():
            self._beside.keep(key, frozen)
            self._others.add(key)

    def _collected(self, facts: Facts, frozen: bytes) -> Collected:
        started = Started(
            facts.started or now(),
            response_id=facts.response_id,
            form_id=facts.form_id,
            form_version=facts.form_version,
            device_id=facts.device_id or self._header.device,
            username=facts.username or self._header.surveyor,
            commune=facts.commune,
        )
        door = values_in(frozen)  # area and household of the national instrument; only lists show them
        return Collected(
            started=started,
            finished=Finalised(facts.finished or now()),
            canonical=frozen,
            title=facts.form_id,
            ea=door.get("ea_code", ""),
            household=door.get("hh_no", ""),
        )


def _read(frozen: bytes) -> Facts | None:
    try:
        return _facts(frozen_slice(frozen))
    except (msgspec.DecodeError, ValueError):
        return None


def parts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines in parts of bounded size."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line)
        if len(part) >= _PART or size >= _PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
