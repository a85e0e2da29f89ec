"""An official figure beside what was answered: always with its caveat, never when it must not stand there.

Issued, activated and used are different things, and so are certificates, files and persons; a target is no
measurement and an area of before 2025-07-01 no province of today. ``comparable`` and ``caveat`` of a
baseline carry this, and this is the only place that puts the two side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from survey_tui.plugins.offers import Baseline, QualityFinding

__all__ = ["NotComparableError", "compared", "figure"]

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
    """An estimate was to be put beside a figure that must not be compared."""


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
    """A note for the review: ``seen`` (what the response says, by language) beside the figure.

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
