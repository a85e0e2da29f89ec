"""What the tests of USB drives share: sealed responses, attachments, and a USB drive's way to and fro."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from survey_sync.client.bundles.file_format import read_header
from survey_sync.client.bundles.incoming import (
    ReceivedAttachment,
    ReceivedBundle,
    receive_attachments,
    receive_bundle,
)
from survey_sync.client.bundles.outgoing import (
    AppliedReceipts,
    BundleSender,
    WrittenBundle,
    apply_receipts,
    write_pending,
)
from survey_sync.client.device_keys import SigningKey, fingerprint, trust
from survey_sync.client.errors import BundleError
from survey_sync.server.db import Database
from survey_sync.server.db.tables import attachments, bodies, chunks, responses, withdrawn

from survey_tui.interview.events import Finalised, Started
from survey_tui.store import CollectedResponse, ResponseStore
from tests.support.devices import AT, Home, Server


def envelope(response_id: str, text: str = "x") -> bytes:
    """Frozen bytes that do not say who asked."""
    return b'{"commune":"32047","form_id":"xa_hoi_so","response_id":"%s","sealed":"%s"}\n' % (
        response_id.encode(),
        text.encode(),
    )


def finish(home: Home, response_id: str, frozen: bytes) -> None:
    """A finished response on a device."""
    started = Started(AT, response_id=response_id, form_id="xa_hoi_so", commune="32047")
    with ResponseStore.open(home.path) as store:
        store.handover.collect([CollectedResponse(started=started, finished=Finalised(AT), canonical=frozen)])


def seal(home: Home, count: int) -> list[str]:
    """Sealed responses on a device; their ids."""
    with ResponseStore.open(home.path) as store:
        ids = [store.new_id() for _ in range(count)]
    for response_id in ids:
        finish(home, response_id, envelope(response_id))
    return ids


def write(home: Home, drive: Path, surveyor: str = "") -> WrittenBundle:
    """What waits goes onto a USB drive."""
    drive.mkdir(exist_ok=True)
    me = BundleSender(f"id-{home.path.name}", home.path.name, surveyor)
    with home.open() as store:
        return write_pending(home.folder, store, drive, me)


def mark_of(path: Path) -> str:
    """The fingerprint that whoever has the device reads out over the telephone."""
    try:
        return fingerprint(read_header(path).key)
    except BundleError:
        return ""


def take(office: Home, path: Path, *, heard: bool = False) -> ReceivedBundle:
    """A bundle comes in. ``heard``: a person has heard the key's fingerprint."""
    with office.open() as store:
        return receive_bundle(office.folder, store, path, office.path.name, mark_of(path) if heard else "")


def take_files(office: Home, drive: Path, *, heard: bool = False) -> dict[str, str]:
    """Attachments of one device come in: what became of each, by the name of its file on the USB drive."""
    paths = sorted(drive.glob("*.sva"))
    accept = next(filter(None, map(mark_of, paths)), "") if heard else ""
    with office.open() as store:
        found: list[ReceivedAttachment] = list(
            receive_attachments(office.folder, store, paths, office.path.name, accept)
        )
    return {each.path.name: each.error.code if each.error else each.result for each in found}


def take_all(office: Home, drive: Path, *, heard: bool = False) -> list[ReceivedBundle]:
    """Everything on a USB drive comes in."""
    got = [take(office, path, heard=heard) for path in sorted(drive.glob("*.svb"))]
    take_files(office, drive, heard=heard)
    return got


def believe(device: Home, office: Home) -> None:
    """The device trusts the office's key from now on."""
    trust(device.folder, office.path.name, SigningKey(office.folder).public)


def go_back(device: Home, drive: Path) -> AppliedReceipts:
    """The USB drive is back at the device: every receipt file for it, summed up."""
    with device.open() as store:
        found = [apply_receipts(device.folder, store, path) for path in sorted(drive.glob("*.svr"))]
    return AppliedReceipts(
        **{name: sum(getattr(each, name) for each in found) for name in AppliedReceipts.__struct_fields__}
    )


def attach(home: Home, response_id: str, name: str, data: bytes) -> Path:
    """A photograph, say."""
    path = home.path / "attachments" / response_id / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names_on(server: Server) -> dict[str, tuple[str, str, str]]:
    """Response → (surveyor, device that asked, frozen bytes' hash) of the first version."""
    database = Database.open(server.database)
    try:
        with database.read() as connection:
            rows = connection.execute(select(responses).where(responses.c.conflict == 0)).all()
    finally:
        database.close()
    return {row.id: (row.surveyor, row.said_device, row.sha256) for row in rows}


def files_on(server: Server) -> dict[tuple[str, str], bytes]:
    """(response, name) → the whole file, of those that are complete."""
    database = Database.open(server.database)
    try:
        with database.read() as connection:
            whole = connection.execute(select(attachments).where(attachments.c.complete == 1)).all()
            parts = connection.execute(select(chunks).order_by(chunks.c.start)).all()
    finally:
        database.close()
    found = {(row.id, row.name): b"" for row in whole}
    for part in parts:
        if (part.id, part.name) in found:
            found[part.id, part.name] += bytes(part.data)
    return found


def contents(server: Server) -> tuple[set[tuple[object, ...]], set[str], dict[tuple[str, str], bytes]]:
    """All that a server holds, whatever the order in which it came: responses with whose they are and their
    bytes, tombstones, files."""
    database = Database.open(server.database)
    try:
        with database.read() as connection:
            rows = connection.execute(
                select(
                    responses.c.id, responses.c.surveyor, responses.c.said_device, bodies.c.body
                ).join_from(responses, bodies, responses.c.seq == bodies.c.seq)
            ).all()
            gone = set(connection.scalars(select(withdrawn.c.id)))
    finally:
        database.close()
    return {(row[0], row[1], row[2], bytes(row[3])) for row in rows}, gone, files_on(server)
