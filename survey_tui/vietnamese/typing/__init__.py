"""Vietnamese typing without an input method: Telex and VNI, and the orthography of the tone mark."""

from __future__ import annotations

from survey_tui.vietnamese.typing.orthography import place_tones
from survey_tui.vietnamese.typing.telex import TelexEngine
from survey_tui.vietnamese.typing.typing_engine import TypingEngine
from survey_tui.vietnamese.typing.vni import VniEngine

__all__ = ["TelexEngine", "TypingEngine", "VniEngine", "place_tones"]
