"""The national instrument: modules and surveys as TOML, registered through the hook of all plugins."""

from __future__ import annotations

from pathlib import Path

from survey_tui.plugins import hookimpl

__all__ = ["DIRECTORY", "questionnaires"]

DIRECTORY = Path(__file__).parent
"""Holds ``modules/``, ``surveys/`` and ``lists/``."""


@hookimpl
def questionnaires() -> list[Path]:
    """This package's directory."""
    return [DIRECTORY]
