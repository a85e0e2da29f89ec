"""Endpoints of devices: responses, withdrawals, attachments, updates, packages."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from survey_sync.protocol.hashes import parse_digest
from survey_sync.protocol.messages import (
    REPR_DIGEST,
    UPLOAD_COMPLETE,
    UPLOAD_LENGTH,
    UPLOAD_OFFSET,
    Batch,
    Confirmations,
    Receipts,
    Role,
    Sha256,
    Updates,
    Uuid,
    Withdrawals,
)
from survey_sync.server import attachments
from survey_sync.server.attachments import Attachment, AttachmentProgress
from survey_sync.server.http.dispatch import (
    BODY_PROBLEMS,
    JSON_PROBLEMS,
    OCTET_STREAM,
    EndpointCall,
    EndpointList,
    EndpointReply,
    Natural,
    Parameter,
    RawBody,
)
from survey_sync.server.problems import ProblemError
from survey_sync.server.responses import receive, withdraw
from survey_sync.server.updates import (
    package_bytes,
    record_fetched_package,
    record_received_updates,
    updates_since,
)

endpoints = EndpointList()

SENDERS: frozenset[Role] = frozenset({"surveyor", "coordinator"})
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")]
Digest = Annotated[str, Meta(pattern=r"^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:\Z")]
Range = Annotated[str, Meta(pattern=r"^bytes=[0-9]{1,15}-([0-9]{1,15})?\Z")]
_ATTACHMENT = (
    Parameter("id", "path", Uuid, "The response"),
    Parameter("name", "path", FileName, "Name of the file in the response"),
    Parameter(REPR_DIGEST, "header", Digest, "SHA-256 of the whole file (RFC 9530)"),
)
_OWN = ("unknown_response", "withdrawn", "forbidden")
_PROGRESS = (UPLOAD_OFFSET, UPLOAD_COMPLETE)
_RANGE_HEADERS = ("Accept-Ranges", "ETag", "Content-Range")


@endpoints.add(
    "POST",
    "/v1/responses",
    "push",
    "Final responses; a receipt for each, once it is on disk",
    roles=SENDERS,
    takes=Batch,
    gives=Receipts,
    problems=JSON_PROBLEMS,
)
def post_responses(call: EndpointCall) -> EndpointReply:
    """Store a batch of responses; receipts for what is on disk."""
    limits = call.server.config.limits
    batch = call.body.responses
    if len(batch) > limits.batch_responses:
        raise ProblemError("too_large", f"at most {limits.batch_responses} responses")
    receipts = receive(call.server.database, call.device, batch, limits.response_bytes)
    call.server.metrics.count_receipts(receipt.status for receipt in receipts)
    return EndpointReply(Receipts(receipts=receipts))


@endpoints.add(
    "POST",
    "/v1/withdrawals",
    "withdraw",
    "Tombstones of withdrawn responses; the server erases their content",
    roles=SENDERS,
    takes=Withdrawals,
    gives=Confirmations,
    problems=JSON_PROBLEMS,
)
def post_withdrawals(call: EndpointCall) -> EndpointReply:
    """Record tombstones and erase the content; confirmations after that."""
    confirmed = withdraw(call.server.database, call.device, call.body.withdrawals)
    return EndpointReply(Confirmations(confirmations=confirmed))


@endpoints.add(
    "HEAD",
    "/v1/responses/{id}/attachments/{name}",
    "attachment_progress",
    "How much of an attachment has arrived",
    roles=SENDERS,
    status=204,
    parameters=_ATTACHMENT,
    problems=_OWN,
    reply_headers=_PROGRESS,
)
def head_attachment(call: EndpointCall) -> EndpointReply:
    """Report how many bytes of an attachment have arrived."""
    reached = attachments.progress(call.server.database, call.device, _attachment(call, 0))
    return EndpointReply(status=204, headers=_progress(reached))


@endpoints.add(
    "PATCH",
    "/v1/responses/{id}/attachments/{name}",
    "attachment_part",
    "The next part of an attachment",
    roles=SENDERS,
    takes=RawBody("chunk_bytes"),
    status=204,
    parameters=(
        *_ATTACHMENT,
        Parameter(UPLOAD_OFFSET, "header", Natural, "Offset of the part; must be the server's offset"),
        Parameter(UPLOAD_LENGTH, "header", Natural, "Bytes of the whole file"),
    ),
    problems=(
        *BODY_PROBLEMS,
        "encoding_unsupported",
        *_OWN,
        "offset_mismatch",
        "length_mismatch",
        "digest_wrong",
    ),
    reply_headers=_PROGRESS,
)
def patch_attachment(call: EndpointCall) -> EndpointReply:
    """Append the next part of an attachment."""
    length: int = call.values[UPLOAD_LENGTH]
    if length > call.server.config.limits.attachment_bytes:
        raise ProblemError("too_large", f"at most {call.server.config.limits.attachment_bytes} bytes")
    wanted = _attachment(call, length)
    reached = attachments.append(
        call.server.database, call.device, wanted, call.values[UPLOAD_OFFSET], call.body
    )
    return EndpointReply(status=204, headers=_progress(reached))


@endpoints.add(
    "GET",
    "/v1/updates",
    "updates",
    "Messages and packages for this device",
    roles=SENDERS,
    gives=Updates,
    parameters=(
        Parameter(
            "since",
            "query",
            Natural,
            "Number of the last update that the device has",
            required=False,
            default=0,
        ),
    ),
)
def get_updates(call: EndpointCall) -> EndpointReply:
    """List messages and packages for the device."""
    since: int = call.values["since"]
    record_received_updates(call.server.database, call.device.id, since)
    return EndpointReply(updates_since(call.server.database, call.device, since))


@endpoints.add(
    "GET",
    "/v1/packages/{sha256}",
    "package",
    "A package, or the rest of one",
    roles=SENDERS,
    gives=OCTET_STREAM,
    also=(206,),
    parameters=(
        Parameter("sha256", "path", Sha256, "SHA-256 of the package"),
        Parameter("Range", "header", Range, "The requested part", required=False),
    ),
    problems=("not_found", "retracted", "range_invalid"),
    reply_headers=_RANGE_HEADERS,
)
def get_package(call: EndpointCall) -> EndpointReply:
    """Send a package, or the rest of one."""
    sha256: str = call.values["sha256"]
    content = package_bytes(call.server.database, sha256)
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{sha256}"'}
    wanted: str | None = call.values["Range"]
    if wanted is None:
        record_fetched_package(call.server.database, call.device.id, sha256)
        return EndpointReply(content, headers=headers, media_type=OCTET_STREAM)
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start, end = int(first), min(int(last), len(content) - 1) if last else len(content) - 1
    if start >= len(content) or end < start:
        raise ProblemError("range_invalid", headers={"Content-Range": f"bytes */{len(content)}"})
    if end == len(content) - 1:
        record_fetched_package(call.server.database, call.device.id, sha256)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return EndpointReply(content[start : end + 1], 206, headers, OCTET_STREAM)


def _attachment(call: EndpointCall, length: int) -> Attachment:
    digest = parse_digest(call.values[REPR_DIGEST])
    if digest is None:
        raise ProblemError("malformed", f"header parameter {REPR_DIGEST} has no sha-256")
    return Attachment(call.values["id"], call.values["name"], digest.hex(), length)


def _progress(reached: AttachmentProgress) -> dict[str, str]:
    # RFC 8941 booleans, as in the IETF's draft on resumable uploads.
    return {UPLOAD_OFFSET: str(reached.received), UPLOAD_COMPLETE: "?1" if reached.complete else "?0"}
