"""Results of hooks, checked to the last field before anything uses them.

The return annotation in :class:`~survey_tui.plugins.hooks.Specification` is the only description of a result:
a list of absolute directories, a mapping of functions, or a list of structs of
:mod:`~survey_tui.plugins.offers`; ``Annotated`` may bound its length. Structs do not check their fields when
they are made, so every field is checked here. Subclasses are refused, since their methods would be the
plugin's code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from survey_tui.expressions.registry import Function
from survey_tui.plugins.hooks import Specification

MAX_ITEMS = 1000
"""Entries that a hook may return, unless its annotation says otherwise."""

_FUNCTION_NAME = r"(?=.*[-_])[a-z][a-z0-9_-]{2,59}"
_KEYS = ("name", "id")  # the field by which the items of one result differ


class _Result(NamedTuple):
    """``container`` is ``list`` or ``Mapping``, ``item`` the type of what is in it."""

    container: Any
    item: Any
    limit: int


def check_result(hook: str, value: object) -> Any:
    """``value`` as the hook's annotation describes it. Raises ``ValueError`` with what is wrong."""
    expected = _result_type(hook)
    if expected.container is not list:
        return _functions(value, hook, expected.limit)
    items = _items(value, hook, expected.limit)
    if expected.item is Path:
        return [_directory(each, hook) for each in items]
    found = [_struct(each, expected.item, f"{hook}()") for each in items]
    _refuse_duplicates(found, expected.item, f"{hook}()")
    return found


@cache
def _result_type(hook: str) -> _Result:
    hint = _annotation(hook)
    plain, bounds = _split_annotation(hint)
    return _Result(get_origin(plain), get_args(plain)[-1], bounds.max_length or MAX_ITEMS)


def _annotation(hook: str) -> Any:
    specification = getattr(Specification, hook)
    names: dict[str, Any] = {"Function": Function}
    try:
        return get_type_hints(specification, localns=names)["return"]
    except NameError:
        import survey_tui.plugins.offers as offers  # the first question needs none of them

        return get_type_hints(specification, localns=names | vars(offers), include_extras=True)["return"]


def _items(value: object, hook: str, limit: int) -> Sequence[object]:
    if type(value) not in (list, tuple):
        raise ValueError(f"{hook}() -> {type(value).__name__}: a list is expected")
    assert isinstance(value, (list, tuple))
    if len(value) > limit:
        raise ValueError(f"{hook}() -> {len(value)} entries: at most {limit}")
    return value


def _directory(value: object, hook: str) -> Path:
    if not isinstance(value, Path) or type(value) is not type(Path()) or not value.is_absolute():
        raise ValueError(f"{hook}() -> {_format_value(value)}: not an absolute pathlib.Path")
    if not value.is_dir():
        raise ValueError(f"{hook}() -> {_format_value(value)}: not a directory")
    return value


def _functions(value: object, hook: str, limit: int) -> dict[str, Function]:
    if type(value) is not dict:
        raise ValueError(f"{hook}() -> {type(value).__name__}: a dict is expected")
    if len(value) > limit:
        raise ValueError(f"{hook}() -> {len(value)} entries: at most {limit}")
    found: dict[str, Function] = {}
    for name, function in value.items():
        if type(name) is not str or not re.fullmatch(_FUNCTION_NAME, name):
            raise ValueError(f"{hook}() -> {_format_value(name)}: not a name such as 'ca_mau-points'")
        if type(function) is not Function or function.name != name or not callable(function.call):
            raise ValueError(f"{hook}()[{name!r}]: a Function of this name with `call` is expected")
        if function.build is not None or function.environment or function.volatile:
            raise ValueError(f"{hook}()[{name!r}]: build, environment and volatile are for built-in ones")
        plain = (function.least, function.most, function.takes, function.kind)
        hints = _hints(Function)
        for key, part in zip(("least", "most", "takes", "kind"), plain, strict=True):
            _check_field(part, hints[key], f"{hook}()[{name!r}].{key}")
        if not function.takes:
            raise ValueError(f"{hook}()[{name!r}].takes: at least one entry")
        found[name] = function
    return found


def _refuse_duplicates(found: Sequence[Struct], item: type[Struct], where: str) -> None:
    key = next((each for each in _KEYS if each in item.__struct_fields__), None)
    names = [getattr(each, key) for each in found] if key is not None else []
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{where}: twice the same name: {', '.join(twice)}")


def _struct(value: object, expected: type[Struct], where: str) -> Struct:
    if type(value) is not expected:
        raise ValueError(f"{where} -> {_format_value(value)}: {expected.__name__} is expected")
    for name, hint in _hints(expected).items():
        if not name.startswith("_"):
            _check_field(getattr(value, name), hint, f"{where} -> {expected.__name__}.{name}")
    return value


@cache
def _hints(expected: type[Struct]) -> dict[str, Any]:
    hints = get_type_hints(expected, include_extras=True)
    return {name: hints[name] for name in expected.__struct_fields__}


def _check_field(value: object, hint: Any, where: str) -> None:
    plain, bounds = _split_annotation(hint)
    options = get_args(plain)
    if plain is Path:
        if type(value) is not type(Path()) or not value.is_absolute():
            raise ValueError(f"{where}: an absolute pathlib.Path is expected")
    elif get_origin(plain) is Callable:
        if not callable(value):
            raise ValueError(f"{where}: a function is expected")
    elif NoneType in options and get_origin(options[0]) is Callable:
        if value is not None:
            _check_field(value, options[0], where)
    elif get_origin(plain) is tuple and _is_struct(options[0]):
        if type(value) is not tuple or len(value) < (bounds.min_length or 0):
            raise ValueError(f"{where}: a tuple of at least {bounds.min_length or 0} is expected")
        items = [_struct(each, options[0], where) for each in value]
        _refuse_duplicates(items, options[0], where)
    else:
        _convert(value, hint, where)


def _split_annotation(hint: Any) -> tuple[Any, Meta]:
    """The type without its annotations, and the bounds among them."""
    if get_origin(hint) is not Annotated:
        return hint, Meta()
    plain, *annotations = get_args(hint)
    return plain, next((each for each in annotations if isinstance(each, Meta)), Meta())


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _convert(value: object, hint: Any, where: str) -> None:
    try:
        msgspec.convert(msgspec.to_builtins(value), hint)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        raise ValueError(f"{where}: {error}") from error


def _format_value(value: object) -> str:
    return repr(value)[:120] if type(value) in (str, int, float, bool, type(None)) else type(value).__name__
