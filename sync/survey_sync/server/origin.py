"""Who asked, and with which device: what a response says itself, what a coordinator states for one that came
on a stick, what the token says of a device that sends its own."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection

from survey_sync.protocol.messages import Facts, Sent
from survey_sync.server.auth import Principal
from survey_sync.server.db.tables import responses

__all__ = ["Origin", "complete", "may_state", "origin_of"]


class Origin(Struct, frozen=True, gc=False):
    """A surveyor's code, and the id that a device calls itself by; ``""`` where nobody has said so."""

    surveyor: str = ""
    device: str = ""


def may_state(sender: Principal, sent: Sent) -> bool:
    """A coordinator may state whose response it is; any other device only that it is its own."""
    return sender.role == "coordinator" or (not sent.device and sent.surveyor in {"", sender.surveyor})


def origin_of(sender: Principal, sent: Sent, facts: Facts | None) -> Origin:
    """The response's own word counts before a statement. Only what nobody says anything about is the
    sender's own: a response that a coordinator passes on for a device of unknown owner stays without a name.
    """
    stated = bool(sent.surveyor or sent.device)
    surveyor = sent.surveyor if stated else sender.surveyor
    if facts is None:
        return Origin(surveyor, sent.device)
    return Origin(facts.username or surveyor, facts.device_id or sent.device)


def complete(
    connection: Connection,
    nameless: Mapping[tuple[str, str], Origin],
    stated: Mapping[tuple[str, str], Origin],
) -> None:
    """Fill in what earlier copies of the same bytes left open (by id and hash); what was said stands."""
    for key, before in nameless.items():
        said = stated.get(key, before)
        now = Origin(before.surveyor or said.surveyor, before.device or said.device)
        if now != before:
            same = (responses.c.id == key[0], responses.c.sha256 == key[1])
            connection.execute(
                responses.update().where(*same),
                {"surveyor": now.surveyor, "said_device": now.device},
            )
