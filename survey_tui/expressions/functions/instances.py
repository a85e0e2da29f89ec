"""Lists, tables, translations and facts about the form."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from survey_tui.expressions.closures import Builder, Code
from survey_tui.expressions.failures import failure
from survey_tui.expressions.frames import Environment
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call

__all__ = ["FUNCTIONS"]


def _only_begins_a_path(call: Call, _builder: Builder) -> Code:
    raise failure("unsupported", call.pos, what=f"{call.name}()")


@runtime_checkable
class _Keyed(Protocol):
    """A table that finds a cell without reading all its rows."""

    def lookup(self, column: str, key_column: str, key: str) -> str: ...


def _pulldata(environment: Environment, table: str, wanted: str, key_column: str, key: str) -> str:
    """The value of column ``wanted`` in the first row whose ``key_column`` is ``key``, ``""`` if there is
    none."""
    rows = environment.rows(table)
    if rows is None:
        raise failure("no_list", name=table)
    if isinstance(rows, _Keyed):
        return rows.lookup(wanted, key_column, key)
    return next((row.get(wanted, "") for row in rows if row.get(key_column) == key), "")


def _itext(environment: Environment, identifier: str) -> str:
    text = environment.text(identifier)
    return f"[itext:{identifier}]" if text is None else text  # shown as such by JavaRosa too


def _version(environment: Environment) -> str:
    """The version of the form, where the environment knows it."""
    return str(getattr(environment, "version", "") or "")


FUNCTIONS = (
    Function("instance", least=1, most=1, build=_only_begins_a_path),
    Function("current", most=0, build=_only_begins_a_path),
    Function("pulldata", _pulldata, least=4, most=4, takes=("text",), kind="text", environment=True),
    Function("jr:itext", _itext, least=1, most=1, takes=("text",), kind="text", environment=True),
    Function("version", _version, most=0, kind="text", environment=True),
)
