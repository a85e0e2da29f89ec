"""Packages made of a coordinator's files, and checked as a device will check them.

A packed plugin with its author's signature is used unchanged. One without gets the coordinator's, for devices
that accept signed plugins only. A plugin's folder is packed; a survey file (``surveys/NAME.toml``) becomes a
package with its modules and lists.
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
from survey_tui.plugins.archives import read_archive, write_zip
from survey_tui.plugins.installation import PluginArchive, inspect_archive
from survey_tui.plugins.plugin_state import PluginState, load_state
from survey_tui.plugins.signing import SIGNATURE, Signature, public_key, sign_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


class PackageOffer(Struct, frozen=True, kw_only=True):
    """A package that can be offered. ``title``: text by language. ``has_unknown_signer``: its author's key is
    not trusted on this device."""

    content: Content
    name: str
    version: str
    data: bytes
    sha256: str
    title: dict[str, str]
    has_python: bool
    has_unknown_signer: bool


def build_package(path: Path, home: Path, key_file: Path, content: Content | None = None) -> PackageOffer:
    """Read and check ``path`` as a device does, and sign it with the private key in ``key_file`` if it has no
    signature. ``content``: its kind, which is detected without it.

    Raises ``PluginError`` as ``installation.inspect_archive`` and ``admission.admission_error`` do,
    ``FormError`` and ``UsageError`` for a file that is nothing of the kind.
    """
    from survey_tui.authoring.admission import admission_error

    if not os.path.exists(path):  # noqa: PTH110 (false, too, for a name that is too long)
        raise UsageError("cli_no_path", path=path)
    with TemporaryDirectory(prefix="survey-sync-") as temporary:
        state = load_state(home)
        archive_path = _sign_unsigned(_pack(path, Path(temporary)), key_file, Path(temporary))
        archive = inspect_archive(archive_path, replace(state, signed_only=False))
        fault = admission_error(archive, home)
        if fault is not None:
            raise fault
        data = archive_path.read_bytes()
        ours = public_key(key_file)
    return PackageOffer(
        content=content or _detect_content(archive),
        name=archive.name,
        version=archive.version,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        title=dict(archive.manifest.title) if archive.manifest is not None else {},
        has_python=archive.python,
        has_unknown_signer=not archive.signer and _signer_key(archive.contents) != ours,
    )


def package_to_replace(items: Iterable[Message | Package], wanted: PackageOffer) -> Package | None:
    """The package of this name that is current, and that ``wanted`` would replace.

    Raises ``UsageError``: ``sync_offer_version`` for the same version with other bytes, which nothing would
    distinguish; ``sync_offer_kind`` for another kind of content, since both would be current.
    """
    same = [each for each in items if isinstance(each, Package) and each.name == wanted.name]
    for each in same:
        fields = {"name": each.name, "version": each.version, "seq": each.seq}
        if each.content != wanted.content:
            raise UsageError("sync_offer_kind", content=each.content, **fields)
        if each.version == wanted.version and each.sha256 != wanted.sha256:
            raise UsageError("sync_offer_version", **fields)
    return same[-1] if same else None


def _detect_content(archive: PluginArchive) -> Content:
    adds = archive.python or (archive.manifest is not None and bool(archive.manifest.addition))
    return (
        "survey" if not adds and any(name.startswith("surveys/") for name in archive.contents) else "plugin"
    )


def _pack(path: Path, directory: Path) -> Path:
    """The file itself, or a package made of it in ``directory``."""
    if path.is_file() and path.suffix.lower() != ".toml":
        return path
    target = directory / f"{path.stem}.zip"
    write_zip(read_archive(path) if path.is_dir() else _pack_survey(path), target)
    return target


def _sign_unsigned(archive_path: Path, key_file: Path, directory: Path) -> Path:
    contents = inspect_archive(archive_path, PluginState()).contents
    if SIGNATURE in contents:
        return archive_path
    target = directory / "signed.zip"
    write_zip({**contents, SIGNATURE: sign_files(contents, key_file)}, target)
    return target


def _signer_key(contents: Mapping[str, bytes]) -> str:
    """The key of a plugin's signature, which was checked before."""
    return msgspec.json.decode(contents[SIGNATURE], type=Signature).key


class _Survey(Struct, frozen=True):
    id: str
    version: str
    modules: tuple[str, ...]
    title: dict[str, str] = {}


def _pack_survey(path: Path) -> dict[str, bytes]:
    """Contents of a package for one survey file."""
    root = path.resolve().parent.parent
    if path.resolve().parent.name != "surveys" or not path.is_file():
        raise UsageError("sync_offer_no_survey", path=path)
    survey = _read_survey(path)
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


def _read_survey(path: Path) -> _Survey:
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
