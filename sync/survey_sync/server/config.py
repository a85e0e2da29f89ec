"""Configuration of the server: one immutable value, the same for all of its processes."""

from __future__ import annotations

from msgspec import Struct

from survey_sync.protocol.messages import Limits

MiB = 1 << 20

IDENTIFYING = ("ea_code", "hh_no", "withdraw_code", "withdraw_rnd")
"""Questions that identify a household: analysts never see them (``docs/instrument.md``, Limits)."""


class RateLimits(Struct, frozen=True, kw_only=True):
    """Rate limits.

    Requests per minute, with bursts of half as many, are counted in each process; ``serve`` divides them by
    the number of processes. Failures (wrong codes, wrong passwords) are counted in the database for all
    processes, per hour for codes and per quarter of an hour for passwords.
    """

    token_per_minute: int = 1200
    address_per_minute: int = 6000
    failed_codes: int = 20
    failed_passwords: int = 10


class Config(Struct, frozen=True, kw_only=True):
    """Configuration. ``database``: path or ``postgresql://`` URL; ``silent_days``: days without contact.

    ``idle_seconds``: longest pause within a body. ``identifying``: questions hidden from analysts.
    """

    database: str
    server_name: str = "survey-sync"
    limits: Limits = Limits(
        encoded_bytes=8 * MiB,
        decoded_bytes=32 * MiB,
        batch_responses=2000,
        response_bytes=4 * MiB,
        attachment_bytes=64 * MiB,
        chunk_bytes=4 * MiB,
        package_bytes=32 * MiB,
    )
    rates: RateLimits = RateLimits()
    idle_seconds: float = 60.0
    silent_days: int = 3
    identifying: tuple[str, ...] = IDENTIFYING
    behind_https: bool = False
