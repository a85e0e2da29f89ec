"""The national instrument: modules and surveys as TOML, registered through the hook of all plugins."""

from __future__ import annotations

from pathlib import Path

from survey_tui.plugins import hookimpl

__all__ = ["questionnaires"]


@hookimpl
def questionnaires() -> list[Path]:
    """This package's directory: ``modules/*.toml`` and ``surveys/*.toml``."""
    return [Path(__file__).parent]
