"""The words of the questionnaire format: question types, columns, parameters, appearances.

Types and columns are XLSForm's (https://docs.getodk.org/form-question-types/, /form-logic/); ``warning``,
``warning_message``, ``indicator``, ``sensitive`` and ``allow`` are this program's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

__all__ = [
    "ALLOWED_MISSING",
    "APPEARANCES",
    "COLUMNS",
    "COLUMN_ALIASES",
    "EXPRESSION_COLUMNS",
    "GROUP_COLUMNS",
    "LIST_TYPES",
    "META_TYPES",
    "PARAMETERS",
    "QUESTION_TYPES",
    "SILENT_TYPES",
    "TRANSLATED",
    "TYPE_ALIASES",
    "language_code",
    "nearest",
    "split_column",
]


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

    The language is ``""`` when none is named. Aliases of XLSForm are put into the one form that the rest of
    this room knows.
    """
    column, _, language = header.strip().partition("::")
    column = column.strip()
    known = COLUMN_ALIASES.get(column.lower(), column)
    return known, language_code(language) if language else ""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that looks most like ``word``; ``""`` when none does."""
    from difflib import get_close_matches

    close = get_close_matches(word[:100], list(candidates)[:5000], n=1, cutoff=0.6)
    return close[0] if close else ""
