"""A plugin's official figures, and their comparison with what was answered.

The figures are those of ``plugin.toml``, of its CSV file and of the hook. A comparison always has its caveat,
and there is none where there must not be. Issued, activated and used are different things, and so are
certificates, files and persons; a target is no measurement and an area of before 2025-07-01 no province of
today. ``comparable`` and ``caveat`` of a baseline say this, and only this module compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from survey_tui.plugins.loaded_plugin import LoadedPlugin
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.offers import Baseline, QualityFinding
from survey_tui.vietnamese import nfc

_MAX_BYTES = 1024 * 1024
_TRANSLATED = ("label", "caveat")
_LISTS = ("indicator", "question")


def baselines_of(plugins: Plugins, member: LoadedPlugin) -> list[Baseline]:
    """The figures of a plugin, ids once. A faulty file gives none and is the plugin's failure."""
    found: dict[str, Baseline] = {}
    manifest = member.resolved.manifest if member.resolved is not None else None
    if manifest is not None:
        found.update((each.id, each) for each in manifest.baseline)
        if manifest.baselines is not None and member.folder is not None:
            try:
                found.update((each.id, each) for each in read_baselines(member.folder / manifest.baselines))
            except (OSError, ValueError) as error:
                plugins.record_failure(member.name, "plugin_hook", f"{manifest.baselines}: {error}"[:500])
    for each in plugins.hook_result(member, "official_baselines", []):
        found.setdefault(each.id, each)
    return list(found.values())


def read_baselines(path: Path) -> list[Baseline]:
    """Figures of a CSV file with the keys of :class:`~survey_tui.plugins.offers.Baseline` as columns.

    ``label::vi`` or ``label`` is Vietnamese, ``caveat`` likewise; several indicators and questions are
    separated by ``;``. Other columns are ignored. Raises ``OSError``, and ``ValueError`` with the line of the
    fault.
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


_FRAMES = MappingProxyType(
    {
        "vi": "Đối chiếu khi tập huấn. Hộ này: {seen}. Số chính thức ({kind}): {label} {value}{as_of}. "
        "{caveat}Một hộ không nói lên tỷ lệ.",
        "en": "Comparison in training. This household: {seen}. Official figure ({kind}): {label} {value}"
        "{as_of}. {caveat}One household is no rate.",
    }
)
_KINDS = MappingProxyType(
    {
        "vi": MappingProxyType({"actual": "số thực tế", "target": "mục tiêu", "claim": "tự công bố"}),
        "en": MappingProxyType({"actual": "measured", "target": "a target", "claim": "a claim"}),
    }
)
_CAVEAT = MappingProxyType({"vi": "Lưu ý: {caveat}. ", "en": "Note: {caveat}. "})


class NotComparableError(ValueError):
    """An estimate was to be compared with a figure that does not allow it."""


def figure(baseline: Baseline, language: str) -> dict[str, str]:
    """The parts of a sentence about a figure: ``label``, ``value`` with its unit, ``kind``, ``as_of``,
    ``caveat``. Raises :class:`NotComparableError` for ``comparable = "no"``, and when a figure that is only
    partly comparable has no caveat to print."""
    caveat = _in(baseline.caveat, language)
    if baseline.comparable == "no":
        raise NotComparableError(f"{baseline.id}: not comparable. {caveat}")
    if baseline.comparable == "partial" and not caveat:
        raise NotComparableError(f"{baseline.id}: partly comparable, and no caveat says how")
    return {
        "label": _in(baseline.label, language),
        "value": f"{baseline.value} {baseline.unit}".strip(),
        "kind": _KINDS[language][baseline.kind],
        "as_of": f" ({baseline.as_of})" if baseline.as_of else "",
        "caveat": _CAVEAT[language].format(caveat=caveat.rstrip(".")) if caveat else "",
    }


def compared(baseline: Baseline, seen: Mapping[str, str]) -> QualityFinding | None:
    """A note for the review that compares ``seen`` (text on the response, by language) with the figure.

    ``None`` when the figure must not be compared. The message holds the caveat in every language.
    """
    try:
        message = {
            language: _FRAMES[language].format(seen=_in(seen, language), **figure(baseline, language))
            for language in _FRAMES
        }
    except NotComparableError:
        return None
    question = baseline.question[0] if baseline.question else ""
    return QualityFinding(
        check=f"baseline_{baseline.id}", severity="note", message=message, question=question
    )


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
