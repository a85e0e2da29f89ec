"""Archives from elsewhere: what is refused, and that nothing is written before all is judged."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import PluginError
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.plugins.archives import MAX_ENTRIES, MAX_FILE, read_archive, read_folder, write_zip
from survey_tui.plugins.installation import inspect_archive, install_archive, remove_plugin
from survey_tui.plugins.plugin_state import PluginState
from tests.support.plugins import CA_MAU, MANIFEST, MODULE, Write, load

GOOD = {
    "plugin.toml": MANIFEST.format(name="part", commune=CA_MAU).encode(),
    "modules/part.toml": MODULE.format(name="part").encode(),
}


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("modules/link.toml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


def device(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("modules/null.toml")
    entry.external_attr = (stat.S_IFCHR | 0o666) << 16
    archive.writestr(entry, "")


def named(name: str) -> Callable[[zipfile.ZipFile], None]:
    return lambda archive: archive.writestr(name, "x")


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("modules/bomb.toml", b"\0" * (MAX_FILE - 1), zipfile.ZIP_DEFLATED)


def large(archive: zipfile.ZipFile) -> None:
    archive.writestr("modules/large.toml", b"\0" * (MAX_FILE + 1), zipfile.ZIP_DEFLATED)


def many(archive: zipfile.ZipFile) -> None:
    for number in range(MAX_ENTRIES + 1):
        archive.writestr(f"modules/m{number}.toml", "")


def twice(archive: zipfile.ZipFile) -> None:
    archive.writestr("modules/Part.toml", "")


BAD: dict[str, tuple[Callable[[zipfile.ZipFile], None], str]] = {
    "upwards": (named("../../outside.toml"), "name"),
    "absolute": (named("/etc/cron.d/x.toml"), "name"),
    "drive": (named("C:/x.toml"), "name"),
    "backslash": (named("..\\..\\x.toml"), "name"),
    "dots": (named("modules/./x.toml"), "name"),
    "reserved": (named("modules/con.toml"), "name"),
    "escape": (named("modules/\x1b[2J.toml"), "name"),
    "turned": (named("modules/\u202etxt.toml"), "name"),
    "decomposed": (named("modules/e\u0301.toml"), "name"),
    "trailing": (named("modules/x.toml."), "name"),
    "long": (named(f"modules/{'x' * 200}.toml"), "long_name"),
    "deep": (named("a/" * 20 + "x.toml"), "long_name"),
    "link": (link, "link"),
    "device": (device, "link"),
    "bomb": (bomb, "bomb"),
    "large": (large, "too_large"),
    "many": (many, "too_many"),
    "twice": (twice, "twice"),
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "part.zip"
    write_zip(GOOD, path)
    return path


def refused(path: Path, code: str) -> None:
    with pytest.raises(PluginError) as caught:
        inspect_archive(path, PluginState())
    assert caught.value.code == code
    for language in LANGUAGES:
        assert Translator(language).error(caught.value)


@pytest.mark.parametrize("name", BAD)
def test_an_archive_that_is_not_safe(archive: Path, home: Path, name: str) -> None:
    change, reason = BAD[name]
    with zipfile.ZipFile(archive, "a") as opened:
        change(opened)
    refused(archive, f"plugin_archive_{reason}")
    assert list((home / "plugins").iterdir()) == []


def test_names_must_be_utf8(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("modules/xx.toml", "")
    archive.write_bytes(archive.read_bytes().replace(b"modules/xx.toml", b"modules/\x82\x82.toml"))
    refused(archive, "plugin_archive_encoding")


def test_sizes_that_lie(archive: Path) -> None:
    """The directory says 10 bytes, the data unpack to far more: no more than 10 are ever read."""
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("modules/liar.toml", b"\0" * 500_000, zipfile.ZIP_DEFLATED)
    content = archive.read_bytes()
    archive.write_bytes(content.replace(struct.pack("<I", 500_000), struct.pack("<I", 10)))
    refused(archive, "plugin_archive_no_zip")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" + b"\0" * 100, b"\x1f\x8b" + b"\0" * 50])
def test_what_is_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    refused(path, "plugin_archive_no_zip")


def test_every_cut_of_an_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    content = archive.read_bytes()
    for length in range(0, len(content) - 1, 37):
        path = tmp_path / "cut.zip"
        path.write_bytes(content[:length])
        with pytest.raises(PluginError):
            inspect_archive(path, PluginState())


def test_a_folder_with_a_link_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "part"
    folder.mkdir()
    (folder / "plugin.toml").write_bytes(GOOD["plugin.toml"])
    (folder / "modules").symlink_to("/etc")
    refused(folder, "plugin_archive_link")


def test_a_declarative_plugin_brings_no_code(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("modules/part.py", "print()")
    refused(archive, "plugin_foreign_file")


def test_an_archive_without_a_plugin(tmp_path: Path) -> None:
    write_zip({"readme.txt": b"x"}, tmp_path / "x.zip")
    refused(tmp_path / "x.zip", "plugin_no_plugin")


def test_installing_twice_replaces_and_removing_leaves_nothing(archive: Path, home: Path) -> None:
    for version in (b"1.0", b"2.0"):
        contents = {
            **GOOD,
            "plugin.toml": GOOD["plugin.toml"].replace(b'version = "1.0"', b'version = "%s"' % version),
        }
        if version == b"2.0":
            contents["lists/extra.toml"] = b""
        write_zip({f"part/{name}": content for name, content in contents.items()}, archive)
        folder = install_archive(inspect_archive(archive, PluginState()), home, load(home).found)
        assert read_folder(folder) == contents
    (one,) = [each for each in load(home).found if each.name == "part"]
    remove_plugin(one, home)
    assert list((home / "plugins").iterdir()) == []


def test_a_name_that_something_else_has_is_not_taken(tmp_path: Path, home: Path) -> None:
    contents = {"plugin.toml": MANIFEST.format(name="national", commune=CA_MAU).encode()}
    contents["modules/national.toml"] = b""
    write_zip(contents, tmp_path / "national.zip")
    with pytest.raises(PluginError) as caught:
        install_archive(inspect_archive(tmp_path / "national.zip", PluginState()), home, load(home).found)
    assert caught.value.code == "plugin_exists_elsewhere"


def test_a_folder_is_read_like_an_archive(declare: Write, archive: Path) -> None:
    assert read_archive(declare("part")) == read_archive(archive) == GOOD
