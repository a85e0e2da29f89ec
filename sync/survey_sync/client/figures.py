"""How far sending is, in figures for people: the same on the screen and in the terminal."""

from __future__ import annotations

from survey_sync.client.upload_report import Progress
from survey_tui.locale import Translator

__all__ = ["in_figures", "size_in_words", "time_in_words"]


def in_figures(progress: Progress, words: Translator) -> str:
    """One line. The name of a package in it is as hostile as the server."""
    if progress.fetching:
        return words("sync.fetching", name=progress.fetching, total=size_in_words(progress.total))
    return words(
        "sync.progress",
        done=progress.done,
        total=progress.total,
        sent=size_in_words(progress.sent),
        left=size_in_words(progress.left) if progress.left is not None else "–",
        time=time_in_words(progress.seconds),
    )


def size_in_words(size: float) -> str:
    """``12 KB``: decimal, as telephone companies count."""
    if size < 1000:
        return f"{size:.0f} B"
    return f"{size / 1000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def time_in_words(seconds: float | None) -> str:
    """``2:05``; ``–`` when it is not known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
