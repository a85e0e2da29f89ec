"""Vietnamese text: one normal form, search without marks, safe display; typing is in ``vietnamese.typing``.

Every command loads this: the typing engines and ``vietnamese.match`` are imported separately.
"""

from __future__ import annotations

from survey_tui.vietnamese.display import clean, truncate, width
from survey_tui.vietnamese.normal_form import fold, initials, nfc, words

__all__ = ["clean", "fold", "initials", "nfc", "truncate", "width", "words"]
