"""Plugins and their way: a signed archive to a device, and a plugin's destination for responses."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from survey_sync.client.inbox import Inbox

from survey_tui.errors import ExitCode
from survey_tui.plugins.archives import write_zip
from tests.support.devices import Home, Run, Server
from tests.sync.client.office import described, put

SHARE = """
from pathlib import Path
from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import SyncDestination

def deliver(responses, settings):
    share = Path(settings["folder"])
    arrived = []
    for key, frozen in list(responses.items())[:3]:
        (share / key).write_bytes(frozen)
        arrived.append(key)
    return [*arrived, "never-sent"]

@hookimpl
def sync_destinations():
    return [SyncDestination(name="share", title={"vi": "Thư mục", "en": "Folder"}, deliver=deliver)]
"""


def test_a_signed_plugin_comes_with_the_next_push(server: Server, run: Run, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    key, archive = desk / "office.key", desk / "signed.zip"
    run("survey-tui", "plugins", "new", "hau_giang", "--province", "Cần Thơ", "--into", str(desk), at=desk)
    run("survey-tui", "plugins", "pack", str(desk / "hau_giang"), str(desk), at=desk)
    public = run("survey-tui", "plugins", "keys", "new", str(key), at=desk).stdout.strip()
    (packed,) = desk.glob("*.zip")
    signing = ("--key", str(key), "--output", str(archive))
    run("survey-tui", "plugins", "sign", str(packed), *signing, at=desk)

    office = server.device(tmp_path / "office", role="coordinator")
    secret = Ed25519PrivateKey.generate()  # announcements may have a key of their own
    for name, content in (
        ("hau_giang", archive.read_bytes()),
        ("without_signature", packed.read_bytes()),
        ("tampered", _tampered(archive, desk / "tampered.zip")),
        ("rubbish", b"no archive at all"),
    ):
        put(office, described(content, secret, name, "1"), content)

    home = server.device(tmp_path / "home").path
    run("survey-sync", "trust", "office", secret.public_key().public_bytes_raw().hex(), at=home)
    run("survey-tui", "plugins", "keys", "trust", "authors", public, at=home)
    run("survey-tui", "plugins", "keys", "require", "on", at=home)
    run("survey-sync", "push", at=home)
    assert (
        "hau_giang" not in run("survey-tui", "plugins", "list", at=home).stdout
    )  # not before it is asked for
    done = run("survey-sync", "install", "--json", at=home, status=ExitCode.UNTRUSTED)
    states = {each["name"]: each["state"] for each in json.loads(done.stdout)}
    others = dict.fromkeys(("without_signature", "tampered", "rubbish"), "failed")
    assert states == {"hau_giang": "installed", **others}
    for name, why in (
        ("without_signature", "no signature"),
        ("tampered", "signature"),
        ("rubbish", "not a zip file"),
    ):
        assert why in done.stderr, name
    assert "hau_giang" in run("survey-tui", "plugins", "list", at=home).stdout
    assert [path.name for path in (home / "plugins").iterdir() if path.is_dir()] == ["hau_giang"]
    assert len(Inbox(Home(home).folder).packages) == 4


@pytest.mark.slow
def test_push_to_a_plugins_destination(home: Home, run: Run, tmp_path: Path) -> None:
    home.fill(7)
    wheel, share = tmp_path / "share-1.0-py3-none-any.whl", tmp_path / "share"
    info = "share-1.0.dist-info"
    contents = {
        "put_share/__init__.py": SHARE.encode(),
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: share\nVersion: 1.0\n",
        f"{info}/entry_points.txt": b"[survey_tui]\nshare = put_share\n",
    }
    write_zip(contents, wheel)
    share.mkdir()
    run("survey-tui", "plugins", "install", "--yes", str(wheel), at=home.path)
    to = ("push", "--to", "share", "--set", f"folder={share}", "--json")
    first = json.loads(run("survey-sync", *to, at=home.path).stdout)
    assert (first["arrived"], first["waiting"]) == (7, 0)
    assert {path.name: path.read_bytes() for path in share.iterdir()} == home.bytes_of()
    assert json.loads(run("survey-sync", *to, at=home.path).stdout)["total"] == 0  # it has them
    assert set(home.statuses().values()) == {"sent"}  # the collection server has not
    gone = ("push", "--to", "share", "--set", f"folder={tmp_path / 'none'}", "--patience", "0")
    home.fill(1)
    run("survey-sync", *gone, at=home.path, status=ExitCode.WAITING)


def _tampered(archive: Path, target: Path) -> bytes:
    """The archive with one of its files changed after it was signed."""
    with ZipFile(archive) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    changed = next(name for name in contents if name.startswith("modules/"))
    write_zip({**contents, changed: contents[changed] + b"# one line more\n"}, target)
    return target.read_bytes()
