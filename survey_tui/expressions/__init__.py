"""XLSForm expressions with JavaRosa's semantics.

An expression is parsed once (:func:`parse`), compiled once against the tree of a form
(:func:`compile_expression`), and then evaluated in frames whenever answers change. It never runs as Python
code.
"""

from __future__ import annotations

from survey_tui.expressions.closures import Builder, Code, Nodeset
from survey_tui.expressions.expression import (
    ChoiceFilter,
    Expression,
    compile_choice_filter_with,
    compile_with,
)
from survey_tui.expressions.functions import BUILTINS
from survey_tui.expressions.functions.randomness import shuffle
from survey_tui.expressions.parser import parse
from survey_tui.expressions.registry import Function, FunctionRegistry
from survey_tui.expressions.syntax import Expr
from survey_tui.expressions.tree import Environment, Frame, Node, Value, new_root
from survey_tui.expressions.values import stored_value, text_from_value, value_from_text

__all__ = [
    "BUILTINS",
    "Builder",
    "ChoiceFilter",
    "Code",
    "Environment",
    "Expr",
    "Expression",
    "Frame",
    "Function",
    "FunctionRegistry",
    "Node",
    "Nodeset",
    "Value",
    "compile_choice_filter",
    "compile_expression",
    "new_root",
    "parse",
    "shuffle",
    "stored_value",
    "text_from_value",
    "value_from_text",
]


def compile_expression(
    text: str, at: Node, *, functions: FunctionRegistry = BUILTINS, dot: Node | None = None
) -> Expression:
    """Compile ``text`` for the node ``at``: relative paths and ``${name}`` start there.

    ``dot`` is the question that a constraint belongs to (usually ``at``): wherever the expression reads that
    node, it reads the candidate value.

    :raises ExpressionError: details have ``expression`` and ``position``; an unknown name or function also
        ``suggestion`` (the nearest known one or ``""``)
    """
    return compile_with(text, at, functions, dot)


def compile_choice_filter(text: str, at: Node, *, functions: FunctionRegistry = BUILTINS) -> ChoiceFilter:
    """Compile the choice filter of the select ``at``: bare names are columns of the choice.

    :raises ExpressionError: as :func:`compile_expression`
    """
    return compile_choice_filter_with(text, at, functions)
