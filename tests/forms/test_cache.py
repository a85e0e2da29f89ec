"""The cache is used only when complete and made from the very same files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from survey_tui.errors import ExitCode
from survey_tui.forms.cache import KEPT_FILES, Cache
from survey_tui.forms.catalogue import Catalogue, UnknownSurveyError
from survey_tui.forms.findings import InvalidFormError
from survey_tui.forms.model import Form
from tests.support.questionnaires import SURVEY, Write, brief

from .test_check import toml

BODY = toml("a: {yn}\nb: {text}relevant = \"${a} = '1'\"")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "forms"


def files(cache: Path) -> list[Path]:
    return sorted(cache.glob("form-*.json"))


def test_a_form_comes_back_the_same(write: Write, cache: Path) -> None:
    root = write(BODY)
    first = Catalogue([root], cache).form("s")
    (path,) = files(cache)
    stamp = path.stat().st_mtime_ns
    assert Catalogue([root], cache).form("s") == first == Catalogue([root]).form("s")
    assert path.stat().st_mtime_ns == stamp


DAMAGE = {
    "cut off": lambda content: content[:-100],
    "empty": lambda content: b"",
    "one byte changed": lambda content: content.replace(b'"a"', b'"z"', 1),
    "not JSON": lambda content: b"\x80\x04pickle",
    "deep nesting": lambda content: b"[" * 1_000_000,
    "a directory": None,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_is_made_again(write: Write, cache: Path, damage: object) -> None:
    root = write(BODY)
    good = Catalogue([root], cache).form("s")
    for path in cache.glob("*.json"):
        content = path.read_bytes()
        if callable(damage):
            path.write_bytes(damage(content))
        else:
            path.unlink()
            path.mkdir()
    assert Catalogue([root], cache).form("s") == good
    if callable(damage):
        assert (
            Cache(cache).get("form", files(cache)[0].stem, Form) is None
        )  # another key than the one it was kept under
        assert len(files(cache)) == 1


def test_a_cached_value_of_another_shape_is_ignored(cache: Path) -> None:
    store = Cache(cache)
    store.store("form", "k", {"id": 5})
    assert store.get("form", "k", Form) is None
    assert store.get("form", "k", dict) == {"id": 5}


@pytest.mark.parametrize("change", ["surveys/s.toml", "modules/m.toml", "lists/l.toml", "modules/new.toml"])
def test_any_change_of_a_file_is_seen(write: Write, cache: Path, change: str) -> None:
    root = write(BODY, {"lists/l.toml": "# lists\n"})
    Catalogue([root], cache).form("s")
    path = root / change
    path.write_text(
        (path.read_text() if path.exists() else 'name = "new"\nversion = "1"\n') + "\n# changed\n"
    )
    Catalogue([root], cache).form("s")
    assert len(files(cache)) == 2


def test_another_version_of_the_program_reads_again(
    write: Write, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(BODY)
    Catalogue([root], cache).form("s")
    monkeypatch.setattr("survey_tui.forms.library.__version__", "99")
    Catalogue([root], cache).form("s")
    assert len(files(cache)) == 2


@pytest.mark.parametrize("kind", ["a file in the way", "read-only", "no room"])
def test_without_a_cache_directory_the_form_still_opens(
    write: Write, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(BODY)
    cache = tmp_path / "cache"
    if kind == "a file in the way":
        cache.write_text("")
    elif kind == "read-only":
        cache.mkdir(mode=0o500)
    else:
        monkeypatch.setattr(os, "fdopen", _no_room)
    assert Catalogue([root], cache).form("s").id == "s"
    assert not list(cache.glob("*.tmp"))


def _no_room(handle: int, mode: str) -> object:
    os.close(handle)
    raise OSError(28, "No space left on device")


def test_the_cache_stays_small(cache: Path) -> None:
    store = Cache(cache)
    for number in range(KEPT_FILES + 20):
        store.store("form", f"{number:04}", number)
    assert len(list(cache.iterdir())) == KEPT_FILES


def test_an_invalid_form_is_not_kept(write: Write, cache: Path) -> None:
    root = write(toml("a: {text}relevant = '${b}'"))
    for _ in range(2):
        with pytest.raises(InvalidFormError):
            Catalogue([root], cache).form("s")
    assert files(cache) == []


def test_surveys_are_listed_and_bad_files_left_out(write: Write, cache: Path) -> None:
    survey = SURVEY.format(modules='["m"]')
    root = write(
        BODY,
        {
            "surveys/t.toml": survey.replace('id = "s"', 'id = "t"'),
            "surveys/twice.toml": survey,
            "surveys/broken.toml": "id = ",
            "surveys/.hidden.toml": "id = ",
        },
    )
    for _ in range(2):
        catalogue = Catalogue([root, root, Path("/nowhere")], cache)
        assert [(each.id, each.title["vi"]) for each in catalogue.surveys()] == [
            ("s", "Khảo sát"),
            ("t", "Khảo sát"),
        ]
        assert brief(catalogue.findings()) == ["error bad_toml broken", "error survey_twice s id"]


def test_surveys_with_an_order_come_first(write: Write, cache: Path) -> None:
    survey = SURVEY.format(modules='["m"]')
    others = {
        f"surveys/{name}.toml": f"order = {order}\n" + survey.replace('id = "s"', f'id = "{name}"')
        for name, order in (("a", 2), ("b", 1), ("c", 0))
    }
    assert [each.id for each in Catalogue([write(BODY, others)], cache).surveys()] == ["b", "a", "c", "s"]


def test_an_unknown_survey(write: Write) -> None:
    with pytest.raises(UnknownSurveyError) as caught:
        Catalogue([write(BODY)]).form("x")
    assert caught.value.details == {"survey": "x", "known": "s"}
    assert caught.value.exit_code == ExitCode.NOT_FOUND


def test_a_cached_form_needs_neither_reader_nor_checker(write: Write, cache: Path) -> None:
    root = write(BODY)
    Catalogue([root], cache).form("s")
    program = (
        "import sys; from pathlib import Path\n"
        "from survey_tui.forms.catalogue import Catalogue\n"
        f"Catalogue([Path({str(root)!r})], Path({str(cache)!r})).form('s')\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert "survey_tui.forms.catalogue" in loaded
    unwanted = {
        "tomllib",
        "regex",
        "difflib",
        "asyncio",
        "survey_tui.forms.composition",
        "survey_tui.forms.check",
    }
    assert loaded & unwanted == set()
