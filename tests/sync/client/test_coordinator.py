"""The coordinator's commands: against the real server, over lines that break, and with what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import chain, repeat
from pathlib import Path
from shutil import copytree
from typing import Any

import msgspec
import pexpect
import pytest
from survey_sync.client import credentials
from survey_sync.client.coordinator import Coordinator
from survey_sync.client.device_keys import SigningKey, default_key_name, trust, trusted_keys
from survey_sync.client.errors import CoordinatorError, EnrolmentError, ForeignReplyError, TrustError
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_build import build_package, package_to_replace
from survey_sync.client.package_download import signature_state
from survey_sync.protocol.audience import update_audience
from survey_sync.protocol.messages import Message, Package

from survey_tui.authoring.scaffold import create_plugin, find_place
from survey_tui.errors import ExitCode, SurveyError, UsageError
from survey_tui.plugins.archives import read_folder, write_zip
from survey_tui.plugins.plugin_state import change_state
from tests.support.devices import Home, Run, Server, real_server, run_program
from tests.support.misbehaving_server import Answer, polite, strange_server
from tests.sync.faults.proxy import Fault, FaultProxy, Shape

QUESTIONNAIRES = Path(__file__).parents[3] / "questionnaires" / "survey_questionnaires"


@pytest.fixture
def run() -> Run:
    """``survey-sync``, at a device."""

    def run(*arguments: str, at: Home, **how: Any) -> subprocess.CompletedProcess[str]:
        return run_program("survey-sync", *arguments, at=at.path, **how)

    return run


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin's folder."""
    return create_plugin(
        "hau_giang", find_place("Cần Thơ", legacy=False), tmp_path_factory.mktemp("author"), python=False
    )


def version(plugin: Path, number: str, room: Path) -> Path:
    """The plugin packed with another version."""
    contents = read_folder(plugin)
    for name in ("plugin.toml", "modules/hau_giang.toml"):
        contents[name] = contents[name].replace(b'version = "2026.1"', b'version = "%s"' % number.encode())
    path = room / f"hau_giang-{number}.zip"
    write_zip({f"hau_giang/{name}": content for name, content in contents.items()}, path)
    return path


def items(coordinator: Coordinator) -> list[Message | Package]:
    return coordinator.list_updates()[0]


@pytest.mark.server
def test_an_evening(tmp_path: Path, plugin: Path, run: Run) -> None:
    """Offer, a better one, back again; one surveyor is called in; who has what."""
    with real_server(tmp_path) as server:
        office = server.device(tmp_path / "office", role="coordinator", surveyor="Văn phòng")
        one, two = (server.device(tmp_path / name, surveyor=name) for name in ("CM001", "CM002"))
        first = run("offer", str(version(plugin, "2026.1", tmp_path)), at=office)
        key = run("key", "--json", at=office)
        public, fingerprint = (json.loads(key.stdout)[name] for name in ("key", "fingerprint"))
        assert first.stdout.split()[:2] == ["Number", "1"]
        assert fingerprint in first.stdout
        assert f"\nsurvey-sync trust {default_key_name(public)} {public}\n" in first.stderr
        run("trust", "van-phong", public, at=one)
        change_state(one.path, lambda state: msgspec.structs.replace(state, signed_only=True))
        run("push", at=one)
        run("install", at=one)
        assert (one.path / "plugins" / "hau_giang").is_dir()

        better = run("offer", str(version(plugin, "2026.2", tmp_path)), "--json", at=office, language="vi")
        facts = json.loads(better.stdout)
        assert (facts["new"], facts["devices"], facts["package"]["seq"]) == (True, 2, 2)
        assert "thay cho bản 2026.1 (số 1)" in better.stderr
        again = json.loads(run("offer", str(tmp_path / "hau_giang-2026.2.zip"), "--json", at=office).stdout)
        assert (again["new"], again["package"]["seq"]) == (False, 2)

        run("message", "Về văn phòng nhé", "--to", "CM002", at=office)
        run("push", at=one)
        run("push", at=two)
        assert "Về văn phòng nhé" in run("messages", at=two).stdout
        assert "Về văn phòng nhé" not in run("messages", at=one).stdout
        listed = json.loads(run("offered", "--json", at=office).stdout)
        assert [(each["number"], each["heard"], each["devices"]) for each in listed] == [
            (1, 2, 2),
            (2, 2, 2),
            (3, 1, 1),
        ]
        assert [each.get("fetched") for each in listed] == [1, 1, None]
        assert listed[0]["replaced_by"] == 2
        table = run("offered", at=office).stdout
        assert "hau_giang 2026.1 (→ 2)" in table
        assert "→ CM002: Về văn phòng" in table
        states = {d["name"]: d["state"] for d in json.loads(run("offered", "2", "--json", at=office).stdout)}
        assert states == {"CM001": "fetched", "CM002": "heard"}  # the second does not trust the key
        assert "CM002" in run("offered", "2", at=office).stdout
        rows = run("devices", "--database", server.database, at=office).stdout.splitlines()
        heads = ("Id", "Received up to", "CM001", "CM002")
        assert all(any(head in row for row in rows) for head in heads)
        assert sorted(int(row.split()[-1]) for row in rows[1:]) == [0, 2, 3]

        back = run("retract", "2", at=office)
        assert "Version 2026.1 of hau_giang (number 1) is valid again" in back.stderr
        assert "2 of 2 devices" in back.stderr
        assert "was already retracted" in run("retract", "2", at=office).stderr
        run("push", at=one)
        kept = {record.package.seq: bool(record.retracted) for record in Inbox(one.folder).packages}
        assert kept == {1: False, 2: True}
        late = server.device(tmp_path / "late", surveyor="CM003")
        late.push()
        assert [record.package.seq for record in Inbox(late.folder).packages] == [1]


@pytest.mark.slow
def test_a_folder_and_its_packed_file_are_one_package(plugin: Path, home: Home, tmp_path: Path) -> None:
    folder, packed = (
        build_package(plugin, home.path, SigningKey(home.folder).file),
        build_package(version(plugin, "2026.1", tmp_path), home.path, SigningKey(home.folder).file),
    )
    assert folder == packed
    assert (folder.content, folder.name, folder.version) == ("plugin", "hau_giang", "2026.1")


@pytest.mark.slow
def test_a_plugin_gets_a_signature_unless_it_has_one(home: Home, plugin: Path, tmp_path: Path) -> None:
    from survey_tui.plugins.installation import inspect_archive
    from survey_tui.plugins.plugin_state import PluginState
    from survey_tui.plugins.signing import SIGNATURE, new_key, sign_files

    ours = SigningKey(home.folder)
    prepared = build_package(plugin, home.path, ours.file)
    (tmp_path / "sent.zip").write_bytes(prepared.data)
    strict = PluginState(keys={"office": ours.public}, signed_only=True)
    assert inspect_archive(tmp_path / "sent.zip", strict).signer == "office"
    assert not prepared.has_unknown_signer

    public = new_key(tmp_path / "author.key")
    contents = read_folder(plugin)
    write_zip({**contents, SIGNATURE: sign_files(contents, tmp_path / "author.key")}, tmp_path / "signed.zip")
    as_it_is = build_package(tmp_path / "signed.zip", home.path, ours.file)
    assert as_it_is.data == (tmp_path / "signed.zip").read_bytes()
    assert as_it_is.has_unknown_signer
    trust(home.folder, "author", public)
    assert not build_package(tmp_path / "signed.zip", home.path, ours.file).has_unknown_signer


def test_a_survey_file_becomes_a_package_that_devices_can_install(
    server: Server, tmp_path: Path, run: Run
) -> None:
    copytree(QUESTIONNAIRES, tmp_path / "ours", ignore=lambda _where, names: {"__pycache__"} & set(names))
    survey = tmp_path / "ours" / "surveys" / "smartphone.toml"
    survey.write_text(survey.read_text("utf-8").replace('id = "smartphone"', 'id = "dien_thoai"'), "utf-8")
    survey = survey.rename(survey.with_name("dien_thoai.toml"))
    office, home = (
        server.device(tmp_path / name, role=role)  # type: ignore[arg-type]
        for name, role in (("office", "coordinator"), ("home", "surveyor"))
    )
    done = json.loads(run("offer", str(survey), "--json", at=office).stdout)
    assert (done["package"]["content"], done["package"]["name"]) == ("survey", "dien_thoai")
    run("trust", "office", done["public"], at=home)
    run("push", at=home)
    run("install", at=home)
    assert (home.path / "plugins" / "dien_thoai" / "surveys" / "dien_thoai.toml").is_file()
    shown = run_program("survey-tui", "forms", "list", at=home.path)
    assert "dien_thoai" in shown.stdout


def bad_zip(room: Path, **changes: bytes) -> Path:
    path = room / "bad.zip"
    manifest = b'name = "xx"\nversion = "1"\nrequires_api = 1\ntitle.vi = "x"\n'
    write_zip({"plugin.toml": manifest, **changes}, path)
    return path


@pytest.mark.slow
def test_what_devices_would_refuse_is_refused_here(home: Home, tmp_path: Path, plugin: Path) -> None:
    def code(path: Path) -> str:
        with pytest.raises(SurveyError) as caught:
            build_package(path, home.path, SigningKey(home.folder).file)
        return caught.value.code

    rubbish = tmp_path / "rubbish.zip"
    rubbish.write_bytes(b"no archive")
    assert code(rubbish) == "plugin_archive_no_zip"
    assert code(bad_zip(tmp_path, **{"run.py": b"import os"})) == "plugin_foreign_file"
    assert code(bad_zip(tmp_path, **{"plugin.toml": b'name = "x\\u001b"'})) == "plugin_manifest"
    newer = b'name = "xx"\nversion = "1"\nrequires_api = 99\ntitle.vi = "x"\n'
    assert code(bad_zip(tmp_path, **{"plugin.toml": newer})) == "plugin_api"
    contents = read_folder(plugin)
    wrong = json.dumps({"key": "0" * 64, "signature": "0" * 128, "files": {}}).encode()
    assert code(bad_zip(tmp_path, **contents, **{"SIGNATURE.json": wrong})) == "plugin_signature_files"
    contents["modules/hau_giang.toml"] += (
        b'\n[[question]]\ntype = "text"\nname = "x"\nrelevant = "${none} = 1"\n'
    )
    assert code(bad_zip(tmp_path, **contents)).startswith("plugin_")
    assert code(tmp_path / "none.zip") == "cli_no_path"
    assert code(tmp_path / ("x" * 300)) == "cli_no_path"
    for name, text, expected in (
        ("a.toml", "", "sync_offer_no_survey"),
        ("surveys/a.toml", "id = [", "sync_offer_unreadable"),
        ("surveys/b.toml", 'id = "b c"\nversion = "1"\nmodules = []', "sync_offer_survey_id"),
        ("surveys/c.toml", "x = " + "[" * 5000 + "]" * 5000, "sync_offer_unreadable"),
        ("surveys/d.toml", 'id = "dd"\nversion = "1"\nmodules = ["none"]', "plugin_unsound"),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        assert code(path) == expected


@pytest.mark.slow
def test_two_contents_of_one_version_and_one_name_of_two_kinds(
    home: Home, plugin: Path, tmp_path: Path
) -> None:
    wanted = build_package(version(plugin, "2026.1", tmp_path), home.path, SigningKey(home.folder).file)
    facts = {"seq": 4, "at": "", "content": "plugin", "name": "hau_giang", "size": 1}
    there = Package(version="2026.1", sha256="0" * 64, signature="", key="", **facts)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="sync_offer_version"):
        package_to_replace([there], wanted)
    replace = msgspec.structs.replace
    assert package_to_replace([replace(there, sha256=wanted.sha256)], wanted) is not None
    assert package_to_replace([replace(there, name="other_name")], wanted) is None
    older = replace(there, version="2025.1", seq=3)
    assert package_to_replace([older], wanted) == older
    with pytest.raises(UsageError, match="sync_offer_kind"):
        package_to_replace([older], replace(wanted, content="survey"))


def test_a_package_is_signed_with_the_key_that_was_named(
    server: Server, plugin: Path, tmp_path: Path
) -> None:
    from survey_tui.plugins.signing import new_key

    office = server.device(tmp_path / "office", role="coordinator")
    public = new_key(tmp_path / "authors.key")
    key = SigningKey(office.folder, tmp_path / "authors.key")
    assert key.public == public != SigningKey(office.folder).public
    wanted = build_package(version(plugin, "2026.7", tmp_path), office.path, SigningKey(office.folder).file)
    sent: list[int] = []
    with Coordinator(office.folder) as coordinator:
        package, new = coordinator.offer_package(wanted, key.public, key.sign, sent.append)
    assert new
    assert sent[-1] == len(wanted.data)
    assert signature_state(package, [public]) == ""
    assert signature_state(msgspec.structs.replace(package, version="2026.8"), [public]) == "bad_signature"
    for file in (tmp_path / "none.key", version(plugin, "1", tmp_path)):
        with pytest.raises(TrustError, match="sync_key_file"):
            SigningKey(office.folder, file)


def test_only_a_coordinator(server: Server, tmp_path: Path, run: Run, plugin: Path) -> None:
    home = server.device(tmp_path / "a")
    for arguments in (("message", "x"), ("offered",), ("retract", "1"), ("offer", str(plugin))):
        told = run(*arguments, at=home, status=ExitCode.NOT_ENROLLED).stderr
        assert "--role coordinator" in told
    given = credentials.load(home.folder)  # what the file says does not help
    credentials.save(home.folder, msgspec.structs.replace(given, role="coordinator"))
    with Coordinator(home.folder) as coordinator:
        for ask in (
            lambda: coordinator.send_message("x", "", 0),
            lambda: coordinator.retract(1),
            coordinator.list_devices,
        ):
            with pytest.raises(EnrolmentError, match="sync_not_coordinator"):
                ask()
    run("message", "x", at=Home(tmp_path / "nobody"), status=ExitCode.NOT_ENROLLED)


def test_a_lost_reply_does_not_say_it_twice(server: Server, plugin: Path, tmp_path: Path) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    given = credentials.load(office.folder)
    pauses: list[float] = []
    key = SigningKey(office.folder)
    wanted = build_package(version(plugin, "2026.9", tmp_path), office.path, SigningKey(office.folder).file)
    with Coordinator(office.folder) as direct:
        _, last = direct.list_updates()
        for cut in range(3):  # which of the requests loses its reply
            kinds = ["none"] * cut + ["cut_after_request"] * 2
            faults = chain([Fault(kind) for kind in kinds], repeat(Fault()))
            with FaultProxy(server.address, faults.__next__) as proxy:
                credentials.save(office.folder, msgspec.structs.replace(given, url=proxy.url))
                with Coordinator(office.folder, lambda _error, pause: pauses.append(pause)) as coordinator:
                    seq = coordinator.send_message(f"Tin {cut}", "", last)
                    package, _ = coordinator.offer_package(wanted, key.public, key.sign)
                    coordinator.retract(seq)
                    assert coordinator.retract(seq).retracts == seq
            credentials.save(office.folder, given)
        said = [item for item in items(direct) if isinstance(item, Message) and item.seq > last]
        assert not said  # each once, and each taken back
        assert [item for item in items(direct) if isinstance(item, Package) and item.seq > last] == [package]
    assert pauses


@pytest.mark.server
def test_somebody_else_answers(tmp_path: Path, run: Run) -> None:
    """A captive portal says yes to everything; nothing counts."""
    office = Home(tmp_path / "office")
    with strange_server(lambda _: Answer(b"<html>Wi-Fi</html>", honest=False)) as portal:
        token = credentials.Credentials(
            url=portal.url, token="svs1_secret", device_id="d", role="coordinator"
        )
        credentials.save(office.folder, token)
        with Coordinator(office.folder, deadline=0) as coordinator, pytest.raises(ForeignReplyError):
            coordinator.send_message("Mai nghỉ", "", 0)
    wrong = Answer(b'{"devices":"none"}')
    with strange_server(polite(lambda _: wrong)) as odd:
        credentials.save(office.folder, msgspec.structs.replace(token, url=odd.url))
        with Coordinator(office.folder, deadline=0) as coordinator, pytest.raises(ForeignReplyError):
            coordinator.list_devices()
    unreachable = msgspec.structs.replace(token, url="http://127.0.0.1:9")
    credentials.save(office.folder, unreachable)
    with Coordinator(office.folder, deadline=0) as coordinator, pytest.raises(SurveyError) as caught:
        coordinator.retract(1)
    assert caught.value.exit_code == ExitCode.WAITING


def test_messages_that_are_none(server: Server, tmp_path: Path, run: Run) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    for text, typed in (("", b""), ("  \n\x07", b""), ("x" * 4001, b""), ("-", b""), ("-", b"\xff\xfe")):
        run("message", text, at=office, status=ExitCode.USAGE, typed=typed)
    with Coordinator(office.folder) as coordinator:
        before_them = items(coordinator)
    seq = int(run("message", "-", at=office, typed="Mai nghỉ.\r\nThứ hai \x1b[31mđỏ\u202e".encode()).stdout)
    with Coordinator(office.folder) as coordinator:
        assert [(item.seq, item.text) for item in items(coordinator)[len(before_them) :]] == [  # type: ignore[union-attr]
            (seq, "Mai nghỉ.\nThứ hai [31mđỏ")
        ]


def test_an_unknown_surveyor_is_reported(server: Server, tmp_path: Path, run: Run) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    server.device(tmp_path / "a", surveyor="CM017")
    done = run("message", "Gọi về văn phòng", "--to", "cm071", at=office)
    assert "CM017" in done.stderr
    assert f"survey-sync retract {done.stdout.strip()}" in done.stderr
    vi = run("message", "Gọi về", "--to", "xyz", at=office, language="vi")
    assert "không có máy nào của “xyz”" in vi.stderr


def test_numbers_that_are_none(server: Server, tmp_path: Path, run: Run) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    for number, status in (("999999", ExitCode.REFUSED), ("0", ExitCode.USAGE), (str(2**60), ExitCode.USAGE)):
        run("retract", number, at=office, status=status)
    run("offered", "999999", at=office, status=ExitCode.REFUSED)
    with Coordinator(office.folder) as coordinator, pytest.raises(CoordinatorError, match="sync_no_update"):
        coordinator.retract(999_999)


def test_hostile_text_of_others_does_not_drive_the_terminal(server: Server, tmp_path: Path, run: Run) -> None:
    office = server.device(tmp_path / "\x1b[31mđỏ\u202e", role="coordinator")
    with Coordinator(office.folder) as coordinator:
        seq = coordinator.send_message("\x1b]0;title\x07 đêm\u202e \x9b2J\nhai", "a\u202eb", 0)
        devices = coordinator.list_devices()
        shown = next(item for item in items(coordinator) if item.seq == seq)
    assert not update_audience(shown, devices).devices
    table = run("offered", at=office)
    assert not any(sign in table.stdout + table.stderr for sign in "\x1b\x07\x9b\u202e")
    assert not any(sign in run("retract", str(seq), at=office).stdout for sign in "\x1b\x07\x9b\u202e")


@pytest.mark.server
def test_a_package_too_large_for_the_server(tmp_path: Path, plugin: Path, run: Run) -> None:
    from survey_sync.server.config import Config
    from survey_sync.server.serve import ListenOptions, run_in_thread

    from tests.support.collection_server import PLENTY
    from tests.support.misbehaving_server import LIMITS

    limits = msgspec.structs.replace(LIMITS, package_bytes=1000)
    config = Config(database=str(tmp_path / "s.db"), rates=PLENTY, limits=limits)
    with run_in_thread(config, ListenOptions(port=0)) as url:
        office = Server(url, config.database).device(tmp_path / "office", role="coordinator")
        told = run("offer", str(plugin), at=office, status=ExitCode.REFUSED).stderr
        wanted = build_package(plugin, office.path, SigningKey(office.folder).file)
        key = SigningKey(office.folder)
        with Coordinator(office.folder, deadline=0) as coordinator:
            assert not items(coordinator)
            with pytest.raises(CoordinatorError, match="too_large"):
                coordinator.offer_package(wanted, key.public, key.sign)
    assert "the server accepts 1000" in told


def test_a_key_that_is_trusted_already_may_be_typed_again(home: Home, tmp_path: Path) -> None:
    public = SigningKey(Home(tmp_path / "office").folder).public
    for _ in range(2):
        trust(home.folder, "van-phong", public)
    assert trusted_keys(home.folder) == {"van-phong": public}


def test_on_a_slow_line_a_terminal_shows_how_far_it_is(server: Server, tmp_path: Path, plugin: Path) -> None:
    office = server.device(tmp_path / "office", role="coordinator")
    given = credentials.load(office.folder)
    packed = version(plugin, "2026.11", tmp_path)
    with FaultProxy(server.address, shape=Shape(rate=1200)) as proxy:
        credentials.save(office.folder, msgspec.structs.replace(given, url=proxy.url))
        environment = {"PATH": os.environ["PATH"], "SURVEY_TUI_HOME": str(office.path), "PYTHONUTF8": "1"}
        command = ["-c", "from survey_sync.cli import main; main()", "offer", str(packed), "--language", "en"]
        screen = pexpect.spawn(sys.executable, command, env=environment, encoding="utf-8", timeout=30)
        screen.expect(r"[0-9]%  [0-9.]+ K?B of [0-9.]+ KB · [0-9]+ s")
        screen.expect("SHA-256")
        screen.expect(pexpect.EOF)
        screen.close()
    assert screen.exitstatus == 0
