"""Finished responses of other devices in a coordinator's store."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import CollectedResponse, ResponseStore

AT = "2026-11-21T08:30:00.000+07:00"


def collected(number: int, text: str = "17") -> CollectedResponse:
    rid = f"0198c5a2-7c1e-7a31-9d0e-{number:012x}"
    started = Started(AT, response_id=rid, form_id="f", username="CM001", device_id="may-1", commune="32047")
    canonical = b'{"form_id":"f","response_id":"%s","values":[["age","%s"]]}\n' % (
        rid.encode(),
        text.encode(),
    )
    return CollectedResponse(started=started, finished=Finalised(AT), canonical=canonical, ea="32047-02")


def test_they_are_as_if_finished_here_and_survive(tmp_path: Path) -> None:
    every = [collected(number) for number in range(1, 6)]
    with ResponseStore.open(tmp_path, exclusive=False) as store:
        store.handover.collect(every)
        store.handover.collect([])
    with ResponseStore.open(tmp_path) as store:
        assert {each.id: each.username for each in store.search()} == {
            each.started.response_id: "CM001" for each in every
        }
        for each in every:
            assert store.final_bytes(each.started.response_id) == each.canonical
            assert store.events(each.started.response_id) == [each.started, each.finished]
        store.handover.mark_sent([every[0].started.response_id])


def test_all_or_none(tmp_path: Path) -> None:
    with ResponseStore.open(tmp_path) as store:
        store.handover.collect([collected(1)])
        with pytest.raises(StoreError) as caught:
            store.handover.collect([collected(2), collected(1, "18")])
        assert caught.value.code == "store_id_taken"
        assert len(store.search()) == 1
        assert store.final_bytes(collected(1).started.response_id) == collected(1).canonical


def test_the_beginning_of_one_is_replaced(tmp_path: Path) -> None:
    with ResponseStore.open(tmp_path) as store:
        store.begin(collected(1).started)
        store.handover.collect([collected(1)])
        assert store.search()[0].status == "final"
        assert len(store.events(collected(1).started.response_id)) == 2
