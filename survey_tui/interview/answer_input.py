"""Typed text → canonical text of an answer, with Vietnamese habits.

Numbers may have a decimal comma and groups of thousands (``1.234,5``); dates have the day before the month
(``21/11/2026``); times ``8h30``, ``8 giờ 30 tối``; positions ``10,2434; 106,3756``; a choice is its name, its
number in the list, or a part of its label without marks. Words for days (``hôm nay``) become ``today`` and
``yesterday``: the session knows the date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from survey_tui.errors import AnswerError
from survey_tui.interview.views import ChoiceView, QuestionView
from survey_tui.vietnamese import fold, nfc

_DAYS = {
    "hom nay": "today",
    "nay": "today",
    "today": "today",
    "hom qua": "yesterday",
    "qua": "yesterday",
    "yesterday": "yesterday",
}
_DATE = re.compile(r"(\d{1,2})\s*(?:[/.\- ]|thang)\s*(\d{1,2})\s*(?:[/.\- ]|nam)\s*(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
_TIME = re.compile(
    r"(\d{1,2})\s*(?:h|g|gio|:|\.)\s*(?:(\d{1,2})\s*(?:phut|p|')?)?\s*(?::\s*(\d{1,2}))?\s*([a-z]*)"
)
_ISO_TIME = re.compile(r"\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[+-]\d{2}:\d{2}|Z)?")
_PLAIN_TIME = re.compile(r"(\d{1,2})(\d{2})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([ .,\u00a0\u202f])\d{3})(?:\1\d{3})*")
_SPLIT = re.compile(r"[\s,;]+")
_AFTERNOON = frozenset({"chieu", "toi", "pm"})
_YES = frozenset({"ok", "x", "1", "roi", "da doc", "co", "yes", "y", "true"})


def parse_answer(question: QuestionView | str, typed: str) -> str:
    """The canonical text of what was typed; ``""`` for an empty field.

    ``question`` is its view, or only its type (then choices are taken as names). The session may still refuse
    the text. Raises ``AnswerError`` (``interview_bad_<type>``, ``interview_not_a_choice``,
    ``interview_ambiguous_choice``).
    """
    view = question if isinstance(question, QuestionView) else None
    kind = question.type if isinstance(question, QuestionView) else question
    typed = nfc(typed)
    if kind in ("text", "barcode", "file", "image", "audio", "video", "hidden"):
        return typed
    typed = typed.strip()
    if not typed:
        return ""
    if view is not None and view.choices:
        return _choice_names(view, typed)
    if kind == "date" and view is not None:
        partial = _partial_date(view.appearance, typed)
        if partial:
            return partial
    reader = _READERS.get(kind)
    try:
        return typed if reader is None else reader(typed)
    except ValueError:
        name = "decimal" if kind == "range" else kind.lower()
        raise AnswerError(f"interview_bad_{name}", text=typed[:80]) from None


def choose(choices: Sequence[ChoiceView], typed: str) -> ChoiceView:
    """The choice that was typed: by name, else by number in the list, else by label or a part of it, without
    marks and capitals. Raises ``AnswerError`` (``interview_not_a_choice``, ``interview_ambiguous_choice``).
    """
    typed = typed.strip()
    for choice in choices:
        if choice.name == typed:
            return choice
    if typed.isascii() and typed.isdigit() and len(typed) < 6 and 1 <= int(typed) <= len(choices):
        return choices[int(typed) - 1]
    wanted = fold(typed)
    if not wanted:
        raise AnswerError("interview_not_a_choice", text=typed[:80])
    for fits in (_same_label, _label_begins, _label_contains):
        found = [choice for choice in choices if fits(fold(choice.label), wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AnswerError("interview_ambiguous_choice", text=typed[:80])
    raise AnswerError("interview_not_a_choice", text=typed[:80])


def _same_label(label: str, wanted: str) -> bool:
    return label == wanted


def _label_begins(label: str, wanted: str) -> bool:
    return label.startswith(wanted)


def _label_contains(label: str, wanted: str) -> bool:
    return wanted in label


def _choice_names(view: QuestionView, typed: str) -> str:
    if view.type not in ("select_multiple", "rank"):
        return choose(view.choices, typed).name
    parts = [part for part in _SPLIT.split(typed) if part]
    try:
        found = [choose(view.choices, part) for part in parts]
    except AnswerError:  # a label of several words; commas and semicolons still separate
        found = [choose(view.choices, part) for part in re.split(r"[,;]", typed) if part.strip()]
    return " ".join(dict.fromkeys(choice.name for choice in found))


def _integer(typed: str) -> str:
    if _GROUPED.fullmatch(typed):
        typed = re.sub(r"[ .,\u00a0\u202f]", "", typed)
    if not re.fullmatch(r"[+-]?\d+", typed, re.ASCII):
        raise ValueError(typed)
    return typed


def _decimal(typed: str) -> str:
    compact = re.sub(r"[ \u00a0\u202f]", "", typed)
    commas, points = compact.count(","), compact.count(".")
    if commas and points:  # the last one separates the decimals
        decimal = max(",", ".", key=compact.rfind)
        other = "." if decimal == "," else ","
        if compact.count(decimal) > 1 or not _GROUPED.fullmatch(compact.partition(decimal)[0]):
            raise ValueError(typed)
        compact = compact.replace(other, "")
    elif commas > 1 or points > 1:
        if not _GROUPED.fullmatch(compact):
            raise ValueError(typed)
        compact = compact.replace(",", "").replace(".", "")
    compact = compact.replace(",", ".")
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", compact, re.ASCII):
        raise ValueError(typed)
    return compact


def _range(typed: str) -> str:
    try:
        return _integer(typed)
    except ValueError:
        return _decimal(typed)


def _date(typed: str) -> str:
    plain = fold(typed)
    if plain in _DAYS:
        return _DAYS[plain]
    plain = plain.removeprefix("ngay ")
    if (match := _ISO_DATE.fullmatch(typed)) is not None:
        year, month, day = map(int, match.groups())
    elif (match := _DATE.fullmatch(plain)) is not None:
        day, month, year = map(int, match.groups())
    else:
        raise ValueError(typed)
    return date(year, month, day).isoformat()


def _partial_date(appearance: tuple[str, ...], typed: str) -> str:
    """The first day of a month or year, where the form asks for no more."""
    if "month-year" in appearance and (match := _MONTH.fullmatch(typed)) is not None:
        month, year = map(int, match.groups())
        return date(year, month, 1).isoformat() if 1 <= month <= 12 and year else ""
    if "year" in appearance and re.fullmatch(r"[1-9]\d{3}", typed, re.ASCII):
        return f"{typed}-01-01"
    return ""


def _time(typed: str) -> str:
    plain = fold(typed)
    match = _TIME.fullmatch(plain)
    if match is None and len(plain) > 2:
        match = _PLAIN_TIME.fullmatch(plain)
        if match is not None:
            return _clock(int(match[1]), int(match[2]), 0)
    if match is None or match[4] not in ("", "sang", "trua", "dem", "am", *_AFTERNOON):
        if _ISO_TIME.fullmatch(typed):
            return typed
        raise ValueError(typed)
    hour, part = int(match[1]), match[4]
    if hour < 12 and (part in _AFTERNOON or (part == "dem" and hour > 6)):
        hour += 12
    elif hour == 12 and part in ("dem", "am"):
        hour = 0
    return _clock(hour, int(match[2] or 0), int(match[3] or 0))


def _clock(hour: int, minute: int, second: int) -> str:
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(hour)
    return f"{hour:02}:{minute:02}:{second:02}"


def _datetime(typed: str) -> str:
    if re.match(r"\d{4}-\d{1,2}-\d{1,2}T", typed):
        return typed
    words = typed.split()
    for cut in range(1, len(words)):  # the date may take several words: "21 tháng 11 năm 2026"
        try:
            return f"{_date(' '.join(words[:cut]))}T{_time(' '.join(words[cut:]))}"
        except ValueError:
            continue
    raise ValueError(typed)


def _geopoint(typed: str) -> str:
    text = re.sub(r"[°NnEe]|(?<=\d)\s*[BbĐđ]", " ", typed).strip()
    if ";" in text:
        parts = [part.strip().replace(",", ".") for part in text.split(";")]
    elif re.search(r"\d,\d", text) and "." not in text:  # decimal commas: the parts are separated by blanks
        parts = [part.strip(",").replace(",", ".") for part in text.split()]
    else:
        parts = text.replace(",", " ").split()
    if not 2 <= len(parts) <= 4:
        raise ValueError(typed)
    return " ".join(str(float(part)) for part in parts)


def _acknowledge(typed: str) -> str:
    if fold(typed) not in _YES:
        raise ValueError(typed)
    return "OK"


_READERS: dict[str, Callable[[str], str]] = {
    "integer": _integer,
    "decimal": _decimal,
    "range": _range,
    "date": _date,
    "time": _time,
    "dateTime": _datetime,
    "geopoint": _geopoint,
    "acknowledge": _acknowledge,
}
