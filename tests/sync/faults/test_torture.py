"""The reduced form of ``make torture`` for sending."""

from __future__ import annotations

import sys

import pytest


@pytest.mark.torture
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_everything_arrives_exactly_once_through_anything(database: str) -> None:
    from tests.sync.faults.torture import REDUCED, table, torture
    from tests.sync.postgres import MissingError, no_test

    try:
        outcome = torture(REDUCED, 20261121, database)
    except MissingError as error:
        no_test(error)
    print(table(outcome))
    assert outcome.amiss == []
    assert outcome.done["kill -9 of the server"] > 0
    assert outcome.done["drop"] > 0
