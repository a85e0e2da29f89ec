"""The questionnaire files in a set of directories, and a hash that changes with any of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from survey_tui import __version__
from survey_tui.forms.reading import FOLDERS, MAX_BYTES

__all__ = ["MAX_FILES", "Library"]

MAX_FILES = 1_000
"""Files looked at in one folder, by name; far more than any campaign has."""


class Library:
    """Directories with ``surveys/``, ``modules/`` and ``lists/``, the first one found wins."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(dict.fromkeys(Path(directory) for directory in directories))

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
        """The file of the module ``name``: in ``home`` (the survey's own directory) or in any other one."""
        for directory in (home, *self.directories):
            path = directory / "modules" / f"{name}.toml"
            if path.name == f"{name}.toml" and path.is_file():
                return path
        return None

    def fingerprint(self) -> str:
        """SHA-256 over the program's version and the name and bytes of every file."""
        whole = hashlib.sha256(__version__.encode())
        for directory in self.directories:
            for folder in FOLDERS:
                for path in (*self.files(folder, directory), *self.files(folder, directory, ".csv")):
                    whole.update(f"\n{path}\n".encode("utf-8", "surrogateescape"))
                    whole.update(_digest(path))
        return whole.hexdigest()


def _digest(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b"no file"
        with path.open("rb") as file:
            return hashlib.sha256(file.read(MAX_BYTES + 1)).digest()
    except OSError:
        return b"unreadable"
