"""Table definitions for queries; ``migrations`` creates and changes the tables.

A test compares the two. Times are texts (:func:`stamp`): ISO 8601 in UTC with milliseconds, so that text
order is time order. ``responses`` holds what lists need and ``bodies`` the canonical bytes, so that pages
count responses without reading them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

METADATA = MetaData()


def _key(name: str, kind: type[Text | BigInteger] = Text) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


migrations = Table("migrations", METADATA, _key("number", BigInteger), _text("name"), _text("at"))

counters = Table("counters", METADATA, _key("name"), _number("value"))
"""The last number given out of ``responses`` and ``updates``."""

responses = Table(
    "responses",
    METADATA,
    _key("seq", BigInteger),
    _text("id"),
    _text("sha256"),
    Column("conflict", Integer, nullable=False),  # 1: a response of this id came first, with other bytes
    _text("received"),
    _text("device"),  # the enrolled device that sent it
    _number("bytes"),
    _text("form_id"),
    _text("form_version"),
    _text("commune"),
    _text("surveyor"),  # from the response, else from the device
    _text("said_device"),  # the device that the response names
    _text("started"),
    _text("finished"),
    _text("outcome"),
    UniqueConstraint("id", "sha256"),
)

bodies = Table("bodies", METADATA, _key("seq", BigInteger), Column("body", LargeBinary, nullable=False))

withdrawn = Table("withdrawn", METADATA, _key("id"), _text("at"), _text("received"), _text("device"))
"""Tombstones of withdrawn responses."""

attachments = Table(
    "attachments",
    METADATA,
    _key("id"),
    _key("name"),
    _key("sha256"),
    _number("length"),
    _number("received"),
    Column("complete", Integer, nullable=False),
    _text("device"),
    _text("at"),
)

chunks = Table(
    "chunks",
    METADATA,
    _key("id"),
    _key("name"),
    _key("sha256"),
    _key("start", BigInteger),
    Column("data", LargeBinary, nullable=False),
)

devices = Table(
    "devices",
    METADATA,
    _key("id"),
    _text("name"),
    _text("role"),
    _text("surveyor"),
    Column("token_sha256", Text, nullable=False, unique=True),
    _text("enrolled"),
    _text("last_seen"),
    _text("revoked"),
    _number("heard"),  # the highest number of an update that it is known to have
)

codes = Table(
    "codes",
    METADATA,
    _key("code_sha256"),
    _text("role"),
    _text("surveyor"),
    _text("expires"),
    _text("used"),
    _text("nonce_sha256"),
    _text("device"),
)

accounts = Table(
    "accounts", METADATA, _key("name"), _text("role"), _text("password"), _text("created"), _text("disabled")
)

sessions = Table(
    "sessions", METADATA, _key("token_sha256"), _text("account"), _text("csrf"), _text("expires")
)

attempts = Table("attempts", METADATA, _key("key"), _key("window"), _number("count"))
"""Failed enrolments and sign-ins, counted over all processes."""

pushes = Table(
    "pushes",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("at"),
    _text("device"),
    _number("stored"),
    _number("present"),
    _number("conflict"),
    _number("refused"),
    _number("withdrawn"),
    _number("bytes"),
    _text("reasons"),
)

updates = Table(
    "updates",
    METADATA,
    _key("seq", BigInteger),
    _text("surveyor"),
    _text("item"),
    _text("package"),
    _number("retracts"),
    _number("retracted"),
)
"""Updates for devices; ``item`` is the protocol's JSON, ``surveyor`` the receiver (``""``: all).

``package``: SHA-256 of an offered package, else ``""``. ``retracts``: of a retraction, the retracted number;
``retracted``: of a retracted update, the number of its retraction; else 0."""

packages = Table(
    "packages", METADATA, _key("sha256"), _number("size"), Column("content", LargeBinary, nullable=False)
)

fetched = Table("fetched", METADATA, _key("device"), _key("sha256"), _text("at"))
"""Devices that received a package to its end."""


def stamp(moment: datetime) -> str:
    """Format a moment of any time zone as ``2026-11-21T21:01:38.123Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """The current time of the server; device clocks are not trusted."""
    return stamp(datetime.now(UTC))


def ago(**span: float) -> str:
    """The time ``span`` ago (arguments of :class:`datetime.timedelta`; negative: ahead)."""
    return stamp(datetime.now(UTC) - timedelta(**span))
