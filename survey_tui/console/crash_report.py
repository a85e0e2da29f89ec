"""Crash reports of unexpected failures: stack frames, no answers.

Exception messages are left out, since they often quote the value that was being handled.
"""

from __future__ import annotations

import datetime as dt
import platform
import traceback
from collections.abc import Iterator
from pathlib import Path

from survey_tui import __version__

_MAX_FRAMES = 60  # of each end of a very deep stack


def write_report(home: Path, error: BaseException) -> Path | None:
    """Write ``home/crash/<time>.txt`` and return its path; ``None`` if the disk refuses."""
    now = dt.datetime.now(dt.UTC)
    target = home / "crash" / f"{now:%Y%m%dT%H%M%S%f}.txt"
    facts = (
        f"survey-tui {__version__}",
        f"Python {platform.python_version()}",
        platform.platform(),
        now.isoformat(),
    )
    head = "\n".join(facts) + "\n"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(head + "".join(_stacks(error)), encoding="utf-8")
    except OSError:
        return None
    return target


def _stacks(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"\n{type(current).__module__}.{type(current).__qualname__}\n"
        frames = traceback.extract_tb(current.__traceback__)
        kept = frames[:_MAX_FRAMES] + frames[_MAX_FRAMES:][-_MAX_FRAMES:]
        for frame in kept:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}\n"
        current = current.__cause__ or current.__context__
