"""A shuffle that everybody draws alike: the inside-out Fisher–Yates over the Park–Miller generator, as the
XForms specification prescribes for ``randomize()``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["seed_from_text", "shuffled"]

T = TypeVar("T")

_MODULUS, _FACTOR = 2**31 - 1, 16807


def shuffled(items: Sequence[T], seed: int) -> list[T]:
    """``items`` in an order that depends on ``seed`` alone."""
    order: list[T] = []
    state = math.fmod(float(seed), _MODULUS)
    draw = int(state) if state > 0 else int(state) + _MODULUS - 1
    for index, item in enumerate(items):
        draw = draw * _FACTOR % _MODULUS
        chosen = int((draw - 1) / (_MODULUS - 1) * (index + 1))
        order.append(item)
        order[index], order[chosen] = order[chosen], item
    return order


def seed_from_text(text: str) -> int:
    """A seed from text that is no number: the first 64 bits of its SHA-256, as JavaRosa takes them."""
    from hashlib import sha256

    return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)
