"""Remarks on a plugin; their words are in the locale subject ``kit``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from survey_tui.locale import Translator


class Remark(Struct, frozen=True):
    """``item`` is the question, check, figure or addition that it is about; ``details`` fill the words of
    ``kit.<code>``."""

    code: str
    severity: Literal["error", "warning"]
    item: str = ""
    details: dict[str, str] = {}


def error_remark(code: str, item: str = "", **details: object) -> Remark:
    """A remark on a fault to correct before the plugin is given to others."""
    return Remark(code, "error", item, {name: str(value) for name, value in details.items()})


def warning_remark(code: str, item: str = "", **details: object) -> Remark:
    """A remark on something that works and looks like a mistake."""
    return Remark(code, "warning", item, {name: str(value) for name, value in details.items()})


def describe_remark(remark: Remark, words: Translator) -> str:
    """The remark as a paragraph: severity, item, fault, remedy."""
    text = words(f"kit.{remark.code}", item=remark.item, **remark.details)
    return ": ".join(filter(None, (words(f"kit.{remark.severity}"), remark.item, text)))
