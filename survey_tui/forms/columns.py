"""Questionnaire format: question types, columns, parameters, appearances.

Types and columns are XLSForm's (https://docs.getodk.org/form-question-types/, /form-logic/); ``warning``,
``warning_message``, ``indicator``, ``sensitive`` and ``allow`` are this program's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal

from msgspec import Struct


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


META_TYPES = frozenset({"start", "end", "today", "deviceid", "username", "audit"})
LIST_TYPES = frozenset({"select_one", "select_multiple", "rank"})
SILENT_TYPES = META_TYPES | {"calculate", "hidden"}
"""Types that are never shown: they need no label."""

QUESTION_TYPES = _words(
    "text integer decimal range date time dateTime note acknowledge geopoint geotrace geoshape barcode "
    "file image audio video select_one_from_file select_multiple_from_file"
).union(LIST_TYPES, SILENT_TYPES)

TYPE_ALIASES = MappingProxyType(
    {
        "int": "integer",
        "string": "text",
        "datetime": "dateTime",
        "photo": "image",
        "trigger": "acknowledge",
        "select1": "select_one",
        "gps": "geopoint",
        "location": "geopoint",
    }
)

TRANSLATED = frozenset(
    {"label", "hint", "guidance_hint", "constraint_message", "required_message", "warning_message"}
)
EXPRESSION_COLUMNS = (
    "required",
    "relevant",
    "constraint",
    "warning",
    "calculation",
    "default",
    "read_only",
    "choice_filter",
    "repeat_count",
)
COLUMNS = TRANSLATED.union(
    EXPRESSION_COLUMNS,
    ("type", "name", "trigger", "appearance", "parameters", "indicator", "sensitive", "allow"),
)
GROUP_COLUMNS = frozenset({"type", "name", "label", "relevant", "appearance", "repeat_count"})

COLUMN_ALIASES = MappingProxyType(
    {
        "readonly": "read_only",
        "relevance": "relevant",
        "calculate": "calculation",
        "count": "repeat_count",
        "required message": "required_message",
        "constraint message": "constraint_message",
        "repeat count": "repeat_count",
        "choice filter": "choice_filter",
        "guidance hint": "guidance_hint",
        "read only": "read_only",
        "list name": "list_name",
    }
)

_SELECT_PARAMETERS = frozenset({"randomize", "seed"})
PARAMETERS = MappingProxyType(
    {
        "range": frozenset({"start", "end", "step"}),
        "text": frozenset({"rows"}),
        "image": frozenset({"max-pixels"}),
        "geopoint": frozenset({"capture-accuracy", "warning-accuracy", "allow-mock-accuracy"}),
        "geotrace": frozenset({"allow-mock-accuracy", "incremental"}),
        "geoshape": frozenset({"allow-mock-accuracy", "incremental"}),
        "audit": frozenset(
            {
                "location-priority",
                "location-min-interval",
                "location-max-age",
                "track-changes",
                "track-changes-reasons",
                "identify-user",
            }
        ),
        "audio": frozenset({"quality"}),
        "select_one": _SELECT_PARAMETERS,
        "select_multiple": _SELECT_PARAMETERS,
        "rank": _SELECT_PARAMETERS,
        "select_one_from_file": _SELECT_PARAMETERS | {"value", "label"},
        "select_multiple_from_file": _SELECT_PARAMETERS | {"value", "label"},
    }
)

APPEARANCES = _words(
    "multiline numbers masked minimal search autocomplete quick columns columns-pack likert field-list "
    "table-list label list-nolabel month-year year rating no-calendar"
)

ALLOWED_MISSING = frozenset({"dk", "refused"})

_LANGUAGES = MappingProxyType({"tiếng việt": "vi", "vietnamese": "vi", "english": "en", "tiếng anh": "en"})


def language_code(name: str) -> str:
    """``"Tiếng Việt (vi)"`` → ``"vi"``; a name without a code is looked up, else kept as it is."""
    name = name.strip()
    if name.endswith(")") and "(" in name:
        return name[name.rindex("(") + 1 : -1].strip()
    return _LANGUAGES.get(name.lower(), name)


def split_column(header: str) -> tuple[str, str]:
    """Column and language of a header: ``"label::English (en)"`` → ``("label", "en")``.

    The language is ``""`` when none is named. XLSForm's aliases become the canonical column.
    """
    column, _, language = header.strip().partition("::")
    column = column.strip()
    known = COLUMN_ALIASES.get(column.lower(), column)
    return known, language_code(language) if language else ""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate most like ``word``; ``""`` when none is close."""
    from difflib import get_close_matches

    close = get_close_matches(word[:100], list(candidates)[:5000], n=1, cutoff=0.6)
    return close[0] if close else ""


_CONTAINERS = frozenset({"group", "repeat"})
_FROM_FILE = frozenset({"select_one_from_file", "select_multiple_from_file"})
_CASELESS = {name.lower(): name for name in (*QUESTION_TYPES, *TYPE_ALIASES)}


class TypeCell(Struct, frozen=True):
    """Content of a type cell.

    ``role`` is ``begin`` or ``end`` for the rows that bound a group or repeat (``type`` is ``group`` or
    ``repeat``), else ``question``. ``list_name`` is a list's name, a file's name or ``${name}``.
    """

    role: Literal["question", "begin", "end"]
    type: str
    list_name: str = ""
    or_other: bool = False


def parse_type(text: str) -> TypeCell | None:
    """Parse a type cell (``select_one eid or_other``); ``None`` for an unknown type or a missing list."""
    words = text.split()
    if not words:
        return None
    boundary = _boundary(words)
    if boundary is not None:
        return boundary
    if words[0].lower() == "select" and len(words) > 1 and words[1].lower() in ("one", "multiple"):
        words = [f"select_{words[1].lower()}", *words[2:]]
    name = _CASELESS.get(words[0].lower(), "")
    name = TYPE_ALIASES.get(name, name)
    if name in LIST_TYPES or name in _FROM_FILE:
        return _with_list(name, words[1:])
    return TypeCell("question", name) if name and len(words) == 1 else None


def _boundary(words: list[str]) -> TypeCell | None:
    parts = words[0].lower().split("_", 1) if len(words) == 1 else [word.lower() for word in words]
    if len(parts) != 2 or parts[1] not in _CONTAINERS:
        return None
    if parts[0] == "begin":
        return TypeCell("begin", parts[1])
    return TypeCell("end", parts[1]) if parts[0] == "end" else None


def _with_list(name: str, rest: list[str]) -> TypeCell | None:
    other = bool(rest) and (rest[-1] == "or_other" or rest[-2:] == ["or", "other"])
    if other:
        rest = rest[:-1] if rest[-1] == "or_other" else rest[:-2]
    if len(rest) != 1:
        return None
    return TypeCell("question", name, rest[0], other and name in ("select_one", "select_multiple"))
