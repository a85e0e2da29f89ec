"""Packages of the server as a device knows them, and which of several counts."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, structs

from survey_sync.protocol.messages import Package
from survey_tui.errors import SurveyError
from survey_tui.locale import Translator

LASTING = frozenset({"bad_signature", "bad_hash", "too_large", "failed"})
"""States in which nothing happens by itself any more."""

_UNVOUCHED = frozenset({"unknown_key", "bad_signature", "retracted"})


class Trouble(Struct, frozen=True):
    """What went wrong: the code of an error and what fills its words, kept until somebody reads them."""

    code: str
    details: dict[str, str | int] = {}

    def said(self, words: Translator) -> str:
        """For a person: what happened and what to do."""
        try:
            return words.error(SurveyError(self.code, **self.details))
        except KeyError:  # written by another version of the program
            return self.code


class Parked(Struct, frozen=True):
    """A package of the server.

    ``state``: ``wanted`` (to be fetched), ``ready`` (here and verified), ``installed``; ``superseded`` by a
    later one, ``retracted`` by the coordinator; or why not: ``unknown_key``, ``bad_signature``, ``bad_hash``,
    ``too_large``, ``failed``. ``trouble``: more about why not, or what stood in the way last time.
    ``retracted``: when the coordinator took it back; an installed one stays ``installed``. ``seen``: somebody
    was shown what is wrong.
    """

    package: Package
    state: str = "wanted"
    trouble: Trouble | None = None
    retracted: str = ""
    seen: bool = False

    @property
    def troubled(self) -> bool:
        """A person must do something, or know something."""
        stays = self.state == "installed" and bool(self.retracted)
        return stays or self.state in LASTING or self.state == "unknown_key"

    @property
    def line(self) -> tuple[str, str]:
        """What the versions of one package have in common."""
        return self.package.content, self.package.name


def trouble_of(error: SurveyError) -> Trouble:
    """An error as it is kept."""
    details = {
        name: value if isinstance(value, int) else str(value)[:500] for name, value in error.details.items()
    }
    return Trouble(error.code, details)


def settled(packages: Iterable[Parked]) -> tuple[Parked, ...]:
    """Each with the state that follows from the others: of one line, the last counts that a trusted key
    signed and nobody took back. What came before it is superseded; what is installed stays until the other
    is."""
    every = tuple(packages)
    last: dict[tuple[str, str], int] = {}
    for each in every:
        if each.state not in _UNVOUCHED and not each.retracted:
            last[each.line] = max(each.package.seq, last.get(each.line, 0))
    return tuple(_settled(each, last.get(each.line, 0)) for each in every)


def _settled(each: Parked, last: int) -> Parked:
    if each.package.seq == last and each.state == "superseded":
        return structs.replace(each, state="wanted", trouble=None)
    if each.package.seq < last and each.state not in {"installed", "retracted", "superseded"}:
        return structs.replace(each, state="superseded", trouble=None)
    return each


def installed(packages: Iterable[Parked], package: Package) -> tuple[Parked, ...]:
    """After ``package`` was installed: it takes the place of the one of this name that was."""
    now = []
    for each in packages:
        if each.package.seq == package.seq:
            now.append(structs.replace(each, state="installed", trouble=None))
        elif each.state == "installed" and each.package.name == package.name:
            now.append(structs.replace(each, state="retracted" if each.retracted else "superseded"))
        else:
            now.append(each)
    return tuple(now)


def retracted(packages: Iterable[Parked], seq: int, at: str) -> tuple[Parked, ...]:
    """After the coordinator took number ``seq`` back: it is not installed any more, unless it is already."""
    now = []
    for each in packages:
        if each.package.seq == seq and not each.retracted:
            state = each.state if each.state == "installed" else "retracted"
            now.append(structs.replace(each, state=state, retracted=at, trouble=None, seen=False))
        else:
            now.append(each)
    return tuple(now)
