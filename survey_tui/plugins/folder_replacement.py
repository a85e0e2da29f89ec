"""Replacement of a plugin's folder in the home: at each step the old or the new folder is whole.

Sibling folders of ``<name>``, for a moment or until the next start after a kill:

* ``.new-<pid>``: is being written and not used
* ``.old.<name>``: the replaced folder, whole; it is the plugin as long as ``<name>`` is missing
* ``.gone-<pid>-<n>``: is being deleted

:func:`recover` cleans up after a kill; discovery calls it when it sees such a folder. Every file is synced
before its folder is renamed, so that a power cut does no more harm than a kill.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

from survey_tui.files import sync_directory
from survey_tui.plugins.archives import write_folder

_NEW, _OLD, _GONE = ".new-", ".old.", ".gone-"
_ATTEMPTS = 5


def install_folder(contents: Mapping[str, bytes], target: Path) -> None:
    """Replace the contents of ``target``; an ``OSError`` leaves what was there before."""
    root = target.parent
    root.mkdir(parents=True, exist_ok=True)
    recover(root)
    _remove_unfinished(root)
    draft = root / f"{_NEW}{os.getpid()}"
    try:
        draft.mkdir()
        write_folder(contents, draft)
        _sync_files(draft)
        _exchange(draft, target)
    except OSError:
        _move_to_trash(draft)
        raise
    sync_directory(root)
    _move_to_trash(_replaced_path(target))


def remove_folder(target: Path) -> None:
    """Remove ``target``; ``OSError`` if it stays."""
    if target.is_symlink():
        target.unlink()
        return
    _move_to_trash(_replaced_path(target))  # or it would come back
    gone = _trash_path(target.parent)
    target.replace(gone)
    sync_directory(target.parent)
    _delete(gone)


def recover(root: Path) -> list[str]:
    """Finish what a killed program left half done, and return the names of folders that were restored.

    A replaced folder without a successor is restored, the others are deleted.
    """
    names = []
    for kept in sorted(root.glob(f"{_OLD}*")):
        target = root / kept.name.removeprefix(_OLD)
        if os.path.lexists(target):
            _move_to_trash(kept)
            continue
        with suppress(OSError):  # a read-only home, or another program was faster
            kept.replace(target)
            names.append(target.name)
    for gone in list(root.glob(f"{_GONE}*")):
        _delete(gone)
    return names


def _sync_files(draft: Path) -> None:
    """Sync every file and folder below ``draft``."""
    for folder, _, files in os.walk(draft, topdown=False):
        for name in files:
            with Path(folder, name).open("r+b") as file:
                os.fsync(file.fileno())
        sync_directory(Path(folder))


def _exchange(draft: Path, target: Path) -> None:
    """Swap ``draft`` for ``target``; in between the plugin is at ``.old.<name>``.

    A program that starts in between restores it: then try again.
    """
    kept = _replaced_path(target)
    for attempt in range(_ATTEMPTS):
        if os.path.lexists(target):
            _move_to_trash(kept)
            target.replace(kept)
        try:
            draft.replace(target)
        except OSError:
            if not os.path.lexists(target) and os.path.lexists(kept):
                kept.replace(target)
                raise
            if attempt == _ATTEMPTS - 1 or not draft.exists():
                raise
        else:
            return


def _replaced_path(target: Path) -> Path:
    return target.with_name(f"{_OLD}{target.name}")


def _remove_unfinished(root: Path) -> None:
    """Remove what killed programs were writing; a program that writes right now fails and says so."""
    for path in list(root.glob(f"{_NEW}*")):
        _move_to_trash(path)


def _move_to_trash(folder: Path) -> None:
    """Rename the folder, so that no part of it is ever seen, then delete it."""
    if not os.path.lexists(folder):
        return
    if folder.is_symlink():
        folder.unlink()
        return
    gone = _trash_path(folder.parent)
    with suppress(OSError):
        folder.replace(gone)
        _delete(gone)


def _trash_path(root: Path) -> Path:
    names = (root / f"{_GONE}{os.getpid()}-{number}" for number in count(1))
    return next(path for path in names if not os.path.lexists(path))


def _delete(folder: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(folder)
