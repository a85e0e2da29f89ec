"""Report of slow tests without a marker, at the end of a run of continuous integration."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import Any

from tests.support.markers import NOT_QUICK

__all__ = ["unmarked_slow_tests"]

MAX_SECONDS = 1.0
_EXEMPT = {*NOT_QUICK, "hypothesis"}
"""Property tests run with a tenth of the examples where it matters, in ``make quick``."""


def unmarked_slow_tests(reports: list[Any]) -> dict[str, float]:
    """Test → seconds of its phases together, for tests over :data:`MAX_SECONDS` without a marker."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        if not _EXEMPT & set(report.keywords):
            seconds[report.nodeid] += report.duration
    return {test: total for test, total in seconds.items() if total > MAX_SECONDS}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not os.environ.get("CI"):
        return
    reports = [
        report
        for found in terminalreporter.stats.values()
        for report in found
        if hasattr(report, "when") and hasattr(report, "duration")
    ]
    slow = unmarked_slow_tests(reports)
    if slow:
        terminalreporter.section(f"over {MAX_SECONDS:.0f} s without a marker: mark them `slow`", yellow=True)
        for test, total in sorted(slow.items(), key=lambda found: -found[1]):
            terminalreporter.write_line(f"{total:6.1f} s  {test}")
