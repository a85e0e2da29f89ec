"""Cà Mau: in training, the review compares what was answered with the province's figures."""

from __future__ import annotations

from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import QualityFinding, Response
from survey_tui_ca_mau.comparison import comparisons

__all__ = ["TRAINEES", "check_response"]

TRAINEES = "XX"
"""Surveyor codes that begin so belong to training (``XX001``). In the field nobody sees official figures
during a visit: they could lead the surveyor."""


@hookimpl
def check_response(response: Response) -> list[QualityFinding]:
    """Nothing in the field; in training one note for each figure that the answers speak to."""
    if not response.text("enum_code").startswith(TRAINEES):
        return []
    return comparisons(response)
