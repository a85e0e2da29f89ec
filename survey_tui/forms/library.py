"""Questionnaire directories: their files, bounded reading, and a fingerprint of all of them.

The files are not trusted: only regular files up to a size limit are read.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from survey_tui import __version__
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Source
from survey_tui.vietnamese import nfc

MAX_BYTES = 2 * 1024 * 1024
"""Largest questionnaire file. The national instrument is about 100 KB in all."""

FOLDERS = ("surveys", "modules", "lists")
"""Folders of a questionnaire directory."""


def display_name(path: Path) -> str:
    """``modules/household.toml`` for a file of a questionnaire directory, else the bare name.

    It is part of every item of a form, so it must not depend on where this machine keeps its files.
    """
    return f"{path.parent.name}/{path.name}" if path.parent.name in FOLDERS else path.name


def read_bytes(path: Path, findings: Findings) -> bytes | None:
    """The content of ``path``; ``None`` and a finding when it is no regular file, too large or unreadable."""
    source = Source(display_name(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            findings.error("not_a_file", source, path.name)
            return None
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        findings.error("unreadable", source, path.name, reason=reason)
        return None
    if len(content) > MAX_BYTES:
        findings.error("file_too_large", source, path.name, limit=MAX_BYTES // 1024)
        return None
    return content


def read_text(path: Path, findings: Findings) -> str | None:
    """The text of a UTF-8 file in NFC, without a byte order mark, line ends as ``\\n``."""
    content = read_bytes(path, findings)
    if content is None:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.error(
            "not_utf8", Source(display_name(path), line), path.name, byte=f"0x{content[error.start]:02X}"
        )
        return None
    return nfc(text.replace("\r\n", "\n"))


def text_sha256(text: str) -> str:
    """SHA-256 (hex) of a file's text as :func:`read_text` returns it, independent of its line ends."""
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


MAX_FILES = 1_000
"""Files of one folder that are read, in the order of their names; no campaign has nearly as many."""


_SETTLED_NS = 3_000_000_000  # FAT keeps times to two seconds


ModuleReader: TypeAlias = Callable[[Path, Findings], object]
"""Reads a module file of another format: a :class:`~survey_tui.forms.sources.Module`, or ``None`` when it
cannot."""


class Library:
    """Directories with ``surveys/``, ``modules/`` and ``lists/``; earlier ones take precedence.

    ``readers`` returns the readers of other module files, by suffix; it is called only for a module without a
    ``.toml`` file.
    """

    def __init__(
        self, directories: Sequence[Path], readers: Callable[[], Mapping[str, ModuleReader]] = dict
    ) -> None:
        self.directories = tuple(dict.fromkeys(Path(directory) for directory in directories))
        self.readers = readers

    def files(self, folder: str, directory: Path | None = None, suffix: str = ".toml") -> list[Path]:
        """Files of one folder, of every directory or of one; sorted by name within a directory."""
        found: list[Path] = []
        for each in self.directories if directory is None else (directory,):
            try:
                names = sorted(name for name in os.listdir(each / folder) if name.endswith(suffix))  # noqa: PTH208
            except (OSError, ValueError):
                continue
            found.extend(each / folder / name for name in names[:MAX_FILES] if not name.startswith("."))
        return found

    def module(self, name: str, home: Path) -> Path | None:
        """The file of the module ``name``, in ``home`` (the survey's own directory) or in any other one."""
        for directory in (home, *self.directories):
            path = directory / "modules" / f"{name}.toml"
            if path.name == f"{name}.toml" and path.is_file():
                return path
        if Path(name).name == name:
            for directory in (home, *self.directories):
                path = self.module_file(directory / "modules" / f"{name}.toml")
                if path.is_file():
                    return path
        return None

    def module_file(self, path: Path) -> Path:
        """``path`` (``NAME.toml``), or, if it does not exist, the file of this name that has a reader."""
        if path.is_file():
            return path
        others = (path.with_suffix(suffix) for suffix in self.readers())
        return next((other for other in others if other.is_file()), path)

    def fingerprint(self) -> str:
        """SHA-256 over the program's version and the name and bytes of every file."""
        from hashlib import sha256

        whole = sha256(__version__.encode())
        for path in self._every_file():
            whole.update(f"\n{path}\n".encode("utf-8", "surrogateescape"))
            whole.update(_digest(path))
        return whole.hexdigest()

    def signature(self) -> str:
        """The program's version, and the name, place, size and times of every file; no file is read.

        ``""`` while one of them is so new that another change could leave the same times.
        """
        lines, newest = [__version__], 0
        for path in self._every_file():
            try:
                status = os.stat(path)  # noqa: PTH116  called for every file at every start
            except OSError:
                return ""
            newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
            lines.append(
                f"{path}\t{status.st_dev} {status.st_ino} {status.st_mode} {status.st_size}"
                f" {status.st_mtime_ns} {status.st_ctime_ns}"
            )
        return "\n".join(lines) if newest < time.time_ns() - _SETTLED_NS else ""

    def _every_file(self) -> Iterator[Path]:
        for directory in self.directories:
            for folder in ("surveys", "lists"):
                yield from self.files(folder, directory)
                yield from self.files(folder, directory, ".csv")
            yield from self.files("modules", directory, "")  # a plugin may read files of any suffix


def _digest(path: Path) -> bytes:
    from hashlib import sha256

    try:
        if not path.is_file():
            return b"no file"
        with path.open("rb") as file:
            return sha256(file.read(MAX_BYTES + 1)).digest()
    except OSError:
        return b"unreadable"
