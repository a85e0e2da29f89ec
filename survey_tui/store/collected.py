"""Finished responses of other devices, as a coordinator's store keeps them: frozen as they came."""

from __future__ import annotations

from msgspec import Struct

from survey_tui.interview.events import Event, Finalised, Started
from survey_tui.store.bodies import digest, final_body
from survey_tui.store.drafts import RESPONSES
from survey_tui.store.heads import Head, first_head
from survey_tui.store.journal.format import Record
from survey_tui.store.summary import Summary

__all__ = ["Collected", "collected_record"]


class Collected(Struct, frozen=True, kw_only=True, gc=False):
    """``canonical``: the frozen bytes (UTF-8); ``started`` and ``finished``: what can be read of it;
    ``title``, ``ea`` and ``household`` are for lists."""

    started: Started
    finished: Finalised
    canonical: bytes
    title: str = ""
    ea: str = ""
    household: str = ""


def collected_record(collected: Collected) -> Record:
    """Its one line, as that of a response that was finished here."""
    started = collected.started
    summary = Summary(
        id=started.response_id,
        form_id=started.form_id,
        form_version=started.form_version,
        title=collected.title,
        commune=started.commune,
        ea=collected.ea,
        household=collected.household,
        username=started.username,
        status="final",
        started=started.at,
        updated=collected.finished.at,
        sha256=digest(collected.canonical),
    )
    events: list[Event] = [started, collected.finished]
    body = final_body(collected.canonical, events)
    return Record("put", RESPONSES, summary.id, first_head(Head(summary, len(events))), body)
