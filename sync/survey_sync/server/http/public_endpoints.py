"""What anybody may ask, and how the server does."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_sync.protocol.messages import PROTOCOL, Enrolment, Hello
from survey_sync.server.db.tables import devices, now, responses, withdrawn
from survey_sync.server.devices import enrol
from survey_sync.server.http.dispatch import Call, Reply
from survey_sync.server.http.request_body import ENCODINGS
from survey_sync.server.problems import Rejected


def get_health(call: Call) -> Reply:
    """Whether this process can read its database."""
    with call.server.database.read() as connection:
        connection.scalar(select(1))
    return Reply(b'{"status":"ok"}')


def get_hello(call: Call) -> Reply:
    """What this server speaks."""
    config = call.server.config
    return Reply(
        Hello(
            protocols=(PROTOCOL,),
            encodings=ENCODINGS,
            limits=config.limits,
            server_name=config.server_name,
            server_time=now(),
        )
    )


def post_enrol(call: Call) -> Reply:
    """A one-time code for a token."""
    asked = call.body
    if not isinstance(asked, Enrolment):
        raise Rejected("malformed")
    config = call.server.config
    given = enrol(
        call.server.database,
        asked,
        call.address,
        config.server_name,
        failed_codes=config.rates.failed_codes,
    )
    return Reply(given, status=201)


def get_metrics(call: Call) -> Reply:
    """Counters for Prometheus."""
    with call.server.database.read() as connection:
        totals = {
            "responses": connection.scalar(select(func.count()).select_from(responses)) or 0,
            "conflicts": connection.scalar(select(func.coalesce(func.sum(responses.c.conflict), 0))) or 0,
            "withdrawn": connection.scalar(select(func.count()).select_from(withdrawn)) or 0,
            "devices": connection.scalar(
                select(func.count()).select_from(devices).where(devices.c.revoked == "")
            )
            or 0,
        }
    text = call.server.metrics.text(totals)
    return Reply(text.encode(), media_type="text/plain; version=0.0.4")
