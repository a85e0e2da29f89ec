"""What is done to a store while things go wrong. A new operation is one function and one line of
:data:`OPERATIONS`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from survey_tui.errors import StoreError
from survey_tui.interview.events import Finalised, Reopened, Visited
from survey_tui.store import ResponseStore, Seal, erasure, is_locked
from survey_tui.store.backup import backup_path, restore_store
from survey_tui.store.backup_worker import back_up_home
from survey_tui.store.journal.reader import first_header
from tests.store.torture.bench import AT, PASSPHRASE, Bench, Book, Fact, Problem, cheap, facts_in
from tests.support.store import compact

VERSION_0 = Path(__file__).parents[1] / "version-0.journal"
OLD_HOMES = 12


class Operation(NamedTuple):
    """``run`` does it once on a prepared bench (:func:`prepare`)."""

    name: str
    run: Callable[[Bench], None]


def prepare(bench: Bench, *, locked: bool = False) -> None:
    """What :func:`furnish` and :func:`fill` do; in a store with a passphrase, if it shall be ``locked``."""
    furnish(bench)
    fill(bench)
    if locked:
        _lock(bench)


def furnish(bench: Bench) -> None:
    """Homes with an older store, and an empty memory card."""
    bench.card.mkdir(exist_ok=True)
    for number in range(OLD_HOMES):
        place = bench.root / f"old-{number}" / "store"
        place.mkdir(parents=True)
        shutil.copyfile(VERSION_0, place / "responses.journal")


def fill(bench: Bench) -> None:
    """Two drafts with answers, three finished responses."""
    keys = [bench.begun() for _ in range(5)]
    for key in keys:
        for _ in range(3):
            bench.answered(key, 60)
    for key in keys[2:]:
        bench.finalised(key)


def _draft(bench: Bench) -> str:
    drafts = bench.keys("draft")
    return bench.dice.choice(drafts) if drafts else bench.begun()


def _insert(bench: Bench) -> None:
    bench.begun()


def _update(bench: Bench) -> None:
    key = _draft(bench)
    bench.open().record(key, Visited(AT, "a/q"), durable=False)
    bench.answered(key)


def _finalise(bench: Bench) -> None:
    bench.finalised(_draft(bench))


def _seal(bench: Bench) -> None:
    key, store = _draft(bench), bench.open()
    seal = Seal(_public_key())
    after = {key: Fact("sealed")}
    bench.change("seal", after, lambda: store.finalise(key, Finalised(AT), b"{}", seal=seal))


def _seal_later(bench: Bench) -> None:
    """As in a large store: the old lines leave the disk when the program ends, or at the next start."""
    with mock.patch.object(erasure, "_LARGE_BYTES", 0):
        _seal(bench)


def _reopen(bench: Bench) -> None:
    final = bench.keys("final")
    if not final:
        bench.finalised(_draft(bench))
        return
    key, store = bench.dice.choice(final), bench.open()
    after = {key: Fact("draft", bench.book.facts[key].answers)}
    bench.change("reopen", after, lambda: store.reopen(key, Reopened(AT)))


def _discard(bench: Bench) -> None:
    key, store = _draft(bench), bench.open()
    bench.change("discard", {key: Fact("gone")}, lambda: store.discard_draft(key))


def _receipts(bench: Bench) -> None:
    """One change of many lines, longer than a sector and than a page."""
    final, store = bench.keys("final"), bench.open()
    receipts = {key: "R" * bench.dice.choice((5, 700, 5000)) for key in final}
    after = {key: Fact("received", bench.book.facts[key].answers) for key in final}
    bench.change("receipts", after, lambda: store.handover.mark_received(receipts))


def _withdraw(bench: Bench) -> None:
    keys, store = bench.keys("draft", "final", "received", "sealed"), bench.open()
    chosen = bench.dice.sample(keys, min(2, len(keys)))
    after = dict.fromkeys(chosen, Fact("gone"))
    bench.change("withdraw", after, lambda: store.rights.withdraw(chosen, AT))


def _lock(bench: Bench) -> None:
    """Set the passphrase, or set it anew: with another key in either case."""
    store = bench.open()
    bench.change("lock", {}, lambda: store.passphrase_lock.set_passphrase(PASSPHRASE, cost=cheap()))


def _unlock(bench: Bench) -> None:
    store = bench.open()
    if not store.passphrase_lock.is_set:
        _lock(bench)
        return
    bench.change("unlock", {}, store.passphrase_lock.remove_passphrase)


def _strengthen(bench: Bench) -> None:
    """The store is opened by a program whose locks cost more, when it is locked."""
    bench.close()
    if not is_locked(bench.home):
        _lock(bench)
        return
    from survey_tui.store.crypto.device_lock import unlock
    from survey_tui.store.crypto.passphrase import Cost

    def again() -> None:
        keys = unlock(bench.home, PASSPHRASE, best=Cost(memory=128, passes=2))
        bench.store = ResponseStore.open(bench.home, keys=keys)

    bench.change("strengthen", {}, again)


def _compaction(bench: Bench) -> None:
    bench.change("compaction", {}, lambda: compact(bench.open()))


def _opening(bench: Bench) -> None:
    def again() -> None:
        bench.close()
        if bench.open().read_only:
            raise StoreError("store_read_only")

    bench.change("opening", {}, again)


def _backup(bench: Bench) -> None:
    bench.open()
    bench.change("backup", {}, lambda: back_up_home(bench.home, bench.card))


def _restore(bench: Bench) -> None:
    """Back up, restore what was backed up: nothing changes."""
    _backup(bench)
    header = first_header(bench.home / "store" / "responses.journal")
    assert header is not None
    bench.close()
    source = backup_path(bench.card, header)
    bench.change("restore", {}, lambda: restore_store(bench.home, source))


def _migration(bench: Bench) -> None:
    """The next older store is brought up to date."""
    homes = [home for home in _old_homes(bench.root) if _untouched(home)]
    if not homes:
        _update(bench)
        return

    def migrate() -> None:
        with ResponseStore.open(homes[0]) as store:
            if store.read_only:
                raise StoreError("store_read_only")

    bench.change("migration", {}, migrate)


def _old_homes(root: Path) -> list[Path]:
    return [root / name for name in sorted(os.listdir(root)) if name.startswith("old-")]  # noqa: PTH208


def _untouched(home: Path) -> bool:
    return os.listdir(home / "store") == ["responses.journal"]  # noqa: PTH208  no call that a fault may meet


def _public_key() -> str:
    from survey_tui.store.crypto.organisation_keys import new_private_key, public_text

    if not _PUBLIC:
        _PUBLIC.append(public_text(new_private_key().public_key()))
    return _PUBLIC[0]


_PUBLIC: list[str] = []

OPENING = Operation("opening", _opening)

OPERATIONS = (
    Operation("insert", _insert),
    Operation("update", _update),
    Operation("finalise", _finalise),
    Operation("seal", _seal),
    Operation("seal", _seal_later),
    Operation("reopen", _reopen),
    Operation("discard", _discard),
    Operation("receipts", _receipts),
    Operation("withdraw", _withdraw),
    Operation("lock", _lock),
    Operation("strengthen", _strengthen),
    Operation("unlock", _unlock),
    Operation("compaction", _compaction),
    OPENING,
    Operation("backup", _backup),
    Operation("restore", _restore),
    Operation("migration", _migration),
)


def problems_of_places(root: Path, book: Book) -> Iterator[Problem]:
    """What is wrong with the other places: homes with an older store, the memory card."""
    for home in _old_homes(root):
        if _untouched(home):
            continue
        kept = [home / "store" / "responses.journal", *(home / "store").glob("*.version-0-*")]
        if not any(path.exists() and path.read_bytes() == VERSION_0.read_bytes() for path in kept):
            yield "lost", "the file of the older version"
        with ResponseStore.open(home) as store:
            if store.read_only:
                yield "unreadable", f"older store: {[notice.code for notice in store.notices]}"
            elif sorted(len(store.events(summary.id)) for summary in store.search()) != [2, 3, 3]:
                yield "lost", "responses of the older store"
    yield from _problems_of_card(root, book)


def _problems_of_card(root: Path, book: Book) -> Iterator[Problem]:
    if not book.backed_up:
        return
    journal = root / "home" / "store" / "responses.journal"
    header = first_header(journal)
    assert header is not None
    elsewhere = root / "elsewhere"
    shutil.rmtree(elsewhere, ignore_errors=True)
    try:
        restore_store(elsewhere, backup_path(root / "card", header))
        there = facts_in(elsewhere)
    except StoreError as error:
        yield "lost", f"the backup: {error}"
        return
    for key, fact in book.backed_up.items():
        now = book.facts.get(key, fact)
        before = there.get(key, Fact("gone"))
        if before.status == "gone" and "gone" not in {fact.status, now.status}:
            yield "lost", f"{key} in the backup"
        if before.status == fact.status == "draft" and before.answers < fact.answers:
            yield "lost", f"{fact.answers - before.answers} answers of {key} in the backup"
