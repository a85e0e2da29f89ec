"""How large the next batch should be: small after a failure, larger while it flows."""

from __future__ import annotations

__all__ = ["Pace"]

_AT_ONCE, _QUICK, _SLOW = 0.7, 4.0, 20.0
"""Seconds of one request: below the first batches grow fourfold, below the second twofold, above the last
they shrink."""
_NEAR = 0.1
"""Seconds of a question and its answer, below which the line is quick before anything was sent."""
_LEAST, _FIRST, _MOST = 1 << 10, 48 << 10, 1 << 20


class Pace:
    """``size`` is the aim for one request, in bytes as they travel.

    ``asking``: seconds that the first question took. ``quick``: requests are answered so soon that another
    one may be under way meanwhile. ``ratio`` follows how well the responses compress (bytes before for one
    after).
    """

    def __init__(self, size: int | None = None, most: int = _MOST, asking: float = _SLOW) -> None:
        self._most = max(min(most, _MOST), _LEAST)
        self.size = min(max(size or _FIRST, _LEAST), self._most)
        self.ratio = 10.0  # what answers of one form together usually reach; gzip and zstd go beyond
        self.quick = asking < _NEAR
        self._rate = 0.0

    @property
    def decoded(self) -> int:
        """The same in bytes before compression."""
        return int(self.size * self.ratio)

    def packed(self, before: int, after: int) -> None:
        """A batch was compressed."""
        if after and before > 2000:
            self.ratio = min(max(before / after, 1.0), 20.0)

    def flowed(self, size: int, seconds: float) -> None:
        """A request of ``size`` bytes got its answer."""
        self.quick = seconds < _AT_ONCE
        rate = size / max(seconds, 0.001)
        self._rate = rate if not self._rate else 0.5 * self._rate + 0.5 * rate
        if seconds < _QUICK and size * 2 > self.size:
            self.size = min(self.size * (4 if seconds < _AT_ONCE else 2), self._most)
        elif seconds > _SLOW:
            self.size = max(self.size // 2, _LEAST)

    def stumbled(self) -> None:
        """A request got no answer."""
        self.quick = False
        self.size = max(self.size // 4, _LEAST)

    def seconds_for(self, size: float) -> float | None:
        """About how long ``size`` bytes will take; ``None`` before anything flowed."""
        return size / self._rate if self._rate else None
