"""``--commune``, ``--area``, ``--household`` and ``--surveyor``: where the interview is held, and by whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from survey_tui.application.context import Program
from survey_tui.errors import UsageError
from survey_tui.fieldwork.interviews import Visit

__all__ = ["visit_from", "visit_options"]

F = TypeVar("F", bound=Callable[..., Any])


def visit_options(command: F) -> F:
    """The options that name a household."""
    for name, metavar in (("surveyor", "AB123"), ("household", "N"), ("area", "NN"), ("commune", "CODE")):
        command = click.option(f"--{name}", metavar=metavar, default="")(command)
    return command


def visit_from(program: Program, *, commune: str, area: str, household: str, surveyor: str) -> Visit:
    """The visit, checked. Raises :class:`UsageError`, and ``PlaceError`` for an unknown commune."""
    code = program.places.commune(commune.strip()).code if commune.strip() else ""
    if household and not (household.isascii() and household.isdecimal() and 1 <= int(household[:6]) <= 99):
        raise UsageError("cli_bad_household", household=household)
    surveyor = surveyor.strip().upper()
    if surveyor and not re.fullmatch("[A-Z]{2}[0-9]{3}", surveyor):
        raise UsageError("cli_bad_surveyor", surveyor=surveyor)
    number = str(int(household)) if household else ""
    return Visit(commune=code, area=_area(area.strip(), code), household=number, surveyor=surveyor)


def _area(area: str, commune: str) -> str:
    """``12345-01`` from ``1``, ``01`` or the whole code."""
    if not area:
        return ""
    whole = re.fullmatch(r"(?:([0-9]{5})-)?([0-9]{1,2})", area, re.ASCII)
    if whole is None or int(whole[2]) == 0:
        raise UsageError("cli_bad_area", area=area)
    if not commune:
        raise UsageError("cli_area_alone", area=area)
    if whole[1] not in (None, commune):
        raise UsageError("cli_area_elsewhere", area=area, commune=commune)
    return f"{commune}-{int(whole[2]):02}"
