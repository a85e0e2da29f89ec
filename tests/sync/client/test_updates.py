"""What the coordinator sends: which of several counts, what is taken back, what cannot be used and why, and
what a surveyor is told. Against the real server."""

from __future__ import annotations

import base64
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from survey_sync.client.device_keys import fingerprint
from survey_sync.client.enrolment import enrol
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_download import decode_updates, fetch_updates, signature_state
from survey_sync.client.package_install import PackageChange, install_ready, ready_changes
from survey_sync.client.retry import Retry
from survey_sync.client.unread_counts import UnreadCounts, read_unread_counts
from survey_sync.protocol.hashes import package_statement
from survey_sync.protocol.messages import Updates, encode

from survey_tui.errors import ExitCode
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.plugins import Plugins
from survey_tui.plugins.plugin_state import change_state, load_state, set_off
from survey_tui.plugins.survey_catalogue import Surveys
from survey_tui.store import ResponseStore
from tests.support.devices import Home, Run, Server, real_server
from tests.sync.client.office import COMMUNE, Office, described, plugin, wheel


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One for each test: everybody gets every update."""
    with real_server(tmp_path) as found:
        yield found


@pytest.fixture
def office(server: Server, tmp_path: Path) -> Office:
    return Office(server.device(tmp_path / "office", role="coordinator"), tmp_path)


@pytest.fixture
def home(server: Server, office: Office, tmp_path: Path) -> Home:
    home = server.device(tmp_path / "home")
    office.trusted_by(home)
    return home


def states(home: Home) -> dict[str, str]:
    return {f"{each.package.name} {each.package.version}": each.state for each in Inbox(home.folder).packages}


def push(home: Home) -> None:
    report = home.push()
    assert report.error is None
    assert report.later_error is None


def install(home: Home) -> list[str]:
    """What ``survey-sync install`` does; the codes of what went wrong."""
    inbox = Inbox(home.folder)
    done = install_ready(inbox, ready_changes(inbox))
    return [one.error.code for one in done if one.error is not None]


def in_use(home: Home) -> dict[str, str]:
    """Module → version as an interview in the commune gets them."""
    plugins = Plugins.load([], home.path)
    assert not plugins.failures
    return {
        name: member.resolved.manifest.version
        for name in plugins.names
        if (member := plugins.member(name)) and member.resolved
    }


def downloads(home: Home) -> list[str]:
    return sorted(path.suffix for path in home.folder.downloads.glob("*"))


# --- which counts
def test_a_newer_version_takes_the_place_of_one_that_waits(office: Office, home: Home) -> None:
    office.offer("hau_giang", "1")
    push(home)
    assert states(home) == {"hau_giang 1": "ready"}
    office.offer("hau_giang", "2")
    push(home)
    assert states(home) == {"hau_giang 1": "superseded", "hau_giang 2": "ready"}
    assert downloads(home) == [".zip"]
    assert read_unread_counts(home.path) == UnreadCounts(ready=1)
    assert install(home) == []
    assert in_use(home) == {"hau_giang": "2"}
    assert downloads(home) == []
    assert read_unread_counts(home.path) == UnreadCounts()


def test_what_nobody_vouches_for_does_not_stand_in_the_way(
    office: Office, home: Home, tmp_path: Path
) -> None:
    office.offer("hau_giang", "1")
    stranger = Office(office.home, tmp_path)
    stranger.offer("hau_giang", "9")
    push(home)
    assert states(home) == {"hau_giang 1": "ready", "hau_giang 9": "unknown_key"}
    stranger.trusted_by(home)  # the same name: this key takes the place of the other
    office.offer("other", "1")
    push(home)
    assert states(home) == {"hau_giang 1": "superseded", "hau_giang 9": "ready", "other 1": "unknown_key"}


def test_going_back_to_an_older_version(office: Office, home: Home) -> None:
    for version in ("1", "2", "1"):
        office.offer("hau_giang", version)
        push(home)
        assert install(home) == []
        assert in_use(home) == {"hau_giang": version}
    last = [each.state for each in Inbox(home.folder).packages]
    assert last == ["superseded", "superseded", "installed"]


# --- taken back
def test_a_package_that_was_taken_back_before_it_was_installed(office: Office, home: Home) -> None:
    first = office.offer("hau_giang", "1")
    second = office.offer("hau_giang", "2")
    push(home)
    office.take_back(second)
    push(home)
    assert states(home) == {"hau_giang 1": "ready", "hau_giang 2": "retracted"}  # what came before counts
    office.take_back(first)
    push(home)
    assert set(states(home).values()) == {"retracted"}
    assert downloads(home) == []
    assert install(home) == []
    assert in_use(home) == {}
    assert read_unread_counts(home.path) == UnreadCounts()


def test_an_installed_package_stays_and_the_way_to_remove_it_is_shown(
    office: Office, home: Home, run: Run
) -> None:
    number = office.offer("hau_giang", "1")
    push(home)
    install(home)
    office.take_back(number)
    push(home)
    assert in_use(home) == {"hau_giang": "1"}
    assert read_unread_counts(home.path) == UnreadCounts(needs_attention=1)
    told = run("survey-sync", "install", at=home.path)
    assert "survey-tui plugins remove hau_giang" in told.stderr
    assert read_unread_counts(home.path) == UnreadCounts()  # once is enough for Home
    (facts,) = json.loads(run("survey-sync", "install", "--json", at=home.path).stdout)
    assert facts["state"] == "installed"
    assert facts["retracted"]
    run("survey-tui", "plugins", "remove", "hau_giang", at=home.path)
    assert "remove" not in run("survey-sync", "install", at=home.path).stderr
    office.offer("hau_giang", "2")
    push(home)
    install(home)
    assert states(home) == {"hau_giang 1": "retracted", "hau_giang 2": "installed"}


def test_messages_that_were_taken_back(office: Office, home: Home, run: Run) -> None:
    unread, read = office.write("Đi xã A"), office.write("Đi xã B")
    push(home)
    Inbox(home.folder).mark_seen([read])
    office.take_back(unread)
    office.take_back(read)
    office.write("Tới trụ sở lúc 7 giờ")
    push(home)
    letters = Inbox(home.folder).messages
    assert [message.text for message in letters] == ["Đi xã B", "Tới trụ sở lúc 7 giờ"]
    assert bool(letters[0].retracted)
    assert not letters[0].seen  # that it was taken back is news
    assert read_unread_counts(home.path) == UnreadCounts(unread=2)
    assert "[retracted]" in run("survey-sync", "messages", at=home.path).stdout
    assert read_unread_counts(home.path) == UnreadCounts()


def test_replies_may_grow() -> None:
    item = {
        "kind": "message",
        "seq": 3,
        "at": "x",
        "author": "a",
        "text": "t",
        "surveyor": "",
        "colour": "red",
    }
    endless = {**item, "text": "x" * 100_000}
    strange = [{"kind": "hologram", "seq": 2}, endless, item]
    reply = {"now": 4, "items": strange, "more": False, "weather": "rain"}
    assert [found.seq for found in decode_updates(json.dumps(reply).encode()).items] == [3]
    wrongs: list[object] = [
        [],
        {"now": 1},
        {"now": 1, "items": [{"kind": "message"}]},
        {"now": 1, "items": [7]},
    ]
    for wrong in wrongs:
        with pytest.raises(msgspec.DecodeError):
            decode_updates(json.dumps(wrong).encode())


# --- what cannot be used
def test_lasting_faults_are_kept_with_their_reason(office: Office, home: Home, run: Run) -> None:
    office.offer("sound", "1")
    office.offer("unsound", "1", kind="integr")
    office.offer_files("renamed", "1", plugin("other_name", "1"))
    office.offer_files("needy", "1", wheel("needy", "1", needs="no-such-library"))
    future = plugin("future", "1")
    future["plugin.toml"] = future["plugin.toml"].replace(b"requires_api = 1", b"requires_api = 99")
    office.offer_files("future", "1", future)
    office.offer_bytes("rubbish", "1", b"no archive")
    push(home)
    done = run("survey-sync", "install", "--json", at=home.path, status=ExitCode.UNTRUSTED)
    found = {each["name"]: each for each in json.loads(done.stdout)}
    assert {name: each["reason"] for name, each in found.items()} == {
        "sound": "",
        "unsound": "plugin_unsound",
        "renamed": "plugin_package_name",
        "needy": "plugin_needs",
        "future": "plugin_api",
        "rubbish": "plugin_archive_no_zip",
    }
    assert "unsound.toml:5" in found["unsound"]["message"]
    assert "survey-sync install --again" in found["unsound"]["message"]
    assert in_use(home) == {"sound": "1"}
    assert downloads(home) == []
    later = json.loads(run("survey-sync", "install", "--json", at=home.path, status=13).stdout)
    assert later == list(found.values())  # the reasons are still there
    for language in LANGUAGES:
        for each in Inbox(home.folder).packages:
            assert each.error is None or each.error.message(Translator(language)) != each.error.code


def test_a_faulty_version_never_replaces_one_that_works(office: Office, home: Home) -> None:
    office.offer("hau_giang", "1")
    push(home)
    install(home)
    office.offer("hau_giang", "2", kind="integr")
    push(home)
    install(home)
    assert in_use(home) == {"hau_giang": "1"}
    assert states(home) == {"hau_giang 1": "installed", "hau_giang 2": "failed"}


def test_again_after_the_cause_is_gone(office: Office, home: Home, run: Run) -> None:
    office.offer_files("needy", "1", wheel("needy", "1", needs="no-such-library"))
    push(home)
    run("survey-sync", "install", at=home.path, status=ExitCode.UNTRUSTED)
    assert "survey-sync push" in run("survey-sync", "install", "--again", at=home.path).stderr
    assert states(home) == {"needy 1": "wanted"}
    push(home)
    assert states(home) == {"needy 1": "ready"}


def test_what_was_removed_by_hand_can_be_had_again(office: Office, home: Home, run: Run) -> None:
    office.offer("hau_giang", "1")
    push(home)
    install(home)
    run("survey-tui", "plugins", "remove", "hau_giang", at=home.path)
    run("survey-sync", "install", "--again", at=home.path)
    push(home)
    assert install(home) == []
    assert in_use(home) == {"hau_giang": "1"}


def test_an_unknown_key_is_named_and_the_command_works(
    office: Office, home: Home, run: Run, tmp_path: Path
) -> None:
    stranger = Office(office.home, tmp_path)
    stranger.offer("hau_giang", "1")
    push(home)
    assert read_unread_counts(home.path) == UnreadCounts(needs_attention=1)
    told = run("survey-sync", "install", at=home.path, status=ExitCode.UNTRUSTED).stderr
    assert fingerprint(stranger.public) in told
    command = told.partition("survey-sync trust ")[2].split()[:2]
    assert command[1] == stranger.public
    run("survey-sync", "trust", *command, at=home.path)
    push(home)
    assert states(home) == {"hau_giang 1": "ready"}


# --- a disk that refuses
Refusal = Callable[[str], None]


@pytest.fixture(params=[errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "read-only", "dying"])
def refusal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """Writing below a folder of this name fails from now on."""
    real = Path.open

    def refuse(folder: str) -> None:
        def opened(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
            if folder in path.parts and set(mode) & set("wax"):
                raise OSError(request.param, os.strerror(request.param), str(path))
            return real(path, mode, *rest, **more)  # type: ignore[call-overload]

        monkeypatch.setattr(Path, "open", opened)

    return refuse


def test_a_disk_that_refuses_leaves_it_ready(
    office: Office, home: Home, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1", "2"):
        office.offer("hau_giang", version)
        push(home)
        if version == "1":
            install(home)
    refusal("plugins")
    (code,) = install(home)
    assert code in {"plugin_no_room", "plugin_read_only", "plugin_write"}
    (waiting,) = Inbox(home.folder).packages_in_state("ready")
    assert waiting.error is not None
    assert waiting.error.code == code
    assert in_use(home) == {"hau_giang": "1"}
    monkeypatch.undo()
    assert install(home) == []
    assert in_use(home) == {"hau_giang": "2"}
    assert sorted(path.name for path in (home.path / "plugins").iterdir()) == ["hau_giang"]


def test_a_full_disk_while_fetching_is_reported_and_changes_nothing(
    office: Office, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey_tui import files

    office.offer("hau_giang", "1")
    real = files.append

    def append(descriptor: int, data: bytes) -> None:
        if data.startswith(b"PK"):
            os.write(descriptor, data[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor, data)

    monkeypatch.setattr(files, "append", append)
    home.fill(1)
    report = home.push()
    assert report.delivered == 1
    assert report.error is None
    assert report.later_error is not None
    assert report.later_error.code == "sync_fetch_no_room"
    assert downloads(home) == []  # the room is for interviews
    monkeypatch.undo()
    push(home)
    assert states(home) == {"hau_giang 1": "ready"}


def test_a_store_in_use_keeps_it_ready(office: Office, home: Home, run: Run) -> None:
    office.offer("hau_giang", "1")
    push(home)
    with ResponseStore.open(home.path):
        told = run("survey-sync", "install", at=home.path, status=ExitCode.STORE).stderr
    assert "^Y, then ^U" in told
    assert "remain pending" in told
    assert states(home) == {"hau_giang 1": "ready"}
    run("survey-sync", "install", at=home.path)
    assert in_use(home) == {"hau_giang": "1"}


def test_a_download_that_the_disk_has_damaged_is_fetched_again(office: Office, home: Home) -> None:
    office.offer("hau_giang", "1")
    push(home)
    (path,) = home.folder.downloads.iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert install(home) == []
    assert states(home) == {"hau_giang 1": "wanted"}
    path.with_suffix(".part").write_bytes(b"left by a power cut")
    push(home)
    assert install(home) == []
    assert in_use(home) == {"hau_giang": "1"}


# --- two programs, one inbox
def test_changes_of_two_programs_do_not_undo_each_other(office: Office, home: Home) -> None:
    office.write("một")
    push(home)
    screen = Inbox(home.folder)
    office.write("hai")
    push(home)  # another program; the screen has not looked since
    screen.mark_seen([message.seq for message in screen.messages])
    assert [(message.text, message.seen) for message in Inbox(home.folder).messages] == [
        ("một", True),
        ("hai", False),
    ]
    assert read_unread_counts(home.path) == UnreadCounts(unread=1)


def test_a_damaged_inbox_is_begun_anew_and_nothing_is_installed_twice(office: Office, home: Home) -> None:
    office.offer("hau_giang", "1")
    push(home)
    install(home)
    home.folder.inbox.write_bytes(b"{")
    push(home)
    assert states(home) == {"hau_giang 1": "ready"}
    assert ready_changes(Inbox(home.folder)) == []  # it is there already
    assert states(home) == {"hau_giang 1": "installed"}


def test_another_server_is_heard_from_its_beginning(office: Office, home: Home, tmp_path: Path) -> None:
    office.write("của máy chủ cũ")
    office.offer("hau_giang", "1")
    office.offer("waiting", "1")
    push(home)
    Inbox(home.folder).mark_seen([message.seq for message in Inbox(home.folder).messages])
    inbox = Inbox(home.folder)
    for change in ready_changes(inbox):
        if change.archive.name == "hau_giang":
            install_ready(inbox, [change])
    (tmp_path / "other").mkdir()
    with real_server(tmp_path / "other") as other:
        second = Office(other.device(tmp_path / "second", role="coordinator"), tmp_path)
        second.key = office.key
        second.write("của máy chủ mới")
        enrol(home.folder, other.url, other.code(), "x")
        push(home)
        texts = [(message.text, message.seen) for message in Inbox(home.folder).messages]
        assert texts == [("của máy chủ cũ", True), ("của máy chủ mới", False)]
        assert states(home) == {"hau_giang 1": "installed"}
        second.offer("hau_giang", "2")
        push(home)
        assert install(home) == []
        assert states(home) == {"hau_giang 1": "superseded", "hau_giang 2": "installed"}


def test_enrolling_again_at_the_same_server_brings_nothing_twice(
    server: Server, office: Office, home: Home
) -> None:
    office.write("một lần thôi")
    office.offer("hau_giang", "1")
    push(home)
    install(home)
    enrol(home.folder, server.url, server.code(), "x")
    push(home)
    assert [message.text for message in Inbox(home.folder).messages] == ["một lần thôi"]
    assert [each.state for each in Inbox(home.folder).packages] == ["installed"]
    assert Inbox(home.folder).messages[0].seq > 0


def test_a_hash_that_is_no_hash_is_not_believed(tmp_path: Path) -> None:
    office = Office(Home(tmp_path), tmp_path)
    said = described(b"x", office.key, "a", "1")
    for sha256 in ("../../evil", said.sha256[:-1] + "\n", said.sha256.upper()):
        statement = package_statement("plugin", "a", "1", sha256, 1)
        signed = base64.b64encode(office.key.sign(statement)).decode()
        evil = msgspec.structs.replace(said, sha256=sha256, signature=signed)
        assert signature_state(evil, {office.public}) == "bad_signature"
    assert signature_state(said, {office.public}) == ""


def test_a_server_without_an_end_is_left(home: Home) -> None:
    asked = iter(range(1, 10**9))

    class Endless:
        host = "x"

        def request_message(self, *_: object) -> Updates:
            return Updates(now=next(asked), items=[], more=True)

    fetch_updates(Endless(), Inbox(home.folder), set(), Retry(0), 1)  # type: ignore[arg-type]
    assert next(asked) < 2000


def _said(now: int, *seqs: int) -> bytes:
    items = [{"kind": "message", "seq": seq, "at": "", "author": "hoa", "text": f"{seq}"} for seq in seqs]
    return encode({"now": now, "items": items})


@pytest.mark.parametrize(
    "reply",
    [_said(1 << 53), _said(-1), _said(5, 1 << 70), _said(5, -5), _said(2000, *range(2000))],
    ids=("now", "below zero", "number", "number below zero", "too many"),
)
def test_numbers_that_no_server_gives_are_not_believed(reply: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_updates(reply)


def test_of_two_updates_with_one_number_the_first_counts(home: Home) -> None:
    inbox = Inbox(home.folder)
    inbox.store_updates(decode_updates(_said(5, 5, 4)))
    first = inbox.messages
    inbox.store_updates(decode_updates(_said(6, 6, 6, 5)))
    assert [message.seq for message in inbox.messages] == [5, 4, 6]
    assert inbox.messages[:2] == first


# --- what it will change
def test_what_installing_would_change(office: Office, home: Home) -> None:
    office.offer("hau_giang", "1")
    push(home)
    (change,) = ready_changes(Inbox(home.folder))
    assert isinstance(change, PackageChange)
    assert (change.before, change.adds_to, change.provinces) == ("", None, ("Cà Mau",))
    assert change.changes_interview("xa_hoi_so", COMMUNE)
    assert not change.changes_interview("xa_hoi_so", "00001")
    install(home)
    change_state(home.path, lambda state: set_off(state, "hau_giang", "failures"))
    office.offer("hau_giang", "2")
    push(home)
    (change,) = ready_changes(Inbox(home.folder))
    assert (change.before, change.is_off) == ("1", True)
    install(home)
    assert load_state(home.path).off == {}


def test_new_code_is_used_without_a_new_start(office: Office, home: Home) -> None:
    plugins = None
    for version in ("1", "2"):
        office.offer_files("coded", version, wheel("coded", version))
        push(home)
        assert install(home) == []
        plugins = Plugins.load([], home.path) if plugins is None else plugins.reload()
        functions = plugins.functions(COMMUNE)
        assert functions is not None
        assert functions["coded-version"].call is not None
        assert functions["coded-version"].call() == version
        assert not plugins.failures


def test_an_interview_gets_the_new_version_from_the_next_one_on(office: Office, home: Home) -> None:
    plugins = Plugins.load(home=home.path)
    surveys = Surveys(plugins, home.path / "cache")
    for version in ("1", "2"):
        office.offer("hau_giang", version)
        push(home)
        assert install(home) == []
        plugins = plugins.reload()
        surveys.renew(plugins)
        stamps = {stamp.name: stamp.version for stamp in surveys.form("xa_hoi_so", COMMUNE).modules}
        assert stamps["hau_giang"] == version


# --- kills
@pytest.mark.parametrize("what", ["fetch", "install"])
def test_a_kill_leaves_the_old_or_the_new_version(office: Office, home: Home, what: str) -> None:
    office.offer("hau_giang", "1")
    push(home)
    install(home)
    office.offer("hau_giang", "2")
    if what == "install":
        push(home)
    command = [sys.executable, str(Path(__file__).with_name("killed.py")), str(home.path), what]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 20
