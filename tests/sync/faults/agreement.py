"""Whether the server and the devices say the same, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import ResponseKey
from survey_sync.server.db import Database
from survey_sync.server.db.tables import responses

from tests.support.devices import Home, Server
from tests.sync.client.bundles import files_on


def disagreements(server: Server, homes: list[Home]) -> Iterator[str]:
    """Everything that is not as it should be."""
    stored = server.stored(*homes)
    numbers = _numbers(server.database)
    files = files_on(server)
    for home in homes:
        name = home.path.name
        behind = sum(status != "received" for status in home.statuses().values())
        if behind:
            yield f"{name}: {behind} responses without a receipt"
        for rid, line in home.bytes_of().items():
            versions = stored.pop(rid, [])
            if versions != [line]:
                yield f"{name}: {rid} is there {len(versions)} times, or with other bytes"
        statuses = Outbox(home.folder.outbox()).statuses()
        receipts = {key: status.receipt for key, status in statuses.items()}
        if receipts != {key: numbers.pop(key, "") for key in receipts}:
            yield f"{name}: receipts with other numbers than the server's"
        for path in home.path.glob("attachments/*/*.jpg"):
            if files.get((path.parent.name, path.name)) != path.read_bytes():
                yield f"{name}: {path.parent.name}/{path.name} is not there, or with other bytes"
    if numbers:
        yield f"{len(numbers)} responses on the server which no device has sent"


def _numbers(where: str) -> dict[ResponseKey, str]:
    """What the receipts of the server's responses say."""
    database = Database.open(where)
    try:
        with database.read() as connection:
            rows = connection.execute(select(responses.c.id, responses.c.sha256, responses.c.seq))
            return {(row.id, row.sha256): str(row.seq) for row in rows}
    finally:
        database.close()
