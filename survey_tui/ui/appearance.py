"""The signs of the screens, and their ASCII forms. A colour never says what a sign does not say too."""

from __future__ import annotations

from msgspec import Struct


class Signs(Struct, frozen=True):
    """Signs for one kind of terminal."""

    one_on: str = "(•)"
    one_off: str = "( )"
    many_on: str = "[x]"
    many_off: str = "[ ]"
    saved: str = "●"
    unsaved: str = "○"
    bar_done: str = "█"
    bar_left: str = "░"
    rule: str = "─"
    between: str = " · "
    pointer: str = "›"
    more_above: str = "▲"
    more_below: str = "▼"
    done: str = "✓"
    open: str = "○"
    column: str = "│"


UNICODE = Signs()
ASCII = Signs(
    one_on="(*)",
    saved="*",
    unsaved="o",
    bar_done="#",
    bar_left="-",
    rule="-",
    between=" | ",
    pointer=">",
    more_above="^",
    more_below="v",
    done="+",
    open="o",
    column="|",
)
