"""survey-sync as a person and as cron run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from survey_sync.cli import root
from survey_sync.client.device_keys import trusted_keys

from survey_tui.application.settings import load_settings
from survey_tui.errors import ExitCode
from survey_tui.locale import LANGUAGES, Translator
from tests.support.devices import AT, Home, Run, Server, run_program
from tests.sync.client.bundles import attach, seal

ROOT = Path(__file__).parents[3]


@pytest.fixture
def sync(home: Home) -> Run:
    """``survey-sync``, whatever it ends with."""

    def run(*arguments: str, at: Home = home, language: str = "en") -> subprocess.CompletedProcess[str]:
        return run_program("survey-sync", *arguments, at=at.path, status=None, language=language)

    return run


def test_the_way_of_a_device(server: Server, home: Home, sync: Run) -> None:
    home.fill(12)
    assert sync("push").returncode == ExitCode.NOT_ENROLLED
    assert sync("status").returncode == ExitCode.WAITING
    assert sync("enrol", server.url, "AAAAA-AAAAA").returncode == ExitCode.NOT_ENROLLED
    assert sync("enrol", "http://example.vn", "AAAAA-AAAAA").returncode == ExitCode.USAGE
    enrolled = sync("enrol", server.url, server.code(), "--json")
    assert json.loads(enrolled.stdout)["surveyor"] == "anh"
    assert json.loads(sync("push", "--dry-run", "--json").stdout)["responses"] == 12
    pushed = sync("push", "--json")
    assert pushed.returncode == ExitCode.OK
    assert json.loads(pushed.stdout)["arrived"] == 12
    assert "No responses are pending" in sync("push").stdout
    assert sync("status").returncode == ExitCode.OK
    assert json.loads(sync("log", "--json").stdout)[0]["event"] == "push"


def test_the_status_counts_attachments_that_wait(server: Server, tmp_path: Path, sync: Run) -> None:
    home = server.device(tmp_path / "a", 1)
    home.push()
    (rid,) = home.statuses()
    attach(home, rid, "anh.jpg", b"picture")
    told = sync("status", "--json", at=home)
    assert (json.loads(told.stdout)["attachments"], told.returncode) == (1, ExitCode.WAITING)
    assert "Pending attachments: 1" in sync("status", at=home).stdout
    home.push()
    assert sync("status", at=home).returncode == ExitCode.OK


@pytest.mark.slow
def test_a_destination_that_does_not_exist(home: Home, sync: Run) -> None:
    assert sync("push", "--to", "nowhere").returncode == ExitCode.USAGE


def test_a_device_trusts_the_office_from_its_first_command(
    server: Server, home: Home, sync: Run, tmp_path: Path
) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    issued = sync(
        *("enrol-code", "--database", server.database, "--url", server.url, "--surveyor", "CM001"),
        *("--with-key", "--json"),
        at=office,
    )
    command = json.loads(issued.stdout)["command"].split()[1:]
    broken = [*command[:-1], command[-1][:-1]]
    assert sync(*broken).returncode == ExitCode.USAGE  # and the code is not used up
    assert sync(*command).returncode == ExitCode.OK
    public = json.loads(sync("key", "--json", at=office).stdout)["key"]
    assert list(trusted_keys(home.folder).values()) == [public]
    assert load_settings(home.path).surveyor == "CM001"  # not to be typed again at the first door


def test_two_homes_and_one_usb_drive(server: Server, home: Home, sync: Run, tmp_path: Path) -> None:
    home.fill(4)
    office = server.device(tmp_path / "office", role="coordinator")
    drive = tmp_path / "usb"
    drive.mkdir()
    assert sync("bundle", "--to", str(drive)).returncode == ExitCode.OK
    got = json.loads(sync("receive", str(drive), "--json", at=office).stdout)
    assert [(each["stored"], each["conflict"]) for each in got] == [(4, 0)]
    assert sync("push", at=office).returncode == ExitCode.OK
    assert sync("bundle", "--to", str(drive)).returncode == ExitCode.UNTRUSTED
    key = sync("key", at=office).stdout.strip()
    assert sync("trust", "office", key[:-1]).returncode == ExitCode.USAGE
    assert sync("trust", "office", key).returncode == ExitCode.OK
    taken = json.loads(sync("bundle", "--to", str(drive), "--json").stdout)
    assert (taken["received"], taken["responses"]) == (4, 0)
    assert sync("status").returncode == ExitCode.OK


def test_a_usb_drive_with_everything_on_it(server: Server, home: Home, sync: Run, tmp_path: Path) -> None:
    """A sealed response, a photograph, a withdrawal: told to people in both languages, and to programs."""
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    drive = tmp_path / "usb"
    drive.mkdir()
    first, second = seal(home, 2)
    attach(home, first, "nha.jpg", b"photo" * 1000)
    nameless = sync("bundle", "--to", str(drive))
    assert "has no surveyor code" in nameless.stderr
    (home.path / "settings.json").write_text('{"surveyor": "CM001", "device": "may-1"}', encoding="utf-8")
    told = json.loads(sync("bundle", "--to", str(drive), "--json").stdout)
    assert (told["responses"], told["files"], told["withdrawals"]) == (2, 1, 0)
    for language, words in (("en", ("surveyor CM001", "first bundle")), ("vi", ("điều tra viên CM001", ""))):
        got = sync("receive", str(drive), at=office, language=language)
        assert got.returncode == ExitCode.OK
        assert words[0] in got.stdout
        assert words[1] in got.stderr
    one, files = json.loads(sync("receive", str(drive), "--json", at=office).stdout)
    assert (one["surveyor"], one["present"]) == ("CM001", 2)
    assert (files["what"], files["present"]) == ("files_received", 1)
    assert sync("push", at=office).returncode == ExitCode.OK
    assert sync("trust", "office", sync("key", at=office).stdout.strip()).returncode == ExitCode.OK
    taken = sync("bundle", "--to", str(drive))
    assert "2 responses have arrived" in taken.stdout
    assert "1 attachments have arrived" in taken.stdout
    with home.open() as store:
        store.rights.withdraw([second], AT)
    assert "1 withdrawals were written to the USB drive" in sync("bundle", "--to", str(drive)).stdout
    got = sync("receive", str(drive), at=office)
    assert "Withdrawals: 1, of which 0 are done" in got.stdout
    assert "survey-sync push" in got.stderr
    assert sync("push", at=office).returncode == ExitCode.OK
    (one,) = json.loads(sync("receive", str(drive), "--json", at=office).stdout)
    assert (one["withdrawals"], one["withdrawals_done"], one["withdrawals_foreign"]) == (1, 1, 0)
    assert "1 withdrawals are done" in sync("bundle", "--to", str(drive)).stdout
    (home.path / "settings.json").write_text('{"surveyor": "CM009", "device": "may-1"}', encoding="utf-8")
    seal(home, 1)
    sync("bundle", "--to", str(drive))
    assert "was used by CM001" in sync("receive", str(drive), at=office).stderr


def commands(group: click.Group, path: str) -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{path} {name}")
        found[f"{path} {name}"] = command
    return found


COMMANDS = commands(root, "survey-sync")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_option_has_words(language: str) -> None:
    words = Translator(language)
    shared = {"help", "version", "home", "language", "passphrase_file"}
    for path, command in COMMANDS.items():
        assert words("sync." + "_".join(["help", *path.split()[1:]]))
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                name = max(parameter.opts, key=len).lstrip("-").replace("-", "_")
                assert name in shared or words(f"sync.option_{name}")


def test_the_page_for_coordinators_names_every_command_option_and_status() -> None:
    page = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
    for path, command in COMMANDS.items():
        assert f"`{path.removeprefix('survey-sync ')}" in page or isinstance(command, click.Group), path
        for parameter in command.params:
            for option in parameter.opts if isinstance(parameter, click.Option) else []:
                assert option in page, (path, option)
    for code in (0, 1, 2, 5, 10, 11, 12, 13, 14, 130):
        assert re.search(rf"^\| {code} \| {ExitCode(code).name} \|", page, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], {"httpx", "starlette", "sqlalchemy", "textual", "tinydb", "cryptography"}),
        (["status"], {"httpx", "starlette", "sqlalchemy", "textual", "cryptography"}),
        (["push"], {"httpx", "starlette", "sqlalchemy", "textual", "cryptography"}),  # not enrolled
    ],
)
def test_a_command_imports_only_what_it_needs(home: Home, arguments: list[str], unwanted: set[str]) -> None:
    code = (
        "import sys\nfrom survey_tui.console.run import run\nfrom survey_sync.cli import root\n"
        f"run({arguments!r}, root, 'survey-sync')\nprint(*sys.modules, sep='\\n')"
    )
    environment = {"PATH": os.environ["PATH"], "SURVEY_TUI_HOME": str(home.path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert set(done.stdout.split()) & unwanted == set()


@pytest.mark.slow
def test_the_client_works_without_the_extras(home: Home) -> None:
    """A device has neither the server's packages nor the library that makes keys."""
    blocked = ("starlette", "uvicorn", "sqlalchemy", "jinja2", "segno", "zstandard", "cryptography")
    code = (
        f"import sys\nfor name in {blocked!r}: sys.modules[name] = None\n"
        "from survey_sync.cli import root\nfrom survey_tui.console.run import run\n"
        "print([run(a, root, 'survey-sync') for a in (['status'], ['serve'], ['key'])])"
    )
    environment = {"PATH": os.environ["PATH"], "SURVEY_TUI_HOME": str(home.path), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == f"[0, {int(ExitCode.FAILURE)}, {int(ExitCode.UNTRUSTED)}]"
    assert "survey-tui[server]" in done.stderr
    assert "survey-tui[crypto]" in done.stderr
