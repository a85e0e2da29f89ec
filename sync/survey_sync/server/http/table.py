"""The table of endpoints: what is not here does not exist."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from survey_sync.protocol.messages import (
    REPR_DIGEST,
    UPLOAD_COMPLETE,
    UPLOAD_LENGTH,
    UPLOAD_OFFSET,
    Base64,
    Batch,
    Confirmations,
    Content,
    DeviceList,
    Enrolled,
    Enrolment,
    Hello,
    MessagePosted,
    NewCode,
    NewCodeIssued,
    NewMessage,
    Package,
    Receipts,
    Retraction,
    Role,
    Sha256,
    Updates,
    Uuid,
    Withdrawals,
)
from survey_sync.server.http import coordinator_endpoints as coordinators
from survey_sync.server.http import device_endpoints as device
from survey_sync.server.http import public_endpoints as anybody
from survey_sync.server.http.dispatch import OCTETS, Endpoint, Octets, Parameter

SENDERS: frozenset[Role] = frozenset({"surveyor", "coordinator"})
COORDINATORS: frozenset[Role] = frozenset({"coordinator"})
READERS: frozenset[Role] = frozenset({"coordinator", "analyst"})

FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")]
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", min_length=1, max_length=100)]
PackageName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}\Z")]
PackageVersion = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_!-]{0,39}\Z")]
Natural = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Digest = Annotated[str, Meta(pattern=r"^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:\Z")]
Range = Annotated[str, Meta(pattern=r"^bytes=[0-9]{1,15}-([0-9]{1,15})?\Z")]

_ATTACHMENT = (
    Parameter("id", "path", Uuid, "The response"),
    Parameter("name", "path", FileName, "The file's name in the response"),
    Parameter(REPR_DIGEST, "header", Digest, "SHA-256 of the whole file (RFC 9530)"),
)
_FORM = Parameter("form", "query", Name, "The form", required=False)
_BODY = ("media_type", "digest_missing", "digest_mismatch", "too_large", "timeout")
_JSON = (*_BODY, "encoding_broken", "encoding_unsupported")
_OWN = ("unknown_response", "withdrawn", "forbidden")
_PROGRESS = (UPLOAD_OFFSET, UPLOAD_COMPLETE)
_RANGE_HEADERS = ("Accept-Ranges", "ETag", "Content-Range")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/health",
        "health",
        "Whether this process works",
        anybody.get_health,
        gives="application/json",
        versioned=False,
    ),
    Endpoint("GET", "/v1/hello", "hello", "What this server speaks", anybody.get_hello, gives=Hello),
    Endpoint(
        "POST",
        "/v1/enrol",
        "enrol",
        "A one-time code for a token",
        anybody.post_enrol,
        takes=Enrolment,
        gives=Enrolled,
        status=201,
        problems=(*_JSON, "code_invalid", "revoked"),
    ),
    Endpoint(
        "POST",
        "/v1/responses",
        "push",
        "Final responses; a receipt for each, once it is on disk",
        device.post_responses,
        roles=SENDERS,
        takes=Batch,
        gives=Receipts,
        problems=_JSON,
    ),
    Endpoint(
        "POST",
        "/v1/withdrawals",
        "withdraw",
        "Tombstones of withdrawn responses; the server erases their content",
        device.post_withdrawals,
        roles=SENDERS,
        takes=Withdrawals,
        gives=Confirmations,
        problems=_JSON,
    ),
    Endpoint(
        "HEAD",
        "/v1/responses/{id}/attachments/{name}",
        "attachment_progress",
        "How much of an attachment has arrived",
        device.head_attachment,
        roles=SENDERS,
        status=204,
        parameters=_ATTACHMENT,
        problems=_OWN,
        reply_headers=_PROGRESS,
    ),
    Endpoint(
        "PATCH",
        "/v1/responses/{id}/attachments/{name}",
        "attachment_part",
        "The next part of an attachment",
        device.patch_attachment,
        roles=SENDERS,
        takes=Octets("chunk_bytes"),
        status=204,
        parameters=(
            *_ATTACHMENT,
            Parameter(UPLOAD_OFFSET, "header", Natural, "Where the part begins: where the server stands"),
            Parameter(UPLOAD_LENGTH, "header", Natural, "Bytes of the whole file"),
        ),
        problems=(
            *_BODY,
            "encoding_unsupported",
            *_OWN,
            "offset_mismatch",
            "length_mismatch",
            "digest_wrong",
        ),
        reply_headers=_PROGRESS,
    ),
    Endpoint(
        "GET",
        "/v1/updates",
        "updates",
        "Messages and packages for this device",
        device.get_updates,
        roles=SENDERS,
        gives=Updates,
        parameters=(
            Parameter(
                "since", "query", Natural, "The number up to which it has them", required=False, default=0
            ),
        ),
    ),
    Endpoint(
        "GET",
        "/v1/packages/{sha256}",
        "package",
        "A package, or the rest of one",
        device.get_package,
        roles=SENDERS,
        gives=OCTETS,
        also=(206,),
        parameters=(
            Parameter("sha256", "path", Sha256, "Of the package"),
            Parameter("Range", "header", Range, "The part wanted", required=False),
        ),
        problems=("not_found", "retracted", "range_invalid"),
        reply_headers=_RANGE_HEADERS,
    ),
    Endpoint(
        "PUT",
        "/v1/packages/{sha256}",
        "offer_package",
        "Offer a signed package to the devices; 200 when it is what counts already",
        coordinators.put_package,
        roles=COORDINATORS,
        takes=Octets("package_bytes", least=1),
        gives=Package,
        status=201,
        also=(200,),
        parameters=(
            Parameter("sha256", "path", Sha256, "Of the package"),
            Parameter("content", "query", Content, "What it is"),
            Parameter("name", "query", PackageName, "Its name, as in plugin.toml"),
            Parameter("version", "query", PackageVersion, "Its version, as in plugin.toml"),
            Parameter("signature", "query", Base64, "Ed25519 over the package statement"),
            Parameter("key", "query", Base64, "The public key that made the signature"),
        ),
        problems=(*_BODY, "encoding_unsupported", "digest_wrong"),
    ),
    Endpoint(
        "POST",
        "/v1/messages",
        "post_message",
        "A message for one surveyor or everybody",
        coordinators.post_message_to,
        roles=COORDINATORS,
        takes=NewMessage,
        gives=MessagePosted,
        status=201,
        problems=_JSON,
    ),
    Endpoint(
        "DELETE",
        "/v1/updates/{seq}",
        "retract",
        "Take a message or package back; once more is what it was",
        coordinators.delete_update,
        roles=COORDINATORS,
        gives=Retraction,
        parameters=(Parameter("seq", "path", Natural, "Its number"),),
        problems=("not_found",),
    ),
    Endpoint(
        "POST",
        "/v1/codes",
        "issue_code",
        "A one-time enrolment code",
        coordinators.post_code,
        roles=COORDINATORS,
        takes=NewCode,
        gives=NewCodeIssued,
        status=201,
        problems=_JSON,
    ),
    Endpoint(
        "GET",
        "/v1/devices",
        "devices",
        "All devices, the last seen first",
        coordinators.get_devices,
        roles=COORDINATORS,
        gives=DeviceList,
    ),
    Endpoint(
        "POST",
        "/v1/devices/{device}/revoke",
        "revoke",
        "Refuse the token of a lost device from now on",
        coordinators.post_revoke,
        roles=COORDINATORS,
        status=204,
        parameters=(Parameter("device", "path", Uuid, "The device"),),
        problems=("not_found",),
    ),
    Endpoint(
        "GET",
        "/v1/data.jsonl",
        "data_jsonl",
        "Responses as they are frozen; for analysts without what leads to a household",
        coordinators.get_json_lines,
        roles=READERS,
        gives="application/jsonl",
        parameters=(_FORM,),
    ),
    Endpoint(
        "GET",
        "/v1/conflicts.jsonl",
        "conflicts_jsonl",
        "Every version of the responses that came with different bytes",
        coordinators.get_conflicts,
        roles=COORDINATORS,
        gives="application/jsonl",
        parameters=(_FORM,),
    ),
    Endpoint(
        "GET",
        "/v1/data.csv",
        "data_csv",
        "Responses of one form as a table; for analysts without what leads to a household",
        coordinators.get_csv,
        roles=READERS,
        gives="text/csv",
        parameters=(Parameter("form", "query", Name, "The form"),),
        problems=("not_found",),
    ),
    Endpoint(
        "GET",
        "/v1/list.csv",
        "list_csv",
        "Every response that has arrived, sealed ones too: who asked, with which device; no answers",
        coordinators.get_list_csv,
        roles=COORDINATORS,
        gives="text/csv",
    ),
    Endpoint(
        "GET",
        "/v1/list.jsonl",
        "list_jsonl",
        "The same as JSON Lines",
        coordinators.get_list_lines,
        roles=COORDINATORS,
        gives="application/jsonl",
    ),
    Endpoint(
        "GET",
        "/metrics",
        "metrics",
        "Counters for Prometheus",
        anybody.get_metrics,
        roles=READERS,
        gives="text/plain",
        versioned=False,
    ),
)
