"""The device's passphrase: nothing readable on the disk, lines bound to their place, delays, recovery."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest
from msgspec import structs

from survey_tui.console.crash_report import write_report
from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, Reopened
from survey_tui.store import ResponseStore, check_store, is_locked, repair_store
from survey_tui.store.crypto.device_lock import read_lock_parameters, recover
from survey_tui.store.crypto.device_lock import unlock as unlock_as_is
from survey_tui.store.crypto.organisation_keys import key_id, new_private_key, public_text
from survey_tui.store.crypto.passphrase import AttemptsFile, Cost, LockParameters, delay_after, open_lock
from survey_tui.store.crypto.records import DeviceKeys
from tests.support.store import compact

MOMENT = "2026-11-21T08:30:00.000+07:00"
PASSPHRASE = "bốn từ ghép lại"
CHEAP = Cost(memory=64, passes=1)
SECRETS = ("câu trả lời 2", '"path":"a/q1"', "hộ mười hai", "Khảo sát nhà", PASSPHRASE)


@pytest.fixture
def locked(tmp_path: Path, draft: Callable[..., str]) -> Iterator[ResponseStore]:
    """A store with a draft from before the lock and one from after it."""
    with ResponseStore.open(tmp_path) as opened:
        draft(opened, title="Khảo sát nhà", household="hộ mười hai")
        opened.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
        draft(opened, title="Khảo sát nhà", household="hộ mười hai")
        yield opened


def unlock(home: Path, passphrase: str, *, now: float | None = None) -> DeviceKeys:
    """The lock stays as cheap as it is."""
    return unlock_as_is(home, passphrase, now=now, best=CHEAP)


def everything(directory: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def readings(text: str) -> set[bytes]:
    """A text as it may stand in a file: plain, as JSON escapes, in base64 at each of its three offsets."""
    raw = text.encode()
    if len(raw) < 8:
        return {raw}
    shifted = {base64.b64encode(bytes(shift) + raw)[4:-4] for shift in range(3)}
    return {raw, json.dumps(text)[1:-1].encode(), *shifted}


# --- what can be read
@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_it_is_in_any_file(tmp_path: Path, locked: ResponseStore, secret: str) -> None:
    found = everything(tmp_path)
    assert not [reading for reading in readings(secret) if reading in found]
    compact(locked)
    locked.close()
    found = everything(tmp_path)
    assert not [reading for reading in readings(secret) if reading in found]


def test_copies_made_before_the_lock_are_taken_in(
    tmp_path: Path, draft: Callable[..., str], journal_path: Path
) -> None:
    torn = journal_path.with_name("responses.journal.torn-1")
    with ResponseStore.open(tmp_path) as store:
        draft(store)
        torn.write_bytes("câu trả lời dở".encode())
        store.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
        content = store.db.table("aside")._read_table()["responses.journal.torn-1"]["content"]
    assert not torn.exists()
    assert base64.b64decode(content) == "câu trả lời dở".encode()
    assert "câu trả lời".encode() not in everything(tmp_path)


@pytest.mark.slow
def test_the_process_tells_nothing_either(tmp_path: Path, locked: ResponseStore) -> None:
    locked.close()
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from survey_tui.store import ResponseStore; "
        "from survey_tui.store.crypto.device_lock import unlock; home = Path(sys.argv[1]); "
        "keys = unlock(home, Path(sys.argv[2]).read_text(encoding='utf-8')); "
        "store = ResponseStore.open(home, keys=keys); print(len(store.search()), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path), str(secret)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == b"2\n"
        proc = Path("/proc") / str(child.pid)
        if proc.exists():
            assert PASSPHRASE.encode() not in (proc / "environ").read_bytes()
            assert PASSPHRASE.encode() not in (proc / "cmdline").read_bytes()
            limits = (proc / "limits").read_text()
            core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
            assert core.split()[4:6] == ["0", "0"]
        child.stdin.write(b"\n")
        child.stdin.close()
    assert child.returncode == 0


# --- the same store with and without
def test_everything_works_behind_the_lock(tmp_path: Path, locked: ResponseStore) -> None:
    first, second = sorted(summary.id for summary in locked.search())
    locked.finalise(second, Finalised(MOMENT), b'{"values":[]}\n')
    locked.record(first, Answered(MOMENT, "a/q9", "mới"))
    locked.close()
    assert is_locked(tmp_path)
    keys = unlock(tmp_path, PASSPHRASE)
    assert check_store(tmp_path, keys) == []
    with ResponseStore.open(tmp_path, keys=keys) as again:
        assert again.notices == ()
        assert [event for event in again.events(first) if isinstance(event, Answered)][-1].text == "mới"
        assert again.final_bytes(second) == b'{"values":[]}\n'
        compact(again)
        assert again.events(first)[-1] == Answered(MOMENT, "a/q9", "mới")
    with ResponseStore.open(tmp_path, keys=keys) as again:
        again.passphrase_lock.remove_passphrase()
        assert not again.passphrase_lock.is_set
    with ResponseStore.open(tmp_path) as plain:
        assert plain.events(first)[-1] == Answered(MOMENT, "a/q9", "mới")
    assert not AttemptsFile(tmp_path / "store" / "responses.journal").path.exists()


def test_without_a_passphrase_nothing_opens(tmp_path: Path, locked: ResponseStore) -> None:
    locked.close()
    before = everything(tmp_path)
    for way in (
        lambda: ResponseStore.open(tmp_path),
        lambda: check_store(tmp_path),
        lambda: repair_store(tmp_path),
    ):
        with pytest.raises(StoreError, match="lock_passphrase_needed"):
            way()
    assert everything(tmp_path) == before


def test_a_new_passphrase_takes_a_new_key(tmp_path: Path, locked: ResponseStore) -> None:
    old = unlock(tmp_path, PASSPHRASE)
    locked.passphrase_lock.set_passphrase("một mật khẩu khác", cost=CHEAP)
    locked.close()
    with pytest.raises(StoreError, match="lock_passphrase_needed"):
        ResponseStore.open(tmp_path, keys=old)
    with pytest.raises(StoreError, match="lock_wrong_passphrase"):
        unlock(tmp_path, PASSPHRASE)
    with ResponseStore.open(tmp_path, keys=unlock(tmp_path, "một mật khẩu khác")) as again:
        assert len(again.search()) == 2


def test_a_crash_while_locking_leaves_the_old_or_the_new_store(
    tmp_path: Path, draft: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)

        def refuse(self: Path, target: Path) -> Path:
            raise OSError(28, "full")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", refuse)
            with pytest.raises(StoreError, match="store_disk_full"):
                store.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
        store.record(key, Answered(MOMENT, "a/q9", "sau đó"))
    with ResponseStore.open(tmp_path) as again:
        assert not again.passphrase_lock.is_set
        assert len(again.events(key)) == 5


def test_a_passphrase_that_is_too_short_is_refused(store: ResponseStore) -> None:
    with pytest.raises(StoreError, match="lock_too_short"):
        store.passphrase_lock.set_passphrase("ngắn", cost=CHEAP)
    assert not store.passphrase_lock.is_set


def test_both_ways_to_write_a_vietnamese_letter_are_one_passphrase(
    tmp_path: Path, store: ResponseStore
) -> None:
    import unicodedata

    store.passphrase_lock.set_passphrase(unicodedata.normalize("NFD", PASSPHRASE), cost=CHEAP)
    assert unlock(tmp_path, PASSPHRASE)


# --- attacks on the file
def with_checksum(line: bytes) -> bytes:
    return b"%08x\t" % crc32(line[9:]) + line[9:]


def field(line: bytes, number: int, value: bytes) -> bytes:
    fields = line.rstrip(b"\n").split(b"\t", 6)
    fields[number] = value
    return with_checksum(b"\t".join(fields) + b"\n")


def part(line: bytes, number: int) -> bytes:
    return line.rstrip(b"\n").split(b"\t", 6)[number]


def answers_shown(home: Path, keys: DeviceKeys) -> dict[str, list[str]]:
    """What a program would show as right, by response."""
    shown = {}
    with ResponseStore.open(home, read_only=True, keys=keys) as store:
        for summary in store.search():
            try:
                events = store.events(summary.id)
            except StoreError:
                continue
            shown[summary.id] = [event.text for event in events if isinstance(event, Answered)]
    return shown


def swap_places(lines: list[bytes]) -> list[bytes]:
    """Two answers of one response, each with the other's number."""
    one, two = lines[-1], lines[-2]
    return [*lines[:-2], field(one, 1, part(two, 1)), field(two, 1, part(one, 1))]


def repeat_last(lines: list[bytes]) -> list[bytes]:
    return [*lines, field(lines[-2], 1, b"%d" % (int(part(lines[-1], 1)) + 1))]


def other_response(lines: list[bytes]) -> list[bytes]:
    other = next(part(line, 4) for line in lines[2:] if part(line, 4) != part(lines[-1], 4))
    return [*lines[:-1], field(lines[-1], 4, other)]


def body_of_another_line(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], field(lines[-1], 6, part(lines[-2], 6))]


def head_of_another_line(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], field(lines[-1], 5, part(lines[-2], 5))]


def other_action(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], field(lines[-1], 2, b"put")]


def in_the_clear(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], field(field(lines[-1], 5, b'{"count":4}'), 6, b"[]")]


def other_generation(lines: list[bytes]) -> list[bytes]:
    head = json.loads(part(lines[0], 5))
    head["generation"] += 1
    return [field(lines[0], 5, json.dumps(head).encode()), *lines[1:]]


def said_to_be_plain(lines: list[bytes]) -> list[bytes]:
    head = json.loads(part(lines[0], 5)) | {"codec": "plain"}
    del head["lock"]
    return [field(lines[0], 5, json.dumps(head).encode()), *lines[1:]]


ATTACKS = (
    swap_places,
    repeat_last,
    other_response,
    body_of_another_line,
    head_of_another_line,
    other_action,
    in_the_clear,
    other_generation,
)


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_lines_that_were_tampered_with_are_found(
    tmp_path: Path,
    locked: ResponseStore,
    journal_path: Path,
    attack: Callable[[list[bytes]], list[bytes]],
) -> None:
    """Checksums and numbers are right in every case: only the encryption tells."""
    locked.close()
    keys = unlock(tmp_path, PASSPHRASE)
    right = answers_shown(tmp_path, keys)
    journal_path.write_bytes(b"".join(attack(journal_path.read_bytes().splitlines(keepends=True))))
    findings = check_store(tmp_path, keys)
    assert [finding for finding in findings if finding.severity == "error"]
    for response, answers in answers_shown(tmp_path, keys).items():
        assert answers == right[response]


def test_a_header_that_claims_to_be_plain_shows_nothing(
    tmp_path: Path, locked: ResponseStore, journal_path: Path
) -> None:
    locked.close()
    journal_path.write_bytes(b"".join(said_to_be_plain(journal_path.read_bytes().splitlines(keepends=True))))
    assert [finding for finding in check_store(tmp_path) if finding.severity == "error"]
    with ResponseStore.open(tmp_path) as store:
        assert store.read_only
        assert list(store.search()) == []


def test_lines_of_an_older_generation_do_not_come_back(
    tmp_path: Path, locked: ResponseStore, journal_path: Path
) -> None:
    old = journal_path.read_bytes().splitlines(keepends=True)
    compact(locked)
    locked.close()
    keys = unlock(tmp_path, PASSPHRASE)
    new = journal_path.read_bytes().splitlines(keepends=True)
    assert len(new) == len(old)
    journal_path.write_bytes(b"".join([*new[:-1], old[-1]]))
    assert [finding.code for finding in check_store(tmp_path, keys)] == ["damaged"]


@pytest.mark.parametrize("same_passphrase", [True, False])
def test_the_journal_of_another_device_is_refused(
    tmp_path: Path,
    locked: ResponseStore,
    draft: Callable[..., str],
    journal_path: Path,
    same_passphrase: bool,
) -> None:
    locked.close()
    other = tmp_path / "other"
    with ResponseStore.open(other) as store:
        draft(store)
        store.passphrase_lock.set_passphrase(
            PASSPHRASE if same_passphrase else "mật khẩu máy kia", cost=CHEAP
        )
    mine = unlock(tmp_path, PASSPHRASE)
    shutil.copy(other / "store" / "responses.journal", journal_path)
    with pytest.raises(StoreError, match="lock_other_store"):
        unlock(tmp_path, PASSPHRASE)
    with pytest.raises(StoreError, match="lock_passphrase_needed"):
        ResponseStore.open(tmp_path, keys=mine)


def test_lines_of_another_device_are_found(
    tmp_path: Path, locked: ResponseStore, draft: Callable[..., str], journal_path: Path
) -> None:
    locked.close()
    with ResponseStore.open(tmp_path / "other") as store:
        draft(store)
        store.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
    foreign = (tmp_path / "other" / "store" / "responses.journal").read_bytes().splitlines(keepends=True)
    own = journal_path.read_bytes().splitlines(keepends=True)
    number = b"%d" % int(part(own[-1], 1))
    journal_path.write_bytes(b"".join([*own[:-1], field(foreign[-1], 1, number)]))
    keys = unlock(tmp_path, PASSPHRASE)
    assert "damaged" in [finding.code for finding in check_store(tmp_path, keys)]


@pytest.mark.slow
def test_byte_flips_never_show_a_wrong_answer(
    tmp_path: Path, locked: ResponseStore, journal_path: Path
) -> None:
    """The checksum is made right again each time, as somebody who wants to change data would do."""
    locked.close()
    keys = unlock(tmp_path, PASSPHRASE)
    right = answers_shown(tmp_path, keys)
    lines = journal_path.read_bytes().splitlines(keepends=True)
    for number in range(1, len(lines)):
        for place in range(12, len(lines[number]) - 1, 17):
            line = bytearray(lines[number])
            line[place] ^= 1
            if line[place] in b"\t\n\r":
                continue
            journal_path.write_bytes(
                b"".join([*lines[:number], with_checksum(bytes(line)), *lines[number + 1 :]])
            )
            assert check_store(tmp_path, keys), (number, place)
            shown = answers_shown(tmp_path, keys)
            assert all(right.get(key) == answers for key, answers in shown.items()), (number, place)


# --- guessing
def test_wrong_passphrases_wait_longer_over_restarts_and_wipe_nothing(
    tmp_path: Path, locked: ResponseStore, journal_path: Path
) -> None:
    locked.close()
    before = journal_path.read_bytes()
    for _ in range(3):
        with pytest.raises(StoreError, match="lock_wrong_passphrase"):
            unlock(tmp_path, "sai mật khẩu", now=1000.0)
    with pytest.raises(StoreError, match="lock_wait") as refused:
        unlock(tmp_path, PASSPHRASE, now=1001.0)
    assert refused.value.details["seconds"] == 2
    with pytest.raises(StoreError, match="lock_wrong_passphrase"):
        unlock(tmp_path, "sai mật khẩu", now=1002.0)
    with pytest.raises(StoreError, match="lock_wait"):
        unlock(tmp_path, PASSPHRASE, now=1005.0)
    assert unlock(tmp_path, PASSPHRASE, now=1006.0)
    assert AttemptsFile(journal_path).read().failures == 0
    assert journal_path.read_bytes() == before


def test_the_delay_grows_and_has_an_end() -> None:
    assert [delay_after(failures) for failures in range(9)] == [0, 0, 0, 2, 4, 8, 16, 32, 64]
    assert delay_after(10_000) == 300


def test_a_clock_that_jumps_back_does_not_lengthen_the_delay(tmp_path: Path, locked: ResponseStore) -> None:
    locked.close()
    for _ in range(3):
        with pytest.raises(StoreError, match="lock_wrong_passphrase"):
            unlock(tmp_path, "sai mật khẩu", now=1_000_000.0)
    with pytest.raises(StoreError, match="lock_wait"):
        unlock(tmp_path, PASSPHRASE, now=5000.0)
    assert unlock(tmp_path, PASSPHRASE, now=5002.0)


def test_an_attempt_counts_before_it_is_tried(
    tmp_path: Path, locked: ResponseStore, journal_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked.close()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("survey_tui.store.crypto.device_lock.open_lock", killed)
    with pytest.raises(KeyboardInterrupt):
        unlock(tmp_path, PASSPHRASE)
    assert AttemptsFile(journal_path).read().failures == 1


# --- recovery and parameters
def test_the_coordinator_opens_a_store_whose_passphrase_is_forgotten(
    tmp_path: Path, draft: Callable[..., str]
) -> None:
    office = new_private_key()
    text = public_text(office.public_key())
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
        store.passphrase_lock.set_passphrase(PASSPHRASE, recovery=text, cost=CHEAP)
        assert store.passphrase_lock.recovery_key == text
    with pytest.raises(StoreError, match="lock_no_recovery"):
        recover(tmp_path, new_private_key())
    with ResponseStore.open(tmp_path, keys=recover(tmp_path, office)) as store:
        assert len(store.events(key)) == 4
        store.passphrase_lock.set_passphrase("mật khẩu mới", cost=CHEAP)
        assert store.passphrase_lock.recovery_key == text
    assert unlock(tmp_path, "mật khẩu mới")
    facts = read_lock_parameters(tmp_path)
    assert facts is not None
    assert facts.recovery is not None
    assert facts.recovery.key == key_id(text)
    swapped = structs.replace(facts.recovery, public=public_text(new_private_key().public_key()))
    store_id = store._journal.store_id
    assert open_lock(store_id, structs.replace(facts, recovery=swapped), "mật khẩu mới") is None


def test_the_cost_stands_in_the_file_and_can_be_raised(tmp_path: Path, locked: ResponseStore) -> None:
    facts = read_lock_parameters(tmp_path)
    assert facts is not None
    assert facts.cost == CHEAP
    assert facts.cost.is_weaker_than(Cost())
    locked.passphrase_lock.set_passphrase(PASSPHRASE, cost=Cost(memory=128, passes=2))
    locked.close()
    facts = read_lock_parameters(tmp_path)
    assert facts is not None
    assert facts.cost == Cost(memory=128, passes=2)
    assert unlock(tmp_path, PASSPHRASE)


@pytest.mark.parametrize("recovery", [False, True])
def test_a_cheap_lock_is_made_stronger_when_it_is_opened(
    tmp_path: Path, locked: ResponseStore, recovery: bool
) -> None:
    office = new_private_key()
    text = public_text(office.public_key()) if recovery else ""
    locked.passphrase_lock.set_passphrase(PASSPHRASE, recovery=text, cost=CHEAP)
    locked.close()
    before = read_lock_parameters(tmp_path)
    higher = Cost(memory=256, passes=2)
    keys = unlock_as_is(tmp_path, PASSPHRASE, best=higher)
    with ResponseStore.open(tmp_path, read_only=True, keys=keys):
        assert read_lock_parameters(tmp_path) == before
    with ResponseStore.open(tmp_path, keys=unlock_as_is(tmp_path, PASSPHRASE, best=higher)) as store:
        assert len(store.search()) == 2
        assert store.passphrase_lock.recovery_key == text
    after = read_lock_parameters(tmp_path)
    assert before is not None
    assert after is not None
    assert (after.cost, after.key) == (higher, before.key)
    assert before.wrapped.encode() not in everything(tmp_path / "store")
    assert unlock_as_is(tmp_path, PASSPHRASE, best=higher).stronger_lock is None
    if recovery:
        assert recover(tmp_path, office).key_id == after.key
    with pytest.raises(StoreError, match="lock_wrong_passphrase"):
        unlock_as_is(tmp_path, "một mật khẩu khác", best=higher)


@pytest.mark.parametrize("cost", [{"memory": 1 << 30}, {"passes": 10**6}, {"lanes": 0}, {"memory": "x"}])
def test_a_cost_that_no_device_could_pay_is_refused(
    tmp_path: Path, locked: ResponseStore, journal_path: Path, cost: dict[str, object]
) -> None:
    locked.close()
    lines = journal_path.read_bytes().splitlines(keepends=True)
    head = json.loads(part(lines[0], 5))
    head["lock"]["cost"] |= cost
    journal_path.write_bytes(b"".join([field(lines[0], 5, json.dumps(head).encode()), *lines[1:]]))
    with pytest.raises(StoreError, match="lock_damaged"):
        unlock(tmp_path, PASSPHRASE)


def test_a_cheaper_cost_in_the_header_does_not_open_the_lock(tmp_path: Path, locked: ResponseStore) -> None:
    facts = read_lock_parameters(tmp_path)
    assert facts is not None
    cheaper = LockParameters(key=facts.key, cost=Cost(32, 1), salt=facts.salt, wrapped=facts.wrapped)
    assert open_lock("another", facts, PASSPHRASE) is None
    assert open_lock(locked._journal.store_id, cheaper, PASSPHRASE) is None
    assert open_lock(locked._journal.store_id, facts, PASSPHRASE) is not None


def test_without_the_library_the_program_runs(tmp_path: Path) -> None:
    """A fresh interpreter in which the library cannot be found."""
    program = (
        "import sys; sys.modules['cryptography'] = None; from pathlib import Path; "
        "import survey_tui.store.crypto as library; library.find_spec = lambda name: None; "
        "from survey_tui.store import ResponseStore; from survey_tui.errors import StoreError\n"
        "with ResponseStore.open(Path(sys.argv[1])) as store:\n"
        "    try: store.passphrase_lock.set_passphrase('x' * 20)\n"
        "    except StoreError as error: print(error.code, store.passphrase_lock.is_set)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
        timeout=60,
    )
    assert done.stdout.strip() == "crypto_missing False"


@pytest.mark.slow
def test_a_plain_store_imports_no_cryptography(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from survey_tui.store import ResponseStore; "
        "ResponseStore.open(Path(sys.argv[1])).close(); print('cryptography' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "False"


# --- files that were set aside
def aside_of(store: ResponseStore) -> bytes:
    documents = store.db.table("aside")._read_table()
    return b"".join(base64.b64decode(document["content"]) for document in documents.values())


def test_what_is_withdrawn_leaves_what_was_taken_in(
    tmp_path: Path, draft: Callable[..., str], journal_path: Path
) -> None:
    with ResponseStore.open(tmp_path) as store:
        gone, kept = draft(store), draft(store)
        lines = journal_path.read_bytes().splitlines(keepends=True)
        journal_path.with_name("responses.journal.damaged-1").write_bytes(b"".join(lines))
        journal_path.with_name("responses.journal.torn-1").write_bytes(lines[-1][:40])
        store.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
        assert gone.encode() in aside_of(store)
        store.rights.withdraw([gone], MOMENT)
        assert gone.encode() not in aside_of(store)
        assert kept.encode() in aside_of(store)
        assert list(store.db.table("aside")._read_table()) == ["responses.journal.damaged-1"]


def test_files_left_by_a_crash_while_locking_go_at_the_next_start(
    tmp_path: Path, draft: Callable[..., str], journal_path: Path
) -> None:
    torn = journal_path.with_name("responses.journal.torn-1")
    with ResponseStore.open(tmp_path) as store:
        draft(store)
        torn.write_bytes(b"in the clear")
        store.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
    torn.write_bytes(b"in the clear")
    other = journal_path.with_name("responses.journal.torn-2")
    other.write_bytes(b"encrypted, of later")
    with ResponseStore.open(tmp_path, keys=unlock(tmp_path, PASSPHRASE)):
        assert not torn.exists()
        assert other.exists()


@pytest.mark.parametrize("way", ["log", "traceback", "crash report"])
def test_nothing_of_it_is_in_logs(
    tmp_path: Path, locked: ResponseStore, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything that goes wrong with a locked store, as it would be written down: log, errors, reports."""
    key = locked.search()[0].id
    told: list[BaseException] = []
    caplog.set_level(0)
    for action in (
        lambda: unlock(tmp_path, SECRETS[0]),
        lambda: locked.passphrase_lock.set_passphrase("x" + PASSPHRASE[:2], cost=CHEAP),
        lambda: locked.reopen(key, Reopened(MOMENT)),
        lambda: locked.rights.withdraw([SECRETS[2]], MOMENT),
    ):
        try:
            action()
        except StoreError as error:
            told.append(error)
    assert len(told) == 4
    if way == "log":
        text = caplog.text + "".join(str(notice) for notice in locked.notices)
    elif way == "traceback":
        text = "".join("".join(traceback.format_exception(error)) for error in told[:3])
    else:
        reports = [write_report(tmp_path, error) for error in told]
        text = "".join(report.read_text() for report in reports if report is not None)
        assert text
    assert not [secret for secret in (*SECRETS, PASSPHRASE[:2] + "x") if secret in text]
