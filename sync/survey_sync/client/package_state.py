"""States of the coordinator's packages on a device, and which version is current."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field, structs

from survey_sync.protocol.messages import Package
from survey_tui.errors import SurveyError
from survey_tui.locale import Translator

FINAL_STATES = frozenset({"bad_signature", "bad_hash", "too_large", "failed"})
"""States that another exchange does not change."""

_EXCLUDED = frozenset({"unknown_key", "bad_signature", "retracted"})


class StoredError(Struct, frozen=True):
    """Code and details of an error, stored until a person reads them."""

    code: str
    details: dict[str, str | int] = {}

    def message(self, words: Translator) -> str:
        """Message and remedy; the code alone if another version of the program wrote it."""
        try:
            return words.error(SurveyError(self.code, **self.details))
        except KeyError:
            return self.code


def stored_error(error: SurveyError) -> StoredError:
    """An error in the form in which the inbox stores it."""
    details = {
        name: value if isinstance(value, int) else str(value)[:500] for name, value in error.details.items()
    }
    return StoredError(error.code, details)


class PackageRecord(Struct, frozen=True):
    """A package of the server.

    ``state``: ``wanted`` (to be downloaded), ``ready`` (downloaded and verified), ``installed``;
    ``superseded`` by a later version, ``retracted`` by the coordinator; or the fault: ``unknown_key``,
    ``bad_signature``, ``bad_hash``, ``too_large``, ``failed``. ``error``: of the last attempt. ``retracted``:
    moment of the retraction; an installed package stays ``installed``. ``seen``: the fault was shown.
    """

    package: Package
    state: str = "wanted"
    error: StoredError | None = field(default=None, name="trouble")
    retracted: str = ""
    seen: bool = False

    @property
    def needs_attention(self) -> bool:
        """Whether a person must know of it, or do something."""
        installed_and_retracted = self.state == "installed" and bool(self.retracted)
        return installed_and_retracted or self.state in FINAL_STATES or self.state == "unknown_key"

    @property
    def identity(self) -> tuple[str, str]:
        """Content and name, which all versions of a package share."""
        return self.package.content, self.package.name


def current_packages(packages: Iterable[PackageRecord]) -> tuple[PackageRecord, ...]:
    """Packages with the states that follow from each other: of the versions that are signed with a trusted
    key and not retracted, the last is current. Earlier ones are superseded, except for the installed one."""
    every = tuple(packages)
    current: dict[tuple[str, str], int] = {}
    for each in every:
        if each.state not in _EXCLUDED and not each.retracted:
            current[each.identity] = max(each.package.seq, current.get(each.identity, 0))
    return tuple(_with_current(each, current.get(each.identity, 0)) for each in every)


def _with_current(record: PackageRecord, current: int) -> PackageRecord:
    if record.package.seq == current and record.state == "superseded":
        return structs.replace(record, state="wanted", error=None)
    if record.package.seq < current and record.state not in {"installed", "retracted", "superseded"}:
        return structs.replace(record, state="superseded", error=None)
    return record


def packages_after_install(packages: Iterable[PackageRecord], package: Package) -> tuple[PackageRecord, ...]:
    """Packages with ``package`` installed in place of another version."""
    now = []
    for each in packages:
        if each.package.seq == package.seq:
            now.append(structs.replace(each, state="installed", error=None))
        elif each.state == "installed" and each.package.name == package.name:
            now.append(structs.replace(each, state="retracted" if each.retracted else "superseded"))
        else:
            now.append(each)
    return tuple(now)


def packages_after_retraction(
    packages: Iterable[PackageRecord], seq: int, at: str
) -> tuple[PackageRecord, ...]:
    """Packages with number ``seq`` retracted at ``at``; if it is installed, it stays so."""
    now = []
    for each in packages:
        if each.package.seq == seq and not each.retracted:
            state = each.state if each.state == "installed" else "retracted"
            now.append(structs.replace(each, state=state, retracted=at, error=None, seen=False))
        else:
            now.append(each)
    return tuple(now)
