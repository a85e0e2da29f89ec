"""Built-in functions by topic; :data:`BUILTINS` has them all."""

from __future__ import annotations

from survey_tui.expressions.functions import (
    dates,
    digests,
    geography,
    logic,
    nodesets,
    numbers,
    randomness,
    selects,
    text,
)
from survey_tui.expressions.registry import FunctionRegistry

__all__ = ["BUILTINS"]

_TOPICS = (numbers, text, logic, selects, dates, nodesets, digests, geography, randomness)

BUILTINS = FunctionRegistry({function.name: function for topic in _TOPICS for function in topic.FUNCTIONS})
"""All functions of the language. Plugins add theirs with ``BUILTINS.with_functions({...})``."""
