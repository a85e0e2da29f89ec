"""Endpoints of coordinators and analysts: packages, messages, devices, downloads, metrics."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import func, select

from survey_sync.protocol.messages import (
    Base64,
    Content,
    DeviceList,
    MessagePosted,
    NewCode,
    NewCodeIssued,
    NewMessage,
    Package,
    Retraction,
    Role,
    Sha256,
    Uuid,
)
from survey_sync.server.db.tables import devices, responses, withdrawn
from survey_sync.server.devices import device_list, issue_code, revoke
from survey_sync.server.exports.download import csv_file, forms, json_lines, response_list
from survey_sync.server.http.dispatch import (
    BODY_PROBLEMS,
    JSON_PROBLEMS,
    EndpointCall,
    EndpointList,
    EndpointReply,
    Natural,
    Parameter,
    RawBody,
)
from survey_sync.server.problems import ProblemError
from survey_sync.server.updates import add_package, post_message, retract

endpoints = EndpointList()

COORDINATORS: frozenset[Role] = frozenset({"coordinator"})
READERS: frozenset[Role] = frozenset({"coordinator", "analyst"})
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", min_length=1, max_length=100)]
PackageName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}\Z")]
PackageVersion = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_!-]{0,39}\Z")]
_FORM = Parameter("form", "query", Name, "The form", required=False)

_LINES = "application/jsonl"


@endpoints.add(
    "PUT",
    "/v1/packages/{sha256}",
    "offer_package",
    "Offer a signed package to the devices; 200 when it is already the current one",
    roles=COORDINATORS,
    takes=RawBody("package_bytes", least=1),
    gives=Package,
    status=201,
    also=(200,),
    parameters=(
        Parameter("sha256", "path", Sha256, "SHA-256 of the package"),
        Parameter("content", "query", Content, "Kind of content"),
        Parameter("name", "query", PackageName, "Its name, as in plugin.toml"),
        Parameter("version", "query", PackageVersion, "Its version, as in plugin.toml"),
        Parameter("signature", "query", Base64, "Ed25519 over the package statement"),
        Parameter("key", "query", Base64, "The public key that made the signature"),
    ),
    problems=(*BODY_PROBLEMS, "encoding_unsupported", "digest_wrong"),
)
def put_package(call: EndpointCall) -> EndpointReply:
    """Offer a signed package to the devices."""
    given = call.values
    described = Package(
        seq=0,
        at="",
        content=given["content"],
        name=given["name"],
        version=given["version"],
        sha256=given["sha256"],
        size=0,
        signature=given["signature"],
        key=given["key"],
    )
    package, new = add_package(call.server.database, call.device, described, call.body)
    return EndpointReply(package, 201 if new else 200)


@endpoints.add(
    "POST",
    "/v1/messages",
    "post_message",
    "A message for one surveyor or all",
    roles=COORDINATORS,
    takes=NewMessage,
    gives=MessagePosted,
    status=201,
    problems=JSON_PROBLEMS,
)
def post_message_to(call: EndpointCall) -> EndpointReply:
    """Add a message for one surveyor or for all."""
    seq = post_message(call.server.database, call.device, call.body)
    return EndpointReply(MessagePosted(seq=seq), 201)


@endpoints.add(
    "DELETE",
    "/v1/updates/{seq}",
    "retract",
    "Retract a message or package; repeating it changes nothing",
    roles=COORDINATORS,
    gives=Retraction,
    parameters=(Parameter("seq", "path", Natural, "Its number"),),
    problems=("not_found",),
)
def delete_update(call: EndpointCall) -> EndpointReply:
    """Retract a message or package."""
    return EndpointReply(retract(call.server.database, call.device, call.values["seq"]))


@endpoints.add(
    "POST",
    "/v1/codes",
    "issue_code",
    "A one-time enrolment code",
    roles=COORDINATORS,
    takes=NewCode,
    gives=NewCodeIssued,
    status=201,
    problems=JSON_PROBLEMS,
)
def post_code(call: EndpointCall) -> EndpointReply:
    """Issue a one-time enrolment code."""
    return EndpointReply(issue_code(call.server.database, call.body), 201)


@endpoints.add(
    "GET",
    "/v1/devices",
    "devices",
    "All devices, the most recent contact first",
    roles=COORDINATORS,
    gives=DeviceList,
)
def get_devices(call: EndpointCall) -> EndpointReply:
    """List all devices, the last seen first."""
    with call.server.database.read() as connection:
        return EndpointReply(DeviceList(devices=device_list(connection)))


@endpoints.add(
    "POST",
    "/v1/devices/{device}/revoke",
    "revoke",
    "Revoke a device",
    roles=COORDINATORS,
    status=204,
    parameters=(Parameter("device", "path", Uuid, "The device"),),
    problems=("not_found",),
)
def post_revoke(call: EndpointCall) -> EndpointReply:
    """Refuse the token of a lost device."""
    if not revoke(call.server.database, call.values["device"]):
        raise ProblemError("not_found")
    return EndpointReply(status=204)


@endpoints.add(
    "GET",
    "/v1/data.jsonl",
    "data_jsonl",
    "Canonical bytes of responses; for analysts without fields that identify a household",
    roles=READERS,
    gives="application/jsonl",
    parameters=(_FORM,),
)
def get_json_lines(call: EndpointCall) -> EndpointReply:
    """Download the responses of a form, or of all forms, as JSON Lines."""
    lines = json_lines(call.server, call.device.role, call.values["form"])
    return EndpointReply(lines, media_type=_LINES)


@endpoints.add(
    "GET",
    "/v1/conflicts.jsonl",
    "conflicts_jsonl",
    "Every version of conflicting responses",
    roles=COORDINATORS,
    gives="application/jsonl",
    parameters=(_FORM,),
)
def get_conflicts(call: EndpointCall) -> EndpointReply:
    """Download every version of the responses in conflict."""
    lines = json_lines(call.server, call.device.role, call.values["form"], conflicts=True)
    return EndpointReply(lines, media_type=_LINES)


@endpoints.add(
    "GET",
    "/v1/data.csv",
    "data_csv",
    "Responses of one form as a table; for analysts without fields that identify a household",
    roles=READERS,
    gives="text/csv",
    parameters=(Parameter("form", "query", Name, "The form"),),
    problems=("not_found",),
)
def get_csv(call: EndpointCall) -> EndpointReply:
    """Download the responses of a form as CSV."""
    form = call.values["form"]
    if form not in forms(call.server.database):
        raise ProblemError("not_found")
    return EndpointReply(csv_file(call.server, call.device.role, form), media_type="text/csv")


@endpoints.add(
    "GET",
    "/v1/list.csv",
    "list_csv",
    "Every received response, including sealed ones: surveyor and device; no answers",
    roles=COORDINATORS,
    gives="text/csv",
)
def get_list_csv(call: EndpointCall) -> EndpointReply:
    """Download the list of all responses as CSV."""
    return EndpointReply(response_list(call.server.database, "csv"), media_type="text/csv")


@endpoints.add(
    "GET",
    "/v1/list.jsonl",
    "list_jsonl",
    "The same as JSON Lines",
    roles=COORDINATORS,
    gives="application/jsonl",
)
def get_list_lines(call: EndpointCall) -> EndpointReply:
    """Download the list of all responses as JSON Lines."""
    return EndpointReply(response_list(call.server.database, "jsonl"), media_type=_LINES)


@endpoints.add(
    "GET",
    "/metrics",
    "metrics",
    "Counters for Prometheus",
    roles=READERS,
    gives="text/plain",
    versioned=False,
)
def get_metrics(call: EndpointCall) -> EndpointReply:
    """Report counters in the text format of Prometheus."""
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
    return EndpointReply(text.encode(), media_type="text/plain; version=0.0.4")
