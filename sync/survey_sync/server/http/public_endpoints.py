"""Endpoints without a token: health, hello, enrolment."""

from __future__ import annotations

from sqlalchemy import select

from survey_sync.protocol.messages import (
    PROTOCOL,
    Enrolled,
    Enrolment,
    Hello,
)
from survey_sync.server.db.tables import now
from survey_sync.server.devices import enrol
from survey_sync.server.http.dispatch import (
    JSON_PROBLEMS,
    EndpointCall,
    EndpointList,
    EndpointReply,
)
from survey_sync.server.http.request_body import ENCODINGS
from survey_sync.server.problems import ProblemError

endpoints = EndpointList()


@endpoints.add(
    "GET", "/health", "health", "Health of this process", gives="application/json", versioned=False
)
def get_health(call: EndpointCall) -> EndpointReply:
    """Check that this process can read its database."""
    with call.server.database.read() as connection:
        connection.scalar(select(1))
    return EndpointReply(b'{"status":"ok"}')


@endpoints.add("GET", "/v1/hello", "hello", "Protocols, encodings and limits of this server", gives=Hello)
def get_hello(call: EndpointCall) -> EndpointReply:
    """Report protocol versions, encodings and limits."""
    config = call.server.config
    return EndpointReply(
        Hello(
            protocols=(PROTOCOL,),
            encodings=ENCODINGS,
            limits=config.limits,
            server_name=config.server_name,
            server_time=now(),
        )
    )


@endpoints.add(
    "POST",
    "/v1/enrol",
    "enrol",
    "Exchange a one-time code for a token",
    takes=Enrolment,
    gives=Enrolled,
    status=201,
    problems=(*JSON_PROBLEMS, "code_invalid", "revoked"),
)
def post_enrol(call: EndpointCall) -> EndpointReply:
    """Exchange a one-time code for a token."""
    asked = call.body
    if not isinstance(asked, Enrolment):
        raise ProblemError("malformed")
    config = call.server.config
    given = enrol(
        call.server.database,
        asked,
        call.address,
        config.server_name,
        failed_codes=config.rates.failed_codes,
    )
    return EndpointReply(given, status=201)
