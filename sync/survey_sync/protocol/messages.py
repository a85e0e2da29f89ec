"""Messages of protocol 1 between device and collection server (``docs/sync-protocol.md``).

No input or output happens here. Requests are decoded strictly: an unknown field is an error, so that a
misspelt one does not pass unnoticed. Replies may grow: a client skips unknown fields.

The *canonical bytes* of a response are one JSON object on one line in UTF-8, without blanks around it, and a
line feed at the end; of a sealed response they are its envelope. A batch embeds them as the object itself,
without the line feed (:func:`~survey_sync.protocol.hashes.canonical_slice`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

PROTOCOL: Final = "1"
PROTOCOL_HEADER: Final = "Survey-Sync"
"""On every request below ``/v1`` and on every reply. A reply without it is not the server's."""

MEDIA_TYPE: Final = "application/json"
PROBLEM_MEDIA_TYPE: Final = "application/problem+json"

CONTENT_DIGEST: Final = "Content-Digest"
"""RFC 9530: SHA-256 of the bytes of this message's body as they travel (compressed)."""
REPR_DIGEST: Final = "Repr-Digest"
"""RFC 9530: SHA-256 of the whole attachment, of which a request carries a part."""
UPLOAD_OFFSET: Final = "Upload-Offset"
UPLOAD_LENGTH: Final = "Upload-Length"
UPLOAD_COMPLETE: Final = "Upload-Complete"
RETRY_AFTER: Final = "Retry-After"
REQUEST_ID: Final = "Request-Id"

Uuid = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Moment = Annotated[
    str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", max_length=40)
]
OneLine = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", max_length=200)]
Text = Annotated[str, Meta(pattern=r"^[^\x00]*\Z", min_length=1, max_length=4000)]
Base64 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]+={0,2}\Z", max_length=200)]

Content: TypeAlias = Literal["survey", "plugin"]
Role: TypeAlias = Literal["surveyor", "coordinator", "analyst"]
ReceiptStatus: TypeAlias = Literal["stored", "present", "conflict", "refused", "withdrawn"]
DELIVERED_STATUSES: Final[frozenset[str]] = frozenset({"stored", "present", "conflict"})
"""Statuses of receipts for bytes that are on the server."""
Refusal: TypeAlias = Literal[
    "not_a_response", "id_mismatch", "hash_mismatch", "too_large", "not_yours", "not_utf8", ""
]


class Limits(Struct, frozen=True, kw_only=True):
    """Limits of a request. ``encoded``/``decoded``: bytes of a body before and after decompression."""

    encoded_bytes: int
    decoded_bytes: int
    batch_responses: int
    response_bytes: int
    attachment_bytes: int
    chunk_bytes: int
    package_bytes: int


class Hello(Struct, frozen=True, kw_only=True):
    """``GET /v1/hello``: protocols and limits of the server. ``server_time``: ISO 8601 in UTC."""

    protocols: tuple[str, ...]
    encodings: tuple[str, ...]
    limits: Limits
    server_name: str
    server_time: str


class Enrolment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``POST /v1/enrol``: a one-time code for a token.

    ``nonce`` is chosen at random by the device and kept until the token is there: if the reply was lost, the
    same code with the same nonce gives the token again; with another nonce the code is used up.
    """

    code: Annotated[str, Meta(min_length=8, max_length=40)]
    device_name: Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", min_length=1, max_length=100)]
    nonce: Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{16,64}\Z")]


class Enrolled(Struct, frozen=True, kw_only=True):
    """The reply: the token is shown only once. ``surveyor``: the device's surveyor."""

    device_id: str
    token: str
    role: Role
    surveyor: str
    server_name: str


class Sent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A response in a batch. ``body``: its canonical bytes without the line feed, unchanged.

    ``sha256`` may be left out: ``Content-Digest`` protects the batch, and the receipt states the hash of what
    arrived. If it is there it must be right.

    ``surveyor`` and ``device`` are stated by a coordinator for a sealed response of a bundle, whose body does
    not name them.
    """

    id: Uuid
    body: Raw
    sha256: Sha256 | None = None
    surveyor: OneLine = ""
    device: OneLine = ""


class Batch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``POST /v1/responses``."""

    responses: Annotated[list[Sent], Meta(min_length=1)]


class ResponseMetadata(Struct, frozen=True, kw_only=True, gc=False):
    """The part of a response that the server reads; it reads no answers.

    The names are those of the canonical bytes; a sealed envelope shows the same ones in clear.
    """

    response_id: Uuid
    form_id: Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", min_length=1, max_length=200)]
    form_version: OneLine = ""
    commune: OneLine = ""
    username: OneLine = ""
    device_id: OneLine = ""
    started: OneLine = ""
    finished: OneLine = ""
    outcome: OneLine = ""


class Receipt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The server's receipt for one response.

    ``sha256`` is computed from the canonical bytes that arrived. ``receipt`` is the server's number
    (``stored``, ``present`` and ``conflict``); ``reason`` says why it was refused.

    ``stored``: new, on disk. ``present``: was here, same bytes. ``conflict``: this id came before with other
    bytes; both are kept. ``withdrawn``: the respondent withdrew it; nothing was kept. ``refused``: never
    accepted as it is, so it is not sent again by itself.
    """

    id: str
    sha256: str
    status: ReceiptStatus
    receipt: str = ""
    reason: Refusal = ""


class Receipts(Struct, frozen=True, kw_only=True):
    """The reply to a batch, in its order."""

    receipts: list[Receipt]


class Withdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tombstone: this response was withdrawn at ``at`` (ISO 8601). No content, no receipt code."""

    id: Uuid
    at: Moment


class Withdrawals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``POST /v1/withdrawals``."""

    withdrawals: Annotated[list[Withdrawal], Meta(min_length=1, max_length=1000)]


class Confirmation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``withdrawn``: the server holds no content of it and never will. ``refused`` with the reason."""

    id: str
    status: Literal["withdrawn", "refused"]
    reason: Refusal = ""


class Confirmations(Struct, frozen=True, kw_only=True):
    """The reply to withdrawals, in their order."""

    confirmations: list[Confirmation]


class Message(Struct, frozen=True, kw_only=True, tag_field="kind", tag="message"):
    """A message from the coordinator. ``surveyor``: for whom; ``""`` for everybody."""

    seq: int
    at: str
    author: str
    text: str
    surveyor: str = ""


class Package(Struct, frozen=True, kw_only=True, tag_field="kind", tag="package"):
    """A survey or plugin package that can be fetched from ``/v1/packages/{sha256}``.

    ``signature`` (base64): Ed25519 over the package statement; ``key`` (base64): the public key that made
    it. The server carries both and vouches for neither: a device accepts the keys it already trusts. Of all
    packages with the same ``content`` and ``name`` that were not taken back, the one with the highest ``seq``
    counts, whatever the versions are.
    """

    seq: int
    at: str
    content: Content
    name: str
    version: str
    sha256: str
    size: int
    signature: str
    key: str
    author: str = ""


class Retraction(Struct, frozen=True, kw_only=True, tag_field="kind", tag="retraction"):
    """The message or package with number ``retracts`` was taken back; a device that has no such number passes
    over it."""

    seq: int
    at: str
    author: str
    retracts: int


class Updates(Struct, frozen=True, kw_only=True):
    """``GET /v1/updates?since=N``: what came after number N, oldest first. Ask again with ``now``.

    ``more``: there is more than fits; ask again at once.
    """

    now: int
    items: list[Message | Package | Retraction]
    more: bool = False


class NewMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``POST /v1/messages`` (coordinator)."""

    text: Text
    surveyor: OneLine = ""


class MessagePosted(Struct, frozen=True, kw_only=True):
    """Its number among the updates."""

    seq: int


class NewCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``POST /v1/codes`` (coordinator): a one-time enrolment code valid for ``hours``."""

    role: Role = "surveyor"
    surveyor: OneLine = ""
    hours: Annotated[int, Meta(ge=1, le=720)] = 72


class NewCodeIssued(Struct, frozen=True, kw_only=True):
    """The code is shown this once; the server keeps its hash."""

    code: str
    expires: str


class DeviceRecord(Struct, frozen=True, kw_only=True):
    """An enrolled device as coordinators see it. Times: ISO 8601 in UTC, ``""`` for never.

    ``heard``: the highest number of an update that the device is known to have. ``packages``: SHA-256 of the
    offered packages that it has fetched to their end.
    """

    id: str
    name: str
    role: Role
    surveyor: str
    enrolled: str
    last_seen: str
    revoked: str
    responses: int
    heard: int = 0
    packages: tuple[str, ...] = ()


class DeviceList(Struct, frozen=True, kw_only=True):
    """``GET /v1/devices`` (coordinator)."""

    devices: list[DeviceRecord]


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457 problem details; ``code`` is one of the table in ``docs/sync-protocol.md``."""

    status: int
    code: str
    title: str
    detail: str = ""
    request_id: str = ""
    type: str = "about:blank"


S = TypeVar("S", bound=Struct)


def decoder(kind: type[S]) -> Callable[[bytes], S]:
    """A function that reads one message strictly.

    It raises :class:`msgspec.DecodeError` (:class:`msgspec.ValidationError` for a wrong type) also for JSON
    nested too deeply and for bytes that are not UTF-8.
    """
    decode = msgspec.json.Decoder(kind).decode

    def read(data: bytes) -> S:
        try:
            data.decode()  # the decoder passes by what it skips: raw slices and unknown fields
            return decode(data)
        except UnicodeDecodeError as error:
            raise msgspec.DecodeError(f"not UTF-8 (byte {error.start})") from error
        except RecursionError as error:
            raise msgspec.DecodeError("nested too deeply") from error

    return read


def encode(message: Any) -> bytes:
    """Encode a message as JSON."""
    return msgspec.json.encode(message)


def normal_code(typed: str) -> str:
    """An enrolment code as it is compared: capitals, no blanks or hyphens, O read as 0, I and L as 1."""
    bare = "".join(typed.upper().split()).replace("-", "")
    return bare.translate(str.maketrans("OIL", "011"))
