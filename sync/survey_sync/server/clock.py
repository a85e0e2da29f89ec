"""Moments as the server stores them: ISO 8601 in UTC with milliseconds, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["ago", "now", "stamp"]


def stamp(moment: datetime) -> str:
    """``2026-11-21T21:01:38.123Z``; any zone."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """The server's present moment: no device's clock is trusted."""
    return stamp(datetime.now(UTC))


def ago(**span: float) -> str:
    """The moment that lies this span back (arguments of :class:`datetime.timedelta`; negative: ahead)."""
    return stamp(datetime.now(UTC) - timedelta(**span))
