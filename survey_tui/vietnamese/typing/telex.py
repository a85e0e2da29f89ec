"""Keys of Telex; the rules that Telex and VNI share are in ``word_composer``.

``s f r x j`` tones, ``z`` no tone, ``aa ee oo`` circumflex, ``w`` horn and breve, ``dd`` đ.
"""

from __future__ import annotations

from survey_tui.vietnamese.typing.letters import Tone
from survey_tui.vietnamese.typing.typing_engine import TypingEngine
from survey_tui.vietnamese.typing.word_composer import Layout

TELEX = Layout(
    tones={"s": Tone.SAC, "f": Tone.HUYEN, "r": Tone.HOI, "x": Tone.NGA, "j": Tone.NANG, "z": Tone.LEVEL},
    marks={
        "a": {"a": "â", "ă": "â"},
        "e": {"e": "ê"},
        "o": {"o": "ô", "ơ": "ô"},
        "w": {"a": "ă", "â": "ă", "o": "ơ", "ô": "ơ", "u": "ư"},
        "d": {"d": "đ"},
    },
    standalone={"w": "ư"},
    plain=("www",),
)


class TelexEngine(TypingEngine):
    """See ``TypingEngine``: ``TelexEngine().feed("viêt", "j")`` is ``việt``."""

    def __init__(self, *, modern: bool = False) -> None:
        super().__init__(TELEX, modern=modern)
