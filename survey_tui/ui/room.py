"""The smallest terminal that the screens can be used in."""

from __future__ import annotations

__all__ = ["MIN_HEIGHT", "MIN_WIDTH"]

MIN_WIDTH, MIN_HEIGHT = 34, 12
