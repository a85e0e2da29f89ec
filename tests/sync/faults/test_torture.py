"""The reduced form of ``make torture`` for sending."""

from __future__ import annotations

from tests.sync.faults.torture import REDUCED, table, torture


def test_everything_arrives_exactly_once_through_anything() -> None:
    outcome = torture(REDUCED, seed=20261121)
    print(table(outcome))
    assert outcome.amiss == []
    assert outcome.done["kills of the server"] > 0
    assert outcome.done["drop"] > 0
