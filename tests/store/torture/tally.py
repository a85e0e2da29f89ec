"""What a torture run found, and its table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Tally:
    """``tried`` faults of one kind. ``lost``: acknowledged changes that were not there afterwards;
    ``unreadable``: stores that could not be opened for writing; ``wrong``: anything else that must not be (an
    answer that was never given, half a change, an unforeseen exception, a deadlock). ``stories`` tell the
    first few."""

    fault: str
    tried: int = 0
    lost: int = 0
    unreadable: int = 0
    wrong: int = 0
    stories: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing was found."""
        return not (self.lost or self.unreadable or self.wrong)

    def count(self, problems: Iterable[tuple[str, str]], story: str) -> None:
        """Count one fault tried, and what was found after it: pairs of kind and detail."""
        self.tried += 1
        for kind, detail in problems:
            setattr(self, kind, getattr(self, kind) + 1)
            if len(self.stories) < 3:
                self.stories.append(f"{self.fault}: {kind}: {detail} ({story})")


def table(tallies: Iterable[Tally]) -> str:
    """The result for people."""
    rows = [("fault", "tried", "acknowledged lost", "unreadable", "wrong")]
    every = list(tallies)
    total = Tally("all")
    for tally in every:
        for name in ("tried", "lost", "unreadable", "wrong"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    rows.extend(
        (each.fault, f"{each.tried:,}", str(each.lost), str(each.unreadable), str(each.wrong))
        for each in (*every, total)
    )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join([*lines, *(story for tally in every for story in tally.stories)])


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    first, *others = (
        cell.rjust(width) if number else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *others])
