"""What a hook returned, checked to the last field before anything uses it.

The types are those of :class:`~survey_tui.plugins.hooks.Specification`. Structs do not check their fields
when they are made, so every field is checked here; subclasses of lists and dictionaries are refused, since
their methods would be the plugin's code.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from survey_tui.expressions.registry import Function

MAX_ITEMS = 1000
"""Entries that a hook may return."""

MAX_FINDINGS = 100
"""Findings that one check of a response may return."""

_FUNCTION_NAME = r"(?=.*[-_])[a-z][a-z0-9_-]{2,59}"
_LISTS: Mapping[str, str] = types.MappingProxyType(
    {
        "province_additions": "ProvinceAddition",
        "check_response": "QualityFinding",
        "official_baselines": "Baseline",
        "exporters": "Exporter",
        "sync_destinations": "SyncDestination",
        "commands": "Command",
    }
)
"""Hooks that return a list, and of what: a type of :mod:`survey_tui.plugins.offers`."""

_NAMED = {"exporters": "name", "sync_destinations": "name", "commands": "name", "official_baselines": "id"}


def checked(hook: str, value: object) -> Any:
    """The value: a list of paths (``questionnaires``), a dictionary of functions (``expression_functions``),
    a list of structs. Raises ``ValueError`` with what is wrong."""
    if hook == "questionnaires":
        return [_directory(each, hook) for each in _items(value, hook)]
    if hook == "expression_functions":
        return _functions(value)
    import survey_tui.plugins.offers as offers

    expected: type[Struct] = getattr(offers, _LISTS[hook])
    found = [_struct(each, expected, hook) for each in _items(value, hook)]
    if hook in _NAMED:
        names = [getattr(each, _NAMED[hook]) for each in found]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{hook}(): twice the same name: {', '.join(twice)}")
    return found


def _items(value: object, hook: str) -> Sequence[object]:
    if type(value) not in (list, tuple):
        raise ValueError(f"{hook}() -> {type(value).__name__}: a list is expected")
    assert isinstance(value, (list, tuple))
    limit = MAX_FINDINGS if hook == "check_response" else MAX_ITEMS
    if len(value) > limit:
        raise ValueError(f"{hook}() -> {len(value)} entries: at most {limit}")
    return value


def _directory(value: object, hook: str) -> Path:
    if not isinstance(value, Path) or type(value) is not type(Path()) or not value.is_absolute():
        raise ValueError(f"{hook}() -> {_shown(value)}: not an absolute pathlib.Path")
    if not value.is_dir():
        raise ValueError(f"{hook}() -> {_shown(value)}: not a directory")
    return value


def _functions(value: object) -> dict[str, Function]:
    hook = "expression_functions"
    if type(value) is not dict:
        raise ValueError(f"{hook}() -> {type(value).__name__}: a dict is expected")
    if len(value) > MAX_ITEMS:
        raise ValueError(f"{hook}() -> {len(value)} entries: at most {MAX_ITEMS}")
    found: dict[str, Function] = {}
    for name, function in value.items():
        if type(name) is not str or not re.fullmatch(_FUNCTION_NAME, name):
            raise ValueError(f"{hook}() -> {_shown(name)}: not a name such as 'ca_mau-points'")
        if type(function) is not Function or function.name != name or not callable(function.call):
            raise ValueError(f"{hook}()[{name!r}]: a Function of this name with `call` is expected")
        if function.build is not None or function.environment or function.volatile:
            raise ValueError(f"{hook}()[{name!r}]: build, environment and volatile are for built-in ones")
        plain = (function.least, function.most, function.takes, function.kind)
        hints = _hints(Function)
        for key, part in zip(("least", "most", "takes", "kind"), plain, strict=True):
            _field(part, hints[key], f"{hook}()[{name!r}].{key}")
        if not function.takes:
            raise ValueError(f"{hook}()[{name!r}].takes: at least one entry")
        found[name] = function
    return found


def _struct(value: object, expected: type[Struct], hook: str) -> Struct:
    if type(value) is not expected:
        raise ValueError(f"{hook}() -> {_shown(value)}: {expected.__name__} is expected")
    for name, hint in _hints(expected).items():
        if not name.startswith("_"):
            _field(getattr(value, name), hint, f"{hook}() -> {expected.__name__}.{name}")
    return value


@cache
def _hints(expected: type[Struct]) -> dict[str, Any]:
    hints = get_type_hints(expected, include_extras=True)
    return {name: hints[name] for name in expected.__struct_fields__}


def _field(value: object, hint: Any, where: str) -> None:
    if hint is Path:
        if type(value) is not type(Path()) or not value.is_absolute():
            raise ValueError(f"{where}: an absolute pathlib.Path is expected")
    elif get_origin(hint) is Callable:
        if not callable(value):
            raise ValueError(f"{where}: a function is expected")
    else:
        _convert(value, hint, where)


def _convert(value: object, hint: Any, where: str) -> None:
    try:
        msgspec.convert(msgspec.to_builtins(value), hint)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        raise ValueError(f"{where}: {error}") from error


def _shown(value: object) -> str:
    return repr(value)[:120] if type(value) in (str, int, float, bool, type(None)) else type(value).__name__
