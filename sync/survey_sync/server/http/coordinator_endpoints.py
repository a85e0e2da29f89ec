"""What coordinators and analysts ask."""

from __future__ import annotations

from survey_sync.protocol.messages import DeviceList, MessagePosted, Package
from survey_sync.server.devices import device_list, issue_code, revoke
from survey_sync.server.exports.download import csv_file, forms, json_lines, listing
from survey_sync.server.http.dispatch import Call, Reply
from survey_sync.server.problems import Rejected
from survey_sync.server.updates import add_package, post_message, retract

_LINES = "application/jsonl"


def post_message_to(call: Call) -> Reply:
    """A message for one surveyor or everybody."""
    seq = post_message(call.server.database, call.device, call.body)
    return Reply(MessagePosted(seq=seq), 201)


def put_package(call: Call) -> Reply:
    """A signed package for the devices."""
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
    return Reply(package, 201 if new else 200)


def delete_update(call: Call) -> Reply:
    """A message or package is taken back."""
    return Reply(retract(call.server.database, call.device, call.values["seq"]))


def post_code(call: Call) -> Reply:
    """A one-time enrolment code."""
    return Reply(issue_code(call.server.database, call.body), 201)


def get_devices(call: Call) -> Reply:
    """All devices."""
    with call.server.database.read() as connection:
        return Reply(DeviceList(devices=device_list(connection)))


def post_revoke(call: Call) -> Reply:
    """A lost device."""
    if not revoke(call.server.database, call.values["device"]):
        raise Rejected("not_found")
    return Reply(status=204)


def get_json_lines(call: Call) -> Reply:
    """The data of a form, or of all."""
    lines = json_lines(call.server, call.device.role, call.values["form"])
    return Reply(lines, media_type=_LINES)


def get_conflicts(call: Call) -> Reply:
    """Every version of the responses in conflict."""
    lines = json_lines(call.server, call.device.role, call.values["form"], conflicts=True)
    return Reply(lines, media_type=_LINES)


def get_list_csv(call: Call) -> Reply:
    """What has arrived, as a table."""
    return Reply(listing(call.server.database, "csv"), media_type="text/csv")


def get_list_lines(call: Call) -> Reply:
    """What has arrived, as JSON Lines."""
    return Reply(listing(call.server.database, "jsonl"), media_type=_LINES)


def get_csv(call: Call) -> Reply:
    """The data of a form."""
    form = call.values["form"]
    if form not in forms(call.server.database):
        raise Rejected("not_found")
    return Reply(csv_file(call.server, call.device.role, form), media_type="text/csv")
