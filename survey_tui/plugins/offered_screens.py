"""Screens of plugins that Home opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from survey_tui.plugins.isolation import PluginCallError, describe_error
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.named_offers import NamedOffer, named_offers
from survey_tui.plugins.offers import PluginScreen, ScreenCall

HOOK = "screens"


class OfferedScreen(NamedTuple):
    """A screen and its plugin. ``key`` is ``""`` if an earlier screen has the same one; ``open`` gives
    ``None`` after a failure, and ``fail`` records one of the open screen."""

    plugin: str
    key: str
    offered: PluginScreen
    open: Callable[[ScreenCall], object]
    fail: Callable[[BaseException], None]


def offered_screens(plugins: Plugins) -> list[OfferedScreen]:
    """The screens of all plugins, in order."""
    keys: set[str] = set()
    found = []
    for offer in named_offers(plugins, HOOK, (), "^P {}").values():
        key = "" if offer.item.key in keys else offer.item.key
        keys.add(key)
        found.append(_screen_from_offer(plugins, offer, key))
    return found


def _screen_from_offer(plugins: Plugins, offer: NamedOffer, key: str) -> OfferedScreen:
    member, item = offer

    def make(call: ScreenCall) -> object:
        try:
            return plugins.run_isolated(member, lambda: item.open(call))
        except PluginCallError as fault:
            plugins.record_failure(member.name, "plugin_hook", f"{HOOK}(): {item.name}: {fault}")
            return None

    def fail(error: BaseException) -> None:
        plugins.record_failure(member.name, "plugin_hook", f"{HOOK}(): {item.name}: {describe_error(error)}")

    return OfferedScreen(member.name, key, item, make, fail)
