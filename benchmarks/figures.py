"""A figure: two medians of interleaved repeats, their ratio, and the aim."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Figure", "interleaved", "seconds"]


@dataclass(frozen=True)
class Figure:
    """``ours`` and ``baseline`` are in ``unit``; ``aim`` is the largest good ratio (``None``: no aim)."""

    name: str
    ours: float
    baseline: float
    unit: str
    against: str
    aim: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline if self.baseline else float("inf")

    @property
    def verdict(self) -> str:
        if self.aim is None:
            return "reported"
        return "met" if self.ratio <= self.aim else "NOT MET"

    def __str__(self) -> str:
        aim = f"aim ≤ {self.aim}" if self.aim is not None else ""
        return (
            f"{self.name:<42} {self.ours:>10.3f} {self.unit:<3} / {self.baseline:>10.3f} {self.unit:<3}"
            f" = {self.ratio:>6.2f}  {aim:<10} {self.verdict:<9} against {self.against}"
        )


def interleaved(
    ours: Callable[[], float], baseline: Callable[[], float], repeats: int
) -> tuple[float, float]:
    """Medians of both, run in turn, so that other load affects both; the first pair is a warm-up."""
    pairs = [(ours(), baseline()) for _ in range(repeats + 1)][1:]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def seconds(action: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
