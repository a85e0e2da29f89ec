"""Vietnamese text: one normal form, search without marks, safe display; typing is in ``vietnamese.typing``.

Cheap to import: the typing engines are imported separately.
"""

from __future__ import annotations

from survey_tui.vietnamese.display import clean, truncate, width
from survey_tui.vietnamese.match import match, rank
from survey_tui.vietnamese.normal_form import fold, initials, nfc, words

__all__ = ["clean", "fold", "initials", "match", "nfc", "rank", "truncate", "width", "words"]
