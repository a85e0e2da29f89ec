"""Responses as TinyDB documents: what queries read, what operations write, and what drafts see of it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from msgspec import structs
from tinydb import operations, where

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, Reopened, Visited
from survey_tui.store import ResponseStore, check_store
from survey_tui.store.journal.stored_table import StoredDocument
from survey_tui.store.queries import (
    drafts,
    final,
    id_begins_with,
    of_form,
    pending,
    readable,
    received_before,
    with_status,
)

MOMENT = "2026-11-21T08:30:00.000+07:00"
CANONICAL = b'{"values":[["a/q0","c\xc3\xb3"]]}\n'

Draft = Callable[..., str]


def last_line(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[-1].split("\t")


def disk_refused() -> Any:
    return mock.patch(
        "survey_tui.store.journal.reader.JournalReader.read", side_effect=AssertionError("the disk was read")
    )


def test_the_whole_as_a_tinydb(store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 2, household="7")
    (found,) = store.table.search(where("household") == "7")
    assert found.doc_id == key
    assert [event["event"] for event in found["events"]] == ["started", "answered", "answered"]
    store.table.update({"household": "8"}, doc_ids=[key])
    assert len(store.events(key)) == 3
    assert store.summary(key).id == key
    assert store.summary(key).household == "8"


def test_queries_over_summaries_read_no_disk(store: ResponseStore, draft: Draft) -> None:
    keys = [draft(store, 1, household=str(number)) for number in range(3)]
    store.finalise(keys[0], Finalised(MOMENT), CANONICAL)
    with disk_refused():
        assert [found.doc_id for found in store.table.search(pending())] == [keys[0]]
        assert store.table.count((where("household") == "2") & drafts()) == 1
        assert store.table.count(where("receipt") == "none has this field") == 0
        assert [summary.household for summary in store.search(drafts())] == ["2", "1"]
    with pytest.raises(AssertionError, match="the disk was read"), disk_refused():
        store.table.search(where("events").exists())


def test_a_query_over_answers_reads_them(store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 2)
    draft(store, 0)
    answered = where("events").any(where("event") == "answered")
    assert [found.doc_id for found in store.table.search(answered)] == [key]


def test_a_document_is_a_mapping_of_all_its_fields(store: ResponseStore, draft: Draft) -> None:
    document = store.table.get(doc_id=draft(store, 1, household="7"))
    assert document is not None
    assert len(document) == len(list(document)) == len(dict(document))
    assert document["household"] == "7"
    assert "events" in document
    assert "receipt" not in document
    assert "câu trả lời" not in repr(document)


def test_a_removed_document_says_so(store: ResponseStore, draft: Draft) -> None:
    key = draft(store)
    document = store.table.get(doc_id=key)
    assert document is not None
    store.discard_draft(key)
    assert document["form_id"] == "short"
    with pytest.raises(StoreError, match="store_no_response"):
        document["events"]


def test_a_mark_is_the_smallest_line(store: ResponseStore, draft: Draft, journal_path: Path) -> None:
    key = draft(store, 1)
    store.finalise(key, Finalised(MOMENT), CANONICAL)
    with disk_refused():
        store.table.update({"status": "sent"}, doc_ids=[key])
    assert last_line(journal_path)[2:] == ["set", "responses", key, '{"count":3,"status":"sent"}', ""]
    before = journal_path.stat().st_size
    store.table.update({"status": "sent"}, doc_ids=[key])
    assert journal_path.stat().st_size == before


def test_appended_events_are_an_add_line(store: ResponseStore, draft: Draft, journal_path: Path) -> None:
    key = draft(store, 1)
    answer: dict[str, Any] = {"event": "answered", "at": MOMENT, "path": "a/q9", "text": "x"}

    def append(document: MutableMapping[str, Any]) -> None:
        document["events"].append(answer)

    store.table.update(append, doc_ids=[key])
    assert last_line(journal_path)[2:5] == ["add", "responses", key]
    assert store.events(key)[-1] == Answered(MOMENT, "a/q9", "x")


def test_what_a_patch_cannot_say_is_a_new_document(
    tmp_path: Path, store: ResponseStore, draft: Draft, journal_path: Path
) -> None:
    key = draft(store, 2, household="7")
    for change in ({"form_id": "other"}, operations.delete("household"), {"extra": [1]}):
        store.table.update(change, doc_ids=[key])
        assert last_line(journal_path)[2] == "put"
    assert (store.summary(key).form_id, store.summary(key).household) == ("other", "")
    assert len(store.events(key)) == 3
    store.close()
    assert check_store(tmp_path) == []


def test_append_events_is_the_answers_way(store: ResponseStore, draft: Draft, journal_path: Path) -> None:
    one, other = draft(store, 0), draft(store, 0)
    event = Answered(MOMENT, "a/q", "x")
    store.record(one, event)
    by_answer = last_line(journal_path)
    store.table.append_events(other, [event], structs.replace(store.summary(other), updated=MOMENT))
    assert last_line(journal_path)[5:] == by_answer[5:]
    store.record(other, Visited(MOMENT, "a/r"), durable=False)
    store.table.append_events(other, [event], store.summary(other))
    assert store.events(other)[-2:] == [Visited(MOMENT, "a/r"), event]
    with pytest.raises(StoreError, match="store_no_response"):
        store.table.append_events("unknown", [event], store.summary(other))


def test_queries_see_what_is_said_of_a_draft_and_not_written(
    store: ResponseStore, draft: Draft, journal_path: Path
) -> None:
    key = draft(store, 1, household="7")
    size = journal_path.stat().st_size
    store.update_summary(key, household="12")
    assert store.table.count(where("household") == "12") == 1
    assert store.search()[0].household == "12"
    assert journal_path.stat().st_size == size


def test_an_open_draft_sees_what_an_operation_changed(tmp_path: Path, draft: Draft) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store, 1, household="7")
        store.table.update({"household": "8"}, doc_ids=[key])
        store.record(key, Answered(MOMENT, "a/q0", "x"))
        assert store.summary(key).household == "8"
    with ResponseStore.open(tmp_path) as again:
        assert (again.summary(key).household, len(again.events(key))) == ("8", 3)


def test_a_document_can_be_inserted_under_its_id(store: ResponseStore, draft: Draft) -> None:
    document = store.table.get(doc_id=draft(store, 1))
    assert document is not None
    copy = StoredDocument({**document, "id": "copy"}, "copy")
    store.table.insert(copy)
    assert store.events("copy") == store.events(document.doc_id)
    with pytest.raises(ValueError, match="already exists"):
        store.table.insert(copy)


def test_operations_of_one_change_count_together(
    store: ResponseStore, draft: Draft, journal_path: Path
) -> None:
    one, other = draft(store, 0), draft(store, 0)
    size = journal_path.stat().st_size

    def fail_half_way() -> None:
        with store.table.storage.one_change():
            store.table.remove(doc_ids=[one])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert journal_path.stat().st_size == size
    with store.table.storage.one_change():
        store.table.remove(doc_ids=[one])
        store.table.update({"household": "3"}, doc_ids=[other])
    actions = [line.split("\t")[2] for line in journal_path.read_text(encoding="utf-8").splitlines()]
    assert actions[-2:] == ["del+", "set&"]


def test_an_operation_may_come_back_to_a_document(store: ResponseStore, draft: Draft) -> None:
    first, second = draft(store, 1), draft(store, 1)

    def count(document: MutableMapping[str, Any]) -> None:
        document["answered"] = document.get("answered", 0) + 1

    store.table.update(count, doc_ids=[first, second, first])
    assert (store.summary(first).answered, store.summary(second).answered) == (2, 1)
    assert len(store.events(first)) == 2


def test_queries_by_status_form_and_id(store: ResponseStore, draft: Draft) -> None:
    keys = [draft(store, 0) for _ in range(4)]
    for key in keys[1:]:
        store.finalise(key, Finalised(MOMENT), CANONICAL)
    store.handover.mark_sent(keys[2:])
    store.handover.mark_received({keys[3]: "r"})
    first, second, third, fourth = keys
    found = {
        "drafts": (drafts(), {first}),
        "final": (final(), {second, third, fourth}),
        "pending": (pending(), {second, third}),
        "sent": (with_status("sent", "received"), {third, fourth}),
        "form": (of_form("short"), set(keys)),
        "other form": (of_form("other"), set()),
        "id": (id_begins_with(second), {second}),
        "readable": (readable(), set(keys)),
        "old": (received_before(4e9), {fourth}),
        "not so old": (received_before(1.0), set()),
    }
    for name, (query, expected) in found.items():
        assert {summary.id for summary in store.search(query)} == expected, name
        assert store.count(query) == len(expected), name


def test_a_receipt_without_a_time_counts_from_the_last_change(store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 0)
    store.finalise(key, Finalised(MOMENT), CANONICAL)
    store.table.update({"status": "received"}, doc_ids=[key])
    assert store.count(received_before(2e9)) == 1
    store.table.update({"received": "no moment"}, doc_ids=[key])
    assert store.count(received_before(2e9)) == 0


def test_a_list_is_decoded_row_by_row(store: ResponseStore, draft: Draft) -> None:
    keys = [draft(store, 0, household=str(number)) for number in range(5)]
    found = store.search()
    assert [row.id for row in found] == keys[::-1]
    assert [row.household for row in found[1:3]] == ["3", "2"]
    assert [row.household for row in found.select(lambda row: row.household in "24")] == ["4", "2"]
    assert len(found + found[:1]) == 6
    store.update_summary(keys[0], household="later")
    assert found[-1].household == "0"  # as it was when the list was made


def test_a_reopened_response_is_a_draft_for_queries(store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 1)
    store.finalise(key, Finalised(MOMENT), CANONICAL)
    store.reopen(key, Reopened(MOMENT))
    assert (store.count(drafts()), store.count(final())) == (1, 0)
