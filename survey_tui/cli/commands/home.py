"""``survey-tui`` alone: open Home."""

from __future__ import annotations

from survey_tui.cli.program import Program
from survey_tui.cli.terminal import require_terminal

__all__ = ["open_home"]


def open_home(program: Program) -> int:
    """Run the full-screen program until the surveyor leaves; its exit status."""
    require_terminal()
    raise NotImplementedError
