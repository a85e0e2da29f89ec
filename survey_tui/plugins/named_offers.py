"""Offers whose names are unique in the whole program: the first stays, a later one is refused and named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from survey_tui.plugins.loaded_plugin import LoadedPlugin
from survey_tui.plugins.manager import Plugins


class NamedOffer(NamedTuple):
    """An item of what ``member`` returned from a hook."""

    member: LoadedPlugin
    item: Any


def named_offers(
    plugins: Plugins,
    hook: str,
    taken: Collection[str],
    described: str,
    names: Callable[[Any], Iterable[str]] = lambda item: (item.name,),
) -> dict[str, NamedOffer]:
    """Name → offer of a hook that returns a list.

    ``taken`` are the program's own names; ``described`` is how a failure calls one (``"--format {}"``).
    """
    found: dict[str, NamedOffer] = {}
    owners = dict.fromkeys(taken, "survey_tui")
    for member in plugins.members():
        for item in plugins.hook_result(member, hook, []):
            for name in names(item):
                first = owners.setdefault(name, member.name)
                if first == member.name:
                    found[name] = NamedOffer(member, item)
                else:
                    what = described.format(name)
                    plugins.record_failure(member.name, "plugin_clash", what, what=what, other=first)
    return found
