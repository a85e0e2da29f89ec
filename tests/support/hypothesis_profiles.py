"""Profiles of property tests: ``dev`` for ``make quick``, ``ci`` (the default) for everything else.

Choose one with the environment variable ``HYPOTHESIS_PROFILE`` or the option ``--hypothesis-profile``.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

__all__ = ["DEV_EXAMPLES"]

DEV_EXAMPLES = 15

settings.register_profile("dev", max_examples=DEV_EXAMPLES, deadline=None, derandomize=True, database=None)
# Hypothesis chooses its default by the place: random examples, or the same ones every time where CI is set.
settings.register_profile("ci", settings.default)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """With ``dev``, also cap the tests that name a number of examples of their own."""
    if settings.get_current_profile_name() != "dev":
        return
    test = getattr(item, "obj", None)
    test = getattr(test, "__func__", test)
    own = getattr(test, "_hypothesis_internal_use_settings", None)  # not public; tests/architecture notices
    if own is not None and own.max_examples > DEV_EXAMPLES:
        test._hypothesis_internal_use_settings = settings(own, max_examples=DEV_EXAMPLES)  # type: ignore[union-attr]
