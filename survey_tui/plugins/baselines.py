"""A plugin's official figures: those of ``plugin.toml``, of its CSV file, and of the hook."""

from __future__ import annotations

from pathlib import Path

import msgspec

from survey_tui.plugins.loaded_plugin import Member
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.offers import Baseline
from survey_tui.vietnamese import nfc

__all__ = ["baselines_of", "read_baselines"]

_MAX_BYTES = 1024 * 1024
_TRANSLATED = ("label", "caveat")
_LISTS = ("indicator", "question")


def baselines_of(plugins: Plugins, member: Member) -> list[Baseline]:
    """All of them, ids once. A faulty file is the plugin's failure and gives none."""
    found: dict[str, Baseline] = {}
    manifest = member.resolved.manifest if member.resolved is not None else None
    if manifest is not None:
        found.update((each.id, each) for each in manifest.baseline)
        if manifest.baselines is not None and member.folder is not None:
            try:
                found.update((each.id, each) for each in read_baselines(member.folder / manifest.baselines))
            except (OSError, ValueError) as error:
                plugins.fail(member.name, "plugin_hook", f"{manifest.baselines}: {error}"[:500])
    for each in plugins.offer(member, "official_baselines", []):
        found.setdefault(each.id, each)
    return list(found.values())


def read_baselines(path: Path) -> list[Baseline]:
    """Rows with the keys of :class:`~survey_tui.plugins.offers.Baseline` as columns; ``label::vi`` or
    ``label`` (Vietnamese), ``caveat`` alike; several indicators and questions parted by ``;``.

    Raises ``OSError``, and ``ValueError`` with the line of what is wrong. Other columns are passed over.
    """
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"more than {_MAX_BYTES // 1024} KiB")
    import csv  # only those who look at figures pay for it
    import io

    rows = csv.DictReader(io.StringIO(nfc(content.decode("utf-8-sig")), newline=""), strict=True)
    found = []
    try:
        for row in rows:
            found.append(msgspec.convert(_fields(row), Baseline))  # noqa: PERF401  the line is needed
    except (csv.Error, ValueError) as error:
        raise ValueError(f"line {rows.line_num}: {error}") from error
    return found


def _fields(row: dict[str | None, str | list[str] | None]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for column, cell in row.items():
        if column is None or not isinstance(cell, str) or not cell.strip():
            continue
        name, _, language = column.strip().partition("::")
        text = cell.strip()
        if name in _TRANSLATED:
            texts = fields.setdefault(name, {})
            assert isinstance(texts, dict)
            texts[language or "vi"] = text
        elif name in _LISTS:
            fields[name] = [part.strip() for part in text.split(";") if part.strip()]
        elif name in Baseline.__struct_fields__:
            fields[name] = text
    return fields
