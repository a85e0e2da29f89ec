"""Files with the sizes and times of the last run are not read again; otherwise their content decides."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from survey_tui.forms import library as library_module
from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.library import Library
from tests.support.questionnaires import Write

from .test_check import toml

BODY = toml("a: {yn}\nb: {text}relevant = \"${a} = '1'\"")
LONG_AGO = (1_600_000_000, 1_600_000_000)


@pytest.fixture
def settled(write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose files have been as they are for a while."""
    root = write(BODY)
    monkeypatch.setattr(library_module, "_SETTLED_NS", -1_000_000_000)
    return root


def test_a_recently_written_file_has_no_signature(write: Write) -> None:
    assert Library([write(BODY)]).signature() == ""


def test_an_unchanged_directory_is_not_read_again(
    settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Catalogue([settled], tmp_path / "cache").form("s")
    monkeypatch.setattr(Library, "fingerprint", lambda _: pytest.fail("the files were read"))
    assert Catalogue([settled], tmp_path / "cache").form("s") == form


def test_a_change_that_keeps_size_and_time_is_seen(settled: Path, tmp_path: Path) -> None:
    path = settled / "modules" / "m.toml"
    os.utime(path, LONG_AGO)
    first = Catalogue([settled], tmp_path / "cache").form("s")
    time.sleep(0.02)  # the system's clock for files has moved on
    path.write_text(path.read_text().replace("${a} = '1'", "${a} = '0'"))
    os.utime(path, LONG_AGO)
    assert Catalogue([settled], tmp_path / "cache").form("s") != first


@pytest.mark.parametrize("change", ["another file", "a file less", "another version"])
def test_what_else_changes_the_signature(settled: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Library([settled]).signature()
    if change == "another file":
        (settled / "modules" / "n.csv").write_text("a")
    elif change == "a file less":
        (settled / "modules" / "m.toml").unlink()
    else:
        monkeypatch.setattr(library_module, "__version__", "99")
    assert before not in ("", Library([settled]).signature())
