"""Packages that were fetched and verified are installed: for ``survey-sync install`` and for the Sync screen
alike, between interviews only.

A package is read and judged as a whole before anything is written, and what cannot be used never takes the
place of what works. A disk that refuses, or a store in use, leaves it ``ready``; what another attempt would
not change marks it ``failed``. Either way the reason is kept.

What a person is told about a package that is not simply installed: why, and what to do."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from survey_sync.client.device_keys import fingerprint
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_state import FINAL_STATES, PackageRecord, StoredError, stored_error
from survey_sync.protocol.messages import Package
from survey_tui.errors import PlaceError, PluginError, StoreError, SurveyError
from survey_tui.locale import Translator

if TYPE_CHECKING:
    from survey_tui.plugins.installation import Parcel


_TEMPORARY = frozenset(
    (
        "plugin_write",
        "plugin_no_room",
        "plugin_read_only",
        "plugin_state",
        "plugin_state_write",
        "plugin_crypto",
    )
)
"""Refusals that have nothing to do with the package."""


class PackageChange(Struct, frozen=True, kw_only=True):
    """What installing a package would change.

    ``before``: the version in use, ``""`` when there is none. ``brings``: surveys of its own, by id.
    ``adds_to``: surveys that it adds questions to (``None``: to any), in ``communes`` (codes), which lie in
    ``provinces`` (names). ``off``: it is switched off and will be on.
    """

    package: Package
    parcel: Parcel
    before: str = ""
    brings: tuple[str, ...] = ()
    adds_to: tuple[str, ...] | None = ()
    communes: frozenset[str] = frozenset()
    provinces: tuple[str, ...] = ()
    off: bool = False

    def affects(self, form_id: str, commune: str) -> bool:
        """Whether interviews of this survey in this commune are held otherwise from then on."""
        if form_id in self.brings:
            return True
        return (self.adds_to is None or form_id in self.adds_to) and commune in self.communes


class InstallResult(Struct, frozen=True):
    """How it ended: the package, and why it is not installed (``None``: it is)."""

    package: Package
    error: SurveyError | None = None

    @property
    def waits(self) -> bool:
        """It can be tried again as it is."""
        return self.error is not None and _is_temporary(self.error)


def ready_changes(inbox: Inbox) -> list[PackageChange]:
    """Read and judge everything that is ready. What cannot be used is marked so; what lies there already
    counts as installed. Raises ``StoreError`` when not even that can be kept."""
    inbox.refresh()
    changes = []
    for parked in inbox.packages_in_state("ready"):
        try:
            if not _is_whole(inbox, parked.package):  # the disk lost it: the next push fetches it again
                trouble = StoredError("sync_download_damaged", {"name": parked.package.name})
                inbox.mark(parked.package, "wanted", trouble)
                continue
            change = _read(inbox, parked.package)
        except (PlaceError, PluginError, StoreError) as error:
            _refuse(inbox, parked.package, error)
            continue
        if change is None:
            inbox.installed(parked.package)
        else:
            changes.append(change)
    inbox.delete_unused_downloads()
    return changes


def install(inbox: Inbox, change: PackageChange) -> InstallResult:
    """Put the plugin into the home, in place of an older version, and switch it on."""
    from survey_tui.plugins.discovery import find
    from survey_tui.plugins.installation import install as put_in
    from survey_tui.plugins.plugin_state import change_state, switch

    home, name = inbox.folder.home, change.parcel.name
    try:
        put_in(change.parcel, home, find(home))
    except PluginError as error:
        with suppress(StoreError):  # the reason is told all the same
            _refuse(inbox, change.package, error)
        return InstallResult(change.package, error)
    trouble = None
    try:
        change_state(home, lambda state: switch(state, name, None))
    except PluginError as error:  # it is there, but may still be off
        trouble = error
    with suppress(StoreError):  # found to be there already, next time
        inbox.installed(change.package)
        if trouble is not None:
            inbox.mark(change.package, "installed", stored_error(trouble))
    inbox.delete_unused_downloads()
    return InstallResult(change.package, trouble)


def install_ready(
    inbox: Inbox,
    changes: Iterable[PackageChange],
    told: Callable[[PackageChange], None] = lambda _change: None,
) -> list[InstallResult]:
    """Install one after the other; ``told`` hears of each before it begins."""
    done = []
    for change in changes:
        told(change)
        done.append(install(inbox, change))
    return done


def request_failed_packages(inbox: Inbox) -> None:
    """Fetch once more what could not be used, and what was installed and is gone."""
    home = inbox.folder.home
    inbox.again(
        lambda each: (
            each.state in FINAL_STATES
            or (each.state == "installed" and not each.retracted and not is_plugin_installed(home, each))
        )
    )


def is_plugin_installed(home: Path, parked: PackageRecord) -> bool:
    """Whether a plugin of this name lies in the home."""
    from survey_tui.plugins.discovery import FOLDER

    return (home / FOLDER / parked.package.name).exists()


def _refuse(inbox: Inbox, package: Package, error: SurveyError) -> None:
    inbox.mark(package, "ready" if _is_temporary(error) else "failed", stored_error(error))


def _is_temporary(error: SurveyError) -> bool:
    return isinstance(error, StoreError) or error.code in _TEMPORARY


def _read(inbox: Inbox, package: Package) -> PackageChange | None:
    """What the package would change; ``None`` when that is there already."""
    from survey_tui.authoring.admission import unsound
    from survey_tui.plugins.installation import inspect, unwritten
    from survey_tui.plugins.plugin_state import load_state

    path, home = inbox.path(package), inbox.folder.home
    state = load_state(home)
    parcel = inspect(path, state)
    if parcel.name != package.name:
        raise PluginError("plugin_package_name", plugin=package.name, said=parcel.name)
    if parcel.needs:
        raise PluginError("plugin_needs", plugin=parcel.name, names=", ".join(parcel.needs))
    if _is_there(parcel, home):
        return None
    try:
        fault = unsound(parcel, home)
    except OSError as error:
        raise unwritten(parcel.name, path, error) from error
    if fault is not None:
        raise fault
    return _change(package, parcel, home, off=parcel.name in state.off)


def _is_whole(inbox: Inbox, package: Package) -> bool:
    """Whether the very bytes that were announced lie here."""
    path = inbox.path(package)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == package.sha256
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError("sync_download_unreadable", path=str(path), reason=error.strerror or "") from error


def _is_there(parcel: Parcel, home: Path) -> bool:
    from survey_tui.plugins.archives import read_folder
    from survey_tui.plugins.discovery import FOLDER

    folder = home / FOLDER / parcel.name
    try:
        return folder.is_dir() and read_folder(folder) == parcel.contents
    except PluginError:
        return False


def _change(package: Package, parcel: Parcel, home: Path, *, off: bool) -> PackageChange:
    from survey_tui.plugins.discovery import communes_of, find, resolve
    from survey_tui.plugins.inventory import provinces_of

    manifest = parcel.manifest
    additions = manifest.addition if manifest is not None else ()
    areas = [each.area or manifest.area for each in additions] if manifest is not None else []
    communes = frozenset[str]().union(*map(communes_of, areas))
    named = [each.surveys for each in additions]
    found = [one for one in find(home) if one.name == parcel.name]
    known = resolve(found, None).get(parcel.name)
    before = "" if isinstance(known, PluginError) or known is None else known.manifest.version
    return PackageChange(
        package=package,
        parcel=parcel,
        before=before or next((one.version or "?" for one in found), ""),
        brings=tuple(sorted(Path(name).stem for name in parcel.contents if _is_survey(name))),
        adds_to=None if not all(named) else tuple(sorted({name for names in named for name in names})),
        communes=communes,
        provinces=tuple(provinces_of(communes)),
        off=off,
    )


def _is_survey(name: str) -> bool:
    parts = name.split("/")
    return len(parts) >= 2 and parts[-2] == "surveys" and name.endswith(".toml")


def remedies(parked: PackageRecord, home: Path, words: Translator) -> Iterator[str]:
    """Sentences, none for a package with which all is well. Names in them are as hostile as the server."""
    package = parked.package
    named = {"name": package.name, "version": package.version}
    if parked.trouble is not None:
        yield parked.trouble.said(words)
    if parked.state == "unknown_key":
        mark = signer_fingerprint(package)
        yield words("sync.trust_it", **named, author=package.author or "–", fingerprint=mark)
        yield words("sync.trust_command", who=mark[:9], public=_key_of(package))
    elif parked.state == "failed":
        yield words("sync.try_again", **named)
    elif parked.state in {"bad_signature", "bad_hash", "too_large"}:
        yield words("sync.tell_coordinator", **named)
    elif parked.state == "ready" and parked.trouble is not None:
        yield words("sync.still_ready", **named)
    elif parked.state == "installed" and parked.retracted and is_plugin_installed(home, parked):
        yield words("sync.retracted_installed", **named)


def signer_fingerprint(package: Package) -> str:
    """That of the key that made the signature; ``""`` when there is no key."""
    key = _key_of(package)
    return fingerprint(key) if key else ""


def _key_of(package: Package) -> str:
    """The public key (hex); ``""`` when it is not even written as one."""
    try:
        return base64.b64decode(package.key, validate=True).hex()
    except ValueError:
        return ""
