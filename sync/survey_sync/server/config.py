"""What the server is told: one immutable value, the same for every process of it."""

from __future__ import annotations

from msgspec import Struct

from survey_sync.protocol.messages import Limits

MiB = 1 << 20

IDENTIFYING = ("ea_code", "hh_no", "withdraw_code", "withdraw_rnd")
"""Questions that lead to a household: analysts never see them (``docs/instrument.md``, Limits)."""


class Rates(Struct, frozen=True, kw_only=True):
    """How much is too much.

    Requests a minute, with bursts of half as many, are counted in each process: ``serve`` divides them by the
    number of processes. Failures (wrong codes, wrong passwords) are counted in the database, for all
    processes together: an hour for codes, a quarter of an hour for passwords."""

    token_per_minute: int = 1200
    address_per_minute: int = 6000
    failed_codes: int = 20
    failed_passwords: int = 10


class Config(Struct, frozen=True, kw_only=True):
    """``database``: path or ``postgresql://`` URL. ``silent_days``: after that a device counts as silent.

    ``idle_seconds``: how long a body may stop coming. ``identifying``: questions kept from analysts.
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
    rates: Rates = Rates()
    idle_seconds: float = 60.0
    silent_days: int = 3
    identifying: tuple[str, ...] = IDENTIFYING
    behind_https: bool = False
