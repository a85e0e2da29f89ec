"""Installation of fetched packages, for ``survey-sync install`` and the Sync screen; between interviews only.

A package is read and checked as a whole before anything is written; one that cannot be used never replaces
one that works. A disk that fails, or a store in use, leaves it ``ready``; a fault that another attempt would
not change makes it ``failed``. Either way the error is stored, and :func:`remedies` explains it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from survey_sync.client.device_keys import fingerprint
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_state import FINAL_STATES, PackageRecord, StoredError, stored_error
from survey_sync.protocol.messages import Package
from survey_tui.errors import PlaceError, PluginError, StoreError, SurveyError
from survey_tui.locale import Translator
from survey_tui.plugins.archives import read_folder
from survey_tui.plugins.discovery import area_communes, find_plugins, resolve_manifests
from survey_tui.plugins.installation import PluginArchive, inspect_archive, write_error
from survey_tui.plugins.installation import install_archive as install_plugin
from survey_tui.plugins.inventory import province_names
from survey_tui.plugins.metadata import FOLDER
from survey_tui.plugins.plugin_state import change_state, load_state, set_off

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
    """Effects of installing a package.

    ``before``: the installed version, ``""`` for none. ``surveys``: ids of its own surveys. ``adds_to``:
    surveys to which it adds questions (``None``: to all) in ``communes`` (codes), which are in ``provinces``
    (names). ``is_off``: it is switched off, and will be on.
    """

    package: Package
    archive: PluginArchive
    before: str = ""
    surveys: tuple[str, ...] = ()
    adds_to: tuple[str, ...] | None = ()
    communes: frozenset[str] = frozenset()
    provinces: tuple[str, ...] = ()
    is_off: bool = False

    def changes_interview(self, form_id: str, commune: str) -> bool:
        """Whether it changes interviews of this survey in this commune."""
        if form_id in self.surveys:
            return True
        return (self.adds_to is None or form_id in self.adds_to) and commune in self.communes


class InstallResult(Struct, frozen=True):
    """Result of installing a package: the error, or ``None`` if it is installed."""

    package: Package
    error: SurveyError | None = None

    @property
    def can_retry(self) -> bool:
        """Whether another attempt may succeed with the same package."""
        return self.error is not None and _is_temporary(self.error)


def ready_changes(inbox: Inbox) -> list[PackageChange]:
    """Effects of the packages that are ready, oldest first. A faulty package gets its state; one that is in
    the home already becomes ``installed``. Raises ``StoreError`` when the inbox cannot be written."""
    inbox.refresh()
    changes = []
    for record in inbox.packages_in_state("ready"):
        try:
            if not _is_intact(inbox, record.package):  # the next push downloads it again
                lost = StoredError("sync_download_damaged", {"name": record.package.name})
                inbox.set_state(record.package, "wanted", lost)
                continue
            change = _read_change(inbox, record.package)
        except (PlaceError, PluginError, StoreError) as error:
            _store_error(inbox, record.package, error)
            continue
        if change is None:
            inbox.mark_installed(record.package)
        else:
            changes.append(change)
    inbox.delete_unused_downloads()
    return changes


def install(inbox: Inbox, change: PackageChange) -> InstallResult:
    """Install a plugin in place of an older version, and switch it on."""
    home, name = inbox.sync_home.home, change.archive.name
    try:
        install_plugin(change.archive, home, find_plugins(home))
    except PluginError as error:
        with suppress(StoreError):  # the error is returned all the same
            _store_error(inbox, change.package, error)
        return InstallResult(change.package, error)
    switch_error = None
    try:
        change_state(home, lambda state: set_off(state, name, None))
    except PluginError as error:  # installed, but perhaps still off
        switch_error = error
    with suppress(StoreError):  # the next time finds that it is installed
        inbox.mark_installed(change.package)
        if switch_error is not None:
            inbox.set_state(change.package, "installed", stored_error(switch_error))
    inbox.delete_unused_downloads()
    return InstallResult(change.package, switch_error)


def install_ready(
    inbox: Inbox,
    changes: Iterable[PackageChange],
    on_begin: Callable[[PackageChange], None] = lambda _change: None,
) -> list[InstallResult]:
    """Install packages one after the other; ``on_begin`` is called before each."""
    done = []
    for change in changes:
        on_begin(change)
        done.append(install(inbox, change))
    return done


def request_failed_packages(inbox: Inbox) -> None:
    """Download faulty packages again, and installed ones that are missing in the home."""
    home = inbox.sync_home.home
    inbox.request_again(
        lambda each: (
            each.state in FINAL_STATES
            or (each.state == "installed" and not each.retracted and not is_plugin_installed(home, each))
        )
    )


def is_plugin_installed(home: Path, record: PackageRecord) -> bool:
    """Whether the home has a plugin of this name."""
    return (home / FOLDER / record.package.name).exists()


def _store_error(inbox: Inbox, package: Package, error: SurveyError) -> None:
    inbox.set_state(package, "ready" if _is_temporary(error) else "failed", stored_error(error))


def _is_temporary(error: SurveyError) -> bool:
    return isinstance(error, StoreError) or error.code in _TEMPORARY


def _read_change(inbox: Inbox, package: Package) -> PackageChange | None:
    """Effects of a package; ``None`` when the home has it already."""
    from survey_tui.authoring.admission import admission_error

    path, home = inbox.download_path(package), inbox.sync_home.home
    state = load_state(home)
    archive = inspect_archive(path, state)
    if archive.name != package.name:
        raise PluginError("plugin_package_name", plugin=package.name, said=archive.name)
    if archive.needs:
        raise PluginError("plugin_needs", plugin=archive.name, names=", ".join(archive.needs))
    if _is_in_home(archive, home):
        return None
    try:
        fault = admission_error(archive, home)
    except OSError as error:
        raise write_error(archive.name, path, error) from error
    if fault is not None:
        raise fault
    return _describe_change(package, archive, home, is_off=archive.name in state.off)


def _is_intact(inbox: Inbox, package: Package) -> bool:
    """Whether the download still has the announced SHA-256."""
    path = inbox.download_path(package)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == package.sha256
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError("sync_download_unreadable", path=str(path), reason=error.strerror or "") from error


def _is_in_home(archive: PluginArchive, home: Path) -> bool:
    directory = home / FOLDER / archive.name
    try:
        return directory.is_dir() and read_folder(directory) == archive.contents
    except PluginError:
        return False


def _describe_change(package: Package, archive: PluginArchive, home: Path, *, is_off: bool) -> PackageChange:
    manifest = archive.manifest
    additions = manifest.addition if manifest is not None else ()
    areas = [each.area or manifest.area for each in additions] if manifest is not None else []
    communes = frozenset[str]().union(*map(area_communes, areas))
    named = [each.surveys for each in additions]
    found = [one for one in find_plugins(home) if one.name == archive.name]
    known = resolve_manifests(found, None).get(archive.name)
    before = "" if isinstance(known, PluginError) or known is None else known.manifest.version
    return PackageChange(
        package=package,
        archive=archive,
        before=before or next((one.version or "?" for one in found), ""),
        surveys=tuple(sorted(Path(name).stem for name in archive.contents if _is_survey(name))),
        adds_to=None if not all(named) else tuple(sorted({name for names in named for name in names})),
        communes=communes,
        provinces=tuple(province_names(communes)),
        is_off=is_off,
    )


def _is_survey(name: str) -> bool:
    parts = name.split("/")
    return len(parts) >= 2 and parts[-2] == "surveys" and name.endswith(".toml")


def remedies(record: PackageRecord, home: Path, words: Translator) -> Iterator[str]:
    """Sentences for a person: the error of a package, and what to do. None for a package without a fault.

    Names in them come from the server: clean them before display.
    """
    package = record.package
    named = {"name": package.name, "version": package.version}
    if record.error is not None:
        yield record.error.message(words)
    if record.state == "unknown_key":
        mark = signer_fingerprint(package)
        yield words("sync.trust_it", **named, author=package.author or "–", fingerprint=mark)
        yield words("sync.trust_command", who=mark[:9], public=_key_of(package))
    elif record.state == "failed":
        yield words("sync.try_again", **named)
    elif record.state in {"bad_signature", "bad_hash", "too_large"}:
        yield words("sync.tell_coordinator", **named)
    elif record.state == "ready" and record.error is not None:
        yield words("sync.still_ready", **named)
    elif record.state == "installed" and record.retracted and is_plugin_installed(home, record):
        yield words("sync.retracted_installed", **named)


def signer_fingerprint(package: Package) -> str:
    """Fingerprint of the key that made the signature; ``""`` without a key."""
    key = _key_of(package)
    return fingerprint(key) if key else ""


def _key_of(package: Package) -> str:
    """The public key (hex); ``""`` when it is malformed."""
    try:
        return base64.b64decode(package.key, validate=True).hex()
    except ValueError:
        return ""
