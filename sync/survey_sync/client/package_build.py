"""From a file of the coordinator to a package that devices can install: judged by what will judge it there.

A packed plugin that its author signed goes as it is. One without a signature gets the coordinator's, so that
devices which take signed plugins only take it too. A plugin's folder is packed, and a survey file
(``surveys/NAME.toml``) becomes a package of its own with its modules and lists that lie beside it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from survey_sync.protocol.messages import Content, Message, Package
from survey_tui.errors import FormError, PluginError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from survey_tui.plugins.installation import PluginArchive


_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


class PackageOffer(Struct, frozen=True, kw_only=True):
    """What would be offered. ``title``: language → words. ``foreign``: its author signed it with a key that
    this machine does not trust."""

    content: Content
    name: str
    version: str
    data: bytes
    sha256: str
    title: dict[str, str]
    python: bool
    foreign: bool


def build_package(path: Path, home: Path, key_file: Path, said: Content | None = None) -> PackageOffer:
    """Read and judge ``path`` as a device does with what arrives, and sign it with the private key in
    ``key_file`` if nobody has; ``said``: what it is, when that is not to be guessed.

    Raises ``PluginError`` as ``installation.inspect_archive`` and ``admission.admission_error`` do,
    ``FormError`` and ``UsageError`` for a file that is nothing of the kind.
    """
    from survey_tui.authoring.admission import admission_error
    from survey_tui.plugins.installation import inspect_archive
    from survey_tui.plugins.plugin_state import load_state
    from survey_tui.plugins.signing import public_key

    if not os.path.exists(path):  # noqa: PTH110 (false, too, for a name that is too long)
        raise UsageError("cli_no_path", path=path)
    with TemporaryDirectory(prefix="survey-sync-") as room:
        state = load_state(home)
        archive = _signed(_archive(path, Path(room)), key_file, Path(room))
        parcel = inspect_archive(archive, replace(state, signed_only=False))
        fault = admission_error(parcel, home)
        if fault is not None:
            raise fault
        data = archive.read_bytes()
        ours = public_key(key_file)
    return PackageOffer(
        content=said or _kind(parcel),
        name=parcel.name,
        version=parcel.version,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        title=dict(parcel.manifest.title) if parcel.manifest is not None else {},
        python=parcel.python,
        foreign=not parcel.signer and _key_in(parcel.contents) != ours,
    )


def package_to_replace(items: Iterable[Message | Package], wanted: PackageOffer) -> Package | None:
    """The package of this name that counts now.

    Raises ``UsageError``: ``sync_offer_version`` when it has the same version and other bytes, since nobody
    could tell the two apart; ``sync_offer_kind`` when it was offered as the other kind of content, since both
    would count.
    """
    same = [each for each in items if isinstance(each, Package) and each.name == wanted.name]
    for each in same:
        facts = {"name": each.name, "version": each.version, "seq": each.seq}
        if each.content != wanted.content:
            raise UsageError("sync_offer_kind", content=each.content, **facts)
        if each.version == wanted.version and each.sha256 != wanted.sha256:
            raise UsageError("sync_offer_version", **facts)
    return same[-1] if same else None


def _kind(parcel: PluginArchive) -> Content:
    adds = parcel.python or (parcel.manifest is not None and bool(parcel.manifest.addition))
    return "survey" if not adds and any(name.startswith("surveys/") for name in parcel.contents) else "plugin"


def _archive(path: Path, room: Path) -> Path:
    """The file itself, or one in ``room`` that was made of it."""
    if path.is_file() and path.suffix.lower() != ".toml":
        return path
    from survey_tui.plugins.archives import read_archive, write_zip

    target = room / f"{path.stem}.zip"
    write_zip(read_archive(path) if path.is_dir() else _around(path), target)
    return target


def _signed(archive: Path, key_file: Path, room: Path) -> Path:
    from survey_tui.plugins.archives import write_zip
    from survey_tui.plugins.installation import inspect_archive
    from survey_tui.plugins.plugin_state import PluginState
    from survey_tui.plugins.signing import SIGNATURE, sign_files

    contents = inspect_archive(archive, PluginState()).contents
    if SIGNATURE in contents:
        return archive
    target = room / "signed.zip"
    write_zip({**contents, SIGNATURE: sign_files(contents, key_file)}, target)
    return target


def _key_in(contents: Mapping[str, bytes]) -> str:
    """The key that a plugin says it was signed with; it was checked before."""
    from survey_tui.plugins.signing import SIGNATURE, Signature

    return msgspec.json.decode(contents[SIGNATURE], type=Signature).key


class _Survey(Struct, frozen=True):
    id: str
    version: str
    modules: tuple[str, ...]
    title: dict[str, str] = {}


def _around(path: Path) -> dict[str, bytes]:
    """The contents of a package around one survey file."""
    root = path.resolve().parent.parent
    if path.resolve().parent.name != "surveys" or not path.is_file():
        raise UsageError("sync_offer_no_survey", path=path)
    survey = _read(path)
    if not _NAME.fullmatch(survey.id):
        raise UsageError("sync_offer_survey_id", path=path, id=survey.id[:80])
    found = [path.resolve(), *(root / "modules" / f"{name}.toml" for name in survey.modules)]
    lists = [*(root / "lists").glob("*.toml"), *(root / "lists").glob("*.csv")]
    try:
        contents = {
            f"{each.parent.name}/{each.name}": each.read_bytes()
            for each in (*found, *lists)
            if each.is_file() and not each.is_symlink()
        }
    except OSError as error:
        raise PluginError("plugin_archive_unreadable", entry=str(path)) from error
    return {"plugin.toml": _manifest(survey), **contents}


def _read(path: Path) -> _Survey:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Survey)
    except (OSError, RecursionError, ValueError) as error:
        raise FormError("sync_offer_unreadable", path=str(path), reason=str(error)[:200]) from error


def _manifest(survey: _Survey) -> bytes:
    quoted = {language: msgspec.json.encode(words).decode() for language, words in survey.title.items()}
    title = quoted or {"vi": msgspec.json.encode(survey.id).decode()}
    lines = [
        f"name = {msgspec.json.encode(survey.id).decode()}",
        f"version = {msgspec.json.encode(survey.version).decode()}",
        "requires_api = 1",
        *(f"title.{language} = {words}" for language, words in title.items() if language.isalpha()),
    ]
    return ("\n".join(lines) + "\n").encode()
