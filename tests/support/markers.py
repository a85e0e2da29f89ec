"""Markers and time limits of tests, derived from the fixtures and the directory of each."""

from __future__ import annotations

import pytest

__all__ = ["NOT_QUICK", "limit_seconds"]

NOT_QUICK = ("slow", "pty", "server", "postgres", "browser", "torture")
"""Markers of tests that ``make quick`` leaves out. All are registered in ``pyproject.toml``."""

_BY_FIXTURE = {
    "terminal": "pty",
    "server": "server",
    "postgres": "postgres",
    "browser": "browser",
}
_BY_DIRECTORY = {
    "tests/sync/server": "server",
    "tests/sync/faults": "server",
}
_STARTS_A_PROGRAM = ("tests/cli", "run")
"""Directory and fixture of tests that start the program once or more: ``slow`` in their sum."""
_LIMITS = {"slow": 180, "torture": 600}
"""Seconds that a test with this marker may take; for all others see ``timeout`` in ``pyproject.toml``."""


def pytest_itemcollected(item: pytest.Item) -> None:
    fixtures = getattr(item, "fixturenames", ())
    names = {marker for fixture, marker in _BY_FIXTURE.items() if fixture in fixtures}
    directory = item.path.relative_to(item.config.rootpath).parent.as_posix() if _is_inside(item) else ""
    names |= {marker for start, marker in _BY_DIRECTORY.items() if directory.startswith(start)}
    if directory == _STARTS_A_PROGRAM[0] and _STARTS_A_PROGRAM[1] in fixtures:
        names.add("slow")
    for name in sorted(names):
        item.add_marker(name)
    limit = limit_seconds(item)
    if limit and item.get_closest_marker("timeout") is None:
        item.add_marker(pytest.mark.timeout(limit))


def limit_seconds(item: pytest.Item) -> int:
    """Time limit that the markers of a test ask for; 0 when they ask for none."""
    return max((seconds for name, seconds in _LIMITS.items() if item.get_closest_marker(name)), default=0)


def _is_inside(item: pytest.Item) -> bool:
    return item.path.is_relative_to(item.config.rootpath)
