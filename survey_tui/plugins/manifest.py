"""``plugin.toml``: name, area and contents of a plugin, without Python.

A declarative plugin is a folder of that name with this file and its questions (no Python: it cannot run
code)::

    ca_mau/
        plugin.toml
        modules/ca_mau.toml      questions, as docs/questionnaires.md describes them, without [addition]
        lists/*.toml, lists/*.csv, surveys/*.toml        if it has any
        baselines.csv            if it names one

``plugin.toml``::

    name = "ca_mau"              # small letters, digits, _; the folder has the same name
    version = "2026.1"
    requires_api = 1             # survey_tui.plugins.API_VERSION, at least
    title.vi = "Câu hỏi riêng của Cà Mau"
    title.en = "Cà Mau's own questions"
    description.vi = "…"         # optional, as author, contact, license (texts)
    baselines = "baselines.csv"  # optional: columns as the keys of [[baseline]], with label::vi …

    [area]                       # the union of what is named
    legacy_provinces = ["96"]    # before 2025-07-01, by old code or by name: "Cà Mau"
    communes = ["32062"]         # of today, five digits
    provinces = ["96"]           # of today, two digits

    [[addition]]
    module = "ca_mau"            # modules/ca_mau.toml
    after = "b"                  # after this question, group or repeat; or at_end = true
    surveys = ["xa_hoi_so"]      # optional: only in these
    order = 0                    # optional: among additions at the same place; then by module name
    area.communes = ["32062"]    # optional: other than the plugin's area

    [[check]]                    # looked at when the surveyor reviews the response; never blocks
    name = "tg_cards"
    expression = "${tg_card_n} >= ${tg_reg_n}"   # true when all is well; evaluated at the top
    severity = "warning"         # error, warning or note
    question = "tg_reg_n"        # optional: where the surveyor is taken
    relevant = "${tg_card_n} > 0"    # optional; without it: when every question it reads is answered
    message.vi = "Số người đăng ký nhiều hơn số người có thẻ."
    message.en = "More people registered than have a card."

    [[baseline]]                 # an official figure; keys of survey_tui.plugins.offers.Baseline
    id = "cm01"
    label.vi = "…"
    value = "84.31"
    comparable = "partial"
    caveat.vi = "…"

A folder with ``surveys/`` also offers those surveys. A Python plugin has the same file next to its module,
with the hooks that its code implements: ``hooks = ["expression_functions"]``.

Unknown keys and wrong types are refused: :class:`~survey_tui.errors.PluginError` ``plugin_manifest``.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from survey_tui.errors import PluginError
from survey_tui.plugins.metadata import MAX_MANIFEST
from survey_tui.plugins.offers import Area, Baseline, Identifier, ItemName, Line, Severity, Words
from survey_tui.vietnamese import nfc

_Formula = Annotated[str, Meta(min_length=1, max_length=4000)]
_FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_\-]{1,60}\.csv$")]


class AdditionTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[addition]]``: a module of this plugin and its anchor."""

    module: Identifier
    after: Line = ""
    at_end: bool = False
    surveys: tuple[Line, ...] = ()
    order: int = 0
    area: Area = Area()


class CheckTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[check]]``: a quality check as an expression that is true when all is well."""

    name: Identifier
    expression: _Formula
    message: Words
    severity: Severity = "warning"
    question: ItemName | None = None
    relevant: Annotated[str, Meta(max_length=4000)] = ""


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file; see the module."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    version: Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_\-]{0,39}$")]
    requires_api: Annotated[int, Meta(ge=1)]
    title: Words
    description: Words | None = None
    author: Line = ""
    contact: Line = ""
    license: Line = ""
    area: Area = Area()
    addition: Annotated[tuple[AdditionTable, ...], Meta(max_length=100)] = ()
    check: Annotated[tuple[CheckTable, ...], Meta(max_length=500)] = ()
    baseline: Annotated[tuple[Baseline, ...], Meta(max_length=1000)] = ()
    baselines: _FileName | None = None
    hooks: tuple[Identifier, ...] = ()


def parse_manifest(content: bytes, place: str) -> Manifest:
    """The manifest in ``content``; ``place`` (its file) is named in errors.

    Raises ``PluginError("plugin_manifest")`` (details ``place``, ``reason``): no UTF-8, no TOML, an unknown
    key, a value of a wrong type or form, an addition without an anchor or an area.
    """
    import tomllib  # a manifest from the cache needs none

    try:
        manifest = msgspec.convert(tomllib.loads(_text(content)), Manifest)
        _check(manifest)
    except (ValueError, RecursionError) as error:  # also UnicodeDecodeError, TOMLDecodeError, ValidationError
        raise PluginError("plugin_manifest", place=place, reason=str(error)[:500]) from error
    return manifest


def _text(content: bytes) -> str:
    if len(content) > MAX_MANIFEST:
        raise ValueError(f"more than {MAX_MANIFEST // 1024} KiB")
    return nfc(content.decode("utf-8-sig"))


def _check(manifest: Manifest) -> None:
    """Refuse faults that types do not express."""
    for number, addition in enumerate(manifest.addition):
        at = f"`$.addition[{number}]`"
        if bool(addition.after) == addition.at_end:
            raise ValueError(f"either `after` or `at_end = true` - at {at}")
        if not addition.area and not manifest.area:
            raise ValueError(f"no communes: `[area]` is missing or empty - at {at}")
    names = [check.name for check in manifest.check]
    if len(set(names)) < len(names):
        raise ValueError("two checks of the same name - at `$.check`")
