"""Response ids that two devices never share and that sort by time: UUID version 7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import time

__all__ = ["IdMaker"]


class IdMaker:
    """Makes ids that increase within this process, also when the clock jumps back."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        """``0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44``: 48 bits of Unix milliseconds, 74 random bits."""
        # The 12 bits after the version count on when the millisecond is not later than the last one (method 3
        # of the RFC's section 6.2, clock sequence in the high bits); they start at random with room to count.
        now = (time.time_ns() // 1_000_000) << 12 | int.from_bytes(os.urandom(2)) >> 5
        self._last = now if now > self._last else self._last + 1
        number = (
            (self._last >> 12 & (1 << 48) - 1) << 80
            | 0x7 << 76
            | (self._last & 0xFFF) << 64
            | 0b10 << 62
            | int.from_bytes(os.urandom(8)) >> 2
        )
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
