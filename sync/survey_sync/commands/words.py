"""click with the words of ``survey-sync``: those of the locale subject ``sync``."""

from __future__ import annotations

from survey_tui.console.commands import LazyGroup, WordedCommand

__all__ = ["SyncCommand", "SyncGroup"]


class SyncCommand(WordedCommand):
    """A command with help from ``sync.help_…``."""

    subject = "sync"


class SyncGroup(LazyGroup):
    """A group with help from ``sync.help_…``."""

    subject = "sync"
