"""Keys of VNI; the rules that Telex and VNI share are in ``word_composer``.

``1 2 3 4 5`` tones, ``0`` no tone, ``6`` circumflex, ``7`` horn, ``8`` breve, ``9`` đ.
"""

from __future__ import annotations

from survey_tui.vietnamese.typing.letters import Tone
from survey_tui.vietnamese.typing.typing_engine import TypingEngine
from survey_tui.vietnamese.typing.word_composer import Layout

VNI = Layout(
    tones={str(tone.value): tone for tone in Tone},
    marks={
        "6": {"a": "â", "ă": "â", "e": "ê", "o": "ô", "ơ": "ô"},
        "7": {"o": "ơ", "ô": "ơ", "u": "ư"},
        "8": {"a": "ă", "â": "ă"},
        "9": {"d": "đ"},
    },
    digits=True,
)


class VniEngine(TypingEngine):
    """See ``TypingEngine``: ``VniEngine().feed("viêt", "5")`` is ``việt``."""

    def __init__(self, *, modern: bool = False) -> None:
        super().__init__(VNI, modern=modern)
