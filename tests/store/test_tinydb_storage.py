"""TinyDB on the journal behaves as TinyDB in memory, also after reopening."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from survey_tui.store.journal.compaction import compact
from survey_tui.store.journal.tinydb_storage import JournalDB, JournalStorage
from survey_tui.store.journal.writer import JournalWriter

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.fixed_dictionaries({"k": st.integers(0, 3)}, optional={"v": VALUES, "tên": st.text()})
TABLES = st.sampled_from(["_default", "hộ\tgia đình\n", 'a"\\b'])
IDS = st.integers(1, 6)
KEYS = st.integers(0, 3)

Step = Callable[[Any], Any]


def _increment(document: dict[str, Any]) -> None:
    document["k"] += 1


STEPS: st.SearchStrategy[tuple[str, Step]] = st.tuples(
    TABLES,
    st.one_of(
        DOCUMENTS.map(lambda d: lambda t: t.insert(d)),
        st.lists(DOCUMENTS, max_size=3).map(lambda ds: lambda t: t.insert_multiple(ds)),
        st.tuples(IDS, DOCUMENTS).map(lambda x: lambda t: t.insert(Document(x[1], x[0]))),
        st.tuples(IDS, DOCUMENTS).map(lambda x: lambda t: t.upsert(Document(x[1], x[0]))),
        st.tuples(KEYS, DOCUMENTS).map(lambda x: lambda t: t.upsert(x[1], where("k") == x[0])),
        st.tuples(KEYS, DOCUMENTS).map(lambda x: lambda t: t.update(x[1], where("k") == x[0])),
        st.tuples(IDS, DOCUMENTS).map(lambda x: lambda t: t.update(x[1], doc_ids=[x[0]])),
        st.just(lambda t: t.update(_increment)),
        st.tuples(KEYS, DOCUMENTS).map(
            lambda x: lambda t: t.update_multiple([(x[1], where("k") == x[0]), (_increment, where("k") == 2)])
        ),
        KEYS.map(lambda k: lambda t: t.remove(where("k") == k)),
        IDS.map(lambda i: lambda t: t.remove(doc_ids=[i])),
        st.just(lambda t: t.truncate()),
        KEYS.map(lambda k: lambda t: t.search(where("k") == k)),
        IDS.map(lambda i: lambda t: t.get(doc_id=i)),
        st.lists(IDS).map(lambda i: lambda t: t.get(doc_ids=i)),
        KEYS.map(lambda k: lambda t: t.count(where("k") == k)),
        st.just(len),
    ),
)


def _journal(database: JournalDB) -> JournalWriter:
    assert isinstance(database.storage, JournalStorage)
    return database.storage.journal


def _result(table: Any, step: Step) -> Any:
    try:
        return step(table)
    except ValueError as error:
        return str(error)


def _content(db: TinyDB) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    return {name: [(doc.doc_id, dict(doc)) for doc in db.table(name)] for name in sorted(db.tables())}


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(st.lists(STEPS, max_size=12), st.sampled_from(["", "reopen", "compact", "drop_table", "drop_tables"]))
def test_same_as_in_memory(steps: list[tuple[str, Step]], last: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        ours = JournalDB(Path(directory))
        theirs = TinyDB(storage=MemoryStorage)
        for name, step in steps:
            assert _result(ours.table(name), step) == _result(theirs.table(name), step)
        if last == "drop_table":
            ours.drop_table("_default")
            theirs.drop_table("_default")
        elif last == "drop_tables":
            ours.drop_tables()
            theirs.drop_tables()
        elif last == "compact":
            compact(_journal(ours))
        assert _content(ours) == _content(theirs)
        ours.close()
        again = JournalDB(Path(directory))
        assert not _journal(again).findings
        assert _content(again) == _content(theirs)
        again.close()


def test_a_loop_may_change_the_table(tmp_path: Path) -> None:
    with JournalDB(tmp_path) as db:
        db.insert_multiple({"n": n} for n in range(5))
        for document in db:
            db.remove(doc_ids=[document.doc_id])
        assert len(db) == 0


def test_a_failing_change_changes_nothing(tmp_path: Path) -> None:
    with JournalDB(tmp_path) as db:
        db.insert_multiple({"n": n} for n in range(3))
        size = db.storage.journal.size

        def spoil(document: dict[str, Any]) -> None:
            document["n"] = 1 / document["n"]

        with pytest.raises(ZeroDivisionError):
            db.update(spoil)
        with pytest.raises(ValueError, match="JSON compliant"):
            db.insert({"n": float("nan")})
        assert [document["n"] for document in db] == [0, 1, 2]
        assert db.storage.journal.size == size


def test_a_change_costs_what_changes(tmp_path: Path) -> None:
    with JournalDB(tmp_path) as db:
        db.insert_multiple({"n": n, "text": "x" * 500} for n in range(200))
        size = db.storage.journal.size
        db.update({"text": "y"}, doc_ids=[7])
        assert db.storage.journal.size - size < 100


def test_plain_data_written_to_the_storage(tmp_path: Path) -> None:
    with JournalDB(tmp_path) as db:
        db.insert_multiple({"n": n} for n in range(3))
        db.storage.write({"_default": {"2": {"n": 1}, "3": {"n": 20}, "9": {"n": 9}}, "other": {}})
        assert [(d.doc_id, d["n"]) for d in db] == [(2, 1), (3, 20), (9, 9)]
        assert db.tables() == {"_default", "other"}
