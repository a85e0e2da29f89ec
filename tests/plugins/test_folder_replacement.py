"""A plugin's folder is replaced whole or not at all, also when somebody looks at that moment."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from survey_tui.plugins.archives import read_folder
from survey_tui.plugins.discovery import find_plugins
from survey_tui.plugins.folder_replacement import install_folder, remove_folder
from survey_tui.plugins.metadata import FOLDER

FILES = {
    version: {
        "plugin.toml": f'name = "a"\nversion = "{version}"\n'.encode(),
        "modules/a.toml": version.encode() * 9000,
    }
    for version in ("1", "2")
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / FOLDER / "a"


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.parent.iterdir())


def test_put_replaces_and_leaves_nothing_behind(place: Path) -> None:
    install_folder(FILES["1"] | {"old.txt": b"x"}, place)
    install_folder(FILES["2"], place)
    assert read_folder(place) == FILES["2"]
    assert names(place) == ["a"]
    remove_folder(place)
    assert names(place) == []


@pytest.mark.slow
@pytest.mark.parametrize("refused", ["mkdir", "replace", "open", "fsync"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_any_refusal_leaves_the_old_one(
    place: Path, monkeypatch: pytest.MonkeyPatch, refused: str, call: int
) -> None:
    install_folder(FILES["1"], place)
    owner = os if refused == "fsync" else Path
    real = getattr(owner, refused)
    left = [call]

    def fail(*given: object, **more: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*given, **more)

    monkeypatch.setattr(owner, refused, fail)
    try:
        install_folder(FILES["2"], place)
    except OSError:
        expected = "1"
    else:
        expected = "2"
    monkeypatch.undo()
    assert [Path(one.place) for one in find_plugins(place.parents[1], [])] == [place]
    assert read_folder(place) == FILES[expected]
    install_folder(FILES["2"], place)
    assert names(place) == ["a"]


def test_a_kill_between_the_two_renames_is_mended_by_whoever_looks(place: Path) -> None:
    install_folder(FILES["1"], place)
    place.rename(place.with_name(".old.a"))
    half = place.with_name(".new-1")
    half.mkdir()
    (half / "plugin.toml").write_bytes(b"half")
    assert [one.name for one in find_plugins(place.parents[1], [])] == ["a"]
    assert read_folder(place) == FILES["1"]
    install_folder(FILES["2"], place)
    assert names(place) == ["a"]


def test_what_was_removed_does_not_come_back(place: Path) -> None:
    install_folder(FILES["2"], place)
    kept = place.with_name(".old.a")
    kept.mkdir()  # of an installation that was killed at its very end
    (kept / "plugin.toml").write_bytes(b"old")
    remove_folder(place)
    assert find_plugins(place.parents[1], []) == []
    assert names(place) == []


@pytest.mark.slow
def test_while_others_look(place: Path) -> None:
    install_folder(FILES["1"], place)
    over = threading.Event()
    faults: list[str] = []

    def look() -> None:
        while not over.is_set():
            faults.extend(one.name for one in find_plugins(place.parents[1], []) if one.name != "a")

    looking = [threading.Thread(target=look) for _ in range(2)]
    for thread in looking:
        thread.start()
    for _ in range(30):
        for files in FILES.values():
            install_folder(files, place)
    over.set()
    for thread in looking:
        thread.join()
    assert faults == []
    assert read_folder(place) == FILES["2"]
    assert names(place) == ["a"]
