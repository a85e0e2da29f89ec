"""What came from the coordinator, as paragraphs of the Sync screen. Every text of others is made harmless
here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from survey_sync.client.inbox import Inbox, Letter
from survey_sync.client.package_state import Parked
from survey_sync.client.remedies import remedies

from survey_tui.locale import Translator
from survey_tui.ui.text import plain

__all__ = ["Said", "news", "seen_before"]

_OLD = 30


class Said(NamedTuple):
    """A paragraph. ``letter`` or ``package`` is the number of what has been shown when it has been."""

    text: str
    style: str = ""
    letter: int = 0
    package: int = 0


def news(inbox: Inbox, home: Path, words: Translator) -> Iterator[Said]:
    """What is new, the last message first: packages to install, messages that nobody has seen, packages that
    somebody must look at."""
    ready = len(inbox.in_state("ready"))
    if ready:
        yield Said(words("sync.packages_ready", count=ready), "good")
    unread = [letter for letter in inbox.letters if not letter.seen]
    if unread:
        yield from _letters(unread, "sync.messages_new", words)
    for parked in inbox.packages:
        if parked.troubled:
            yield from _trouble_with(parked, home, words)


def seen_before(inbox: Inbox, words: Translator) -> Iterator[Said]:
    """Messages that were shown before."""
    old = [letter for letter in inbox.letters if letter.seen]
    if old:
        yield from _letters(old[-_OLD:], "sync.messages_old", words)


def _trouble_with(parked: Parked, home: Path, words: Translator) -> Iterator[Said]:
    """Why a package is not simply installed, and what to do."""
    told = list(remedies(parked, home, words))
    if not told:
        return
    package = parked.package
    state = words(f"sync.package_{parked.state}")
    head = words("sync.package", name=package.name, version=package.version, state=state)
    yield Said("")
    if parked.state != "unknown_key":  # which says its name itself
        yield Said(plain(head), "warning")
    for text in told[:-1]:
        yield Said(plain(text), "warning" if parked.state == "unknown_key" else "")
    yield Said(plain(told[-1]), package=package.seq)


def _letters(letters: Sequence[Letter], title: str, words: Translator) -> Iterator[Said]:
    yield Said("")
    yield Said(words(title), "strong")
    for number, letter in enumerate(reversed(letters)):
        if number:
            yield Said("")
        key = "sync.message_head_retracted" if letter.retracted else "sync.message_head"
        yield Said(plain(words(key, date=_moment(letter.at), author=letter.author)), "dim")
        style = "dim" if letter.retracted else ""
        yield Said(plain(letter.text, newlines=True), style, letter=letter.seq)


def _moment(at: str) -> str:
    """``21/11 08:30`` by this device's clock."""
    try:
        return f"{dt.datetime.fromisoformat(at).astimezone():%d/%m %H:%M}"
    except (ValueError, OverflowError, OSError):
        return at[:16]
