"""Packages of the server as a device knows them, and which of several counts."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, structs

from survey_sync.protocol.messages import Package
from survey_tui.errors import SurveyError
from survey_tui.locale import Translator

FINAL_STATES = frozenset({"bad_signature", "bad_hash", "too_large", "failed"})
"""States in which nothing happens by itself any more."""

_UNVOUCHED = frozenset({"unknown_key", "bad_signature", "retracted"})


class StoredError(Struct, frozen=True):
    """What went wrong: the code of an error and what fills its words, kept until somebody reads them."""

    code: str
    details: dict[str, str | int] = {}

    def said(self, words: Translator) -> str:
        """For a person: what happened and what to do."""
        try:
            return words.error(SurveyError(self.code, **self.details))
        except KeyError:  # written by another version of the program
            return self.code


class PackageRecord(Struct, frozen=True):
    """A package of the server.

    ``state``: ``wanted`` (to be fetched), ``ready`` (here and verified), ``installed``; ``superseded`` by a
    later one, ``retracted`` by the coordinator; or why not: ``unknown_key``, ``bad_signature``, ``bad_hash``,
    ``too_large``, ``failed``. ``trouble``: more about why not, or what stood in the way last time.
    ``retracted``: when the coordinator took it back; an installed one stays ``installed``. ``seen``: somebody
    was shown what is wrong.
    """

    package: Package
    state: str = "wanted"
    trouble: StoredError | None = None
    retracted: str = ""
    seen: bool = False

    @property
    def needs_attention(self) -> bool:
        """A person must do something, or know something."""
        stays = self.state == "installed" and bool(self.retracted)
        return stays or self.state in FINAL_STATES or self.state == "unknown_key"

    @property
    def line(self) -> tuple[str, str]:
        """What the versions of one package have in common."""
        return self.package.content, self.package.name


def stored_error(error: SurveyError) -> StoredError:
    """An error as it is kept."""
    details = {
        name: value if isinstance(value, int) else str(value)[:500] for name, value in error.details.items()
    }
    return StoredError(error.code, details)


def current_packages(packages: Iterable[PackageRecord]) -> tuple[PackageRecord, ...]:
    """Each with the state that follows from the others: of one line, the last counts that a trusted key
    signed and nobody took back. What came before it is superseded; what is installed stays until the other
    is."""
    every = tuple(packages)
    last: dict[tuple[str, str], int] = {}
    for each in every:
        if each.state not in _UNVOUCHED and not each.retracted:
            last[each.line] = max(each.package.seq, last.get(each.line, 0))
    return tuple(_settled(each, last.get(each.line, 0)) for each in every)


def _settled(each: PackageRecord, last: int) -> PackageRecord:
    if each.package.seq == last and each.state == "superseded":
        return structs.replace(each, state="wanted", trouble=None)
    if each.package.seq < last and each.state not in {"installed", "retracted", "superseded"}:
        return structs.replace(each, state="superseded", trouble=None)
    return each


def packages_after_install(packages: Iterable[PackageRecord], package: Package) -> tuple[PackageRecord, ...]:
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


def packages_after_retraction(
    packages: Iterable[PackageRecord], seq: int, at: str
) -> tuple[PackageRecord, ...]:
    """After the coordinator took number ``seq`` back: it is not installed any more, unless it is already."""
    now = []
    for each in packages:
        if each.package.seq == seq and not each.retracted:
            state = each.state if each.state == "installed" else "retracted"
            now.append(structs.replace(each, state=state, retracted=at, trouble=None, seen=False))
        else:
            now.append(each)
    return tuple(now)
