"""What every test run shares: time limits, markers, property-test profiles and a report of slow tests."""

from __future__ import annotations

pytest_plugins = [
    "tests.support.hypothesis_profiles",
    "tests.support.markers",
    "tests.support.slow_tests",
    "tests.support.time_limit",
]
