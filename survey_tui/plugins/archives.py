"""Files of a plugin that comes from elsewhere: a zip (a wheel is one) or a folder.

Everything is read into memory and checked before one byte is written: names (no path out of the folder, no
links, nothing that another system would read differently), numbers and sizes, each as declared and as
unpacked.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from survey_tui.errors import PluginError

MAX_ARCHIVE = 20 * 1024 * 1024
MAX_TOTAL = 40 * 1024 * 1024
MAX_FILE = 10 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_NAME = 150  # bytes of a whole path in UTF-8
MAX_RATIO = 200  # unpacked to packed, for files above 64 KiB
_MAX_DEPTH = 8
_IGNORED = frozenset({"__pycache__", ".git", ".DS_Store"})
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))}
)


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of an archive or folder: path (``/`` between parts) → bytes.

    A single folder around everything is removed. Raises ``PluginError`` with ``entry``: code
    ``plugin_archive_`` and one of ``bomb``, ``empty``, ``encoding``, ``encrypted``, ``link``, ``long_name``,
    ``name``, ``no_zip``, ``too_large``, ``too_many``, ``twice``, ``unreadable``.
    """
    contents = read_folder(path) if path.is_dir() else _read_zip(path)
    tops = {name.partition("/")[0] for name in contents}
    if len(tops) == 1 and all("/" in name for name in contents):
        (top,) = tops
        contents = {name[len(top) + 1 :]: content for name, content in contents.items()}
    if not contents:
        raise _refusal(path.name, "empty")
    return contents


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder; raises like :func:`read_archive`. Caches of Python and version control are left
    out."""
    contents: dict[str, bytes] = {}
    names = _Names()
    total = 0
    for path, name in _walk(folder, ""):
        names.check(name)
        try:
            with path.open("rb") as file:
                contents[name] = _read(file, name, MAX_FILE)
        except OSError as error:
            raise _refusal(name, "unreadable") from error
        total += len(contents[name])
        if total > MAX_TOTAL:
            raise _refusal(name, "too_large")
    return contents


def _walk(folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    try:
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        raise _refusal(prefix or folder.name, "unreadable") from error
    for entry in entries:
        if entry.name in _IGNORED:
            continue
        name = prefix + entry.name
        if entry.is_symlink():
            raise _refusal(name, "link")
        if entry.is_dir(follow_symlinks=False):
            if name.count("/") >= _MAX_DEPTH:
                raise _refusal(name, "name")
            yield from _walk(Path(entry.path), f"{name}/")
        elif stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            yield Path(entry.path), name
        else:
            raise _refusal(name, "link")


def _read_zip(path: Path) -> dict[str, bytes]:
    try:
        if path.stat().st_size > MAX_ARCHIVE:
            raise _refusal(path.name, "too_large")
        with zipfile.ZipFile(path) as archive:
            return _unpack(archive, path.name)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise _refusal(path.name, "no_zip") from error


def _unpack(archive: zipfile.ZipFile, shown: str) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _refusal(shown, "too_many")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise _refusal(shown, "too_large")
    names = _Names()
    contents: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        _check_entry(entry)
        name = entry.filename
        names.check(name.removesuffix("/"))
        if name.endswith("/"):
            continue
        with archive.open(entry) as file:
            contents[name] = _read(file, name, min(MAX_FILE, entry.file_size))
        total += len(contents[name])
        if total > MAX_TOTAL:
            raise _refusal(name, "too_large")
    return contents


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    raw = getattr(entry, "orig_filename", name)
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refusal(name, "link")
    if entry.flag_bits & 0x1:
        raise _refusal(name, "encrypted")
    if not entry.flag_bits & 0x800 and not name.isascii():
        raise _refusal(name, "encoding")
    if raw != name:  # zipfile cut it at a NUL or turned a backslash round
        raise _refusal(name, "name")
    if entry.file_size > MAX_FILE:
        raise _refusal(name, "too_large")
    if entry.file_size > 65536 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _refusal(name, "bomb")


def _read(file: IO[bytes], name: str, limit: int) -> bytes:
    content = file.read(limit + 1)
    if len(content) > limit:
        raise _refusal(name, "bomb" if limit < MAX_FILE else "too_large")
    return content


class _Names:
    """Checks names; two that some system takes for one are refused."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def check(self, name: str) -> None:
        parts = name.split("/")
        try:
            size = len(name.encode())
        except UnicodeEncodeError:
            raise _refusal(name, "encoding") from None
        if size > MAX_NAME or len(parts) > _MAX_DEPTH:
            raise _refusal(name, "long_name")
        if unicodedata.normalize("NFC", name) != name or any(map(_is_bad_name, parts)):
            raise _refusal(name, "name")
        folded = name.casefold()
        if folded in self._seen:
            raise _refusal(name, "twice")
        self._seen.add(folded)


def _is_bad_name(part: str) -> bool:
    """Whether a part of a path is empty, ``..``, a drive, a device of Windows, or invisible."""
    return (
        part in ("", ".", "..")
        or bool(_FORBIDDEN.search(part))
        or part[-1] in ". "
        or part.partition(".")[0].casefold() in _DEVICES
        or any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in part)
    )


def write_folder(contents: Mapping[str, bytes], folder: Path) -> None:
    """Write checked contents into a new folder."""
    for name, content in contents.items():
        target = folder.joinpath(*name.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)


def write_zip(contents: Mapping[str, bytes], path: Path) -> None:
    """Write a zip whose bytes depend on its contents only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, content)


def _refusal(entry: str, reason: str) -> PluginError:
    return PluginError(f"plugin_archive_{reason}", entry=entry[:200])
