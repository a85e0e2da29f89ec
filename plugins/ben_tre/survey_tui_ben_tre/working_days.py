"""Working days of the authorities and the calendar.

Weekends and public holidays by the Labour Code 45/2019/QH14, article 112: 1 January, 5 days of Tết, the
Hùng Kings (10th of the 3rd lunar month), 30 April, 1 May, and 2 September with the day before or after. The
lunar ones and the second day at 2 September are tabulated for the years whose days off have been announced;
in other years they count as ordinary days.
"""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

_FIXED = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
_TET = MappingProxyType(
    {
        2024: (dt.date(2024, 2, 8), dt.date(2024, 2, 14)),
        2025: (dt.date(2025, 1, 27), dt.date(2025, 1, 31)),
        2026: (dt.date(2026, 2, 16), dt.date(2026, 2, 20)),
    }
)
"""First and last day off, both included."""
_OTHERS = frozenset(
    {
        dt.date(2024, 4, 18),
        dt.date(2024, 9, 3),
        dt.date(2025, 4, 7),
        dt.date(2025, 9, 1),
        dt.date(2026, 4, 27),
        dt.date(2026, 9, 1),
    }
)
"""The Hùng Kings, or the Monday after when they fall on a weekend; the second day at 2 September."""
_SATURDAY = 5


def is_working_day(day: dt.date) -> bool:
    """Whether the authorities work on ``day``."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED or day in _OTHERS:
        return False
    first, last = _TET.get(day.year, (dt.date.max, dt.date.min))
    return not first <= day <= last


def calendar_days(working_days: int, until: dt.date) -> int:
    """Days of the calendar from filing, on a working day, to ``until`` when ``working_days`` working days
    lie between: the day of filing does not count, the last one does (Civil Code 91/2015/QH13, article 147).
    """
    day, left = until, working_days
    while left > 0 or (working_days and not is_working_day(day)):
        left -= is_working_day(day)
        day -= dt.timedelta(days=1)
    return (until - day).days
