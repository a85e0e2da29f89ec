"""Finalising a draft: its lines become the one line of a final response, sealed or readable."""

from __future__ import annotations

from msgspec import structs

from survey_tui.interview.events import Event
from survey_tui.store.crypto.sealing import Seal, seal_final, sealed_summary
from survey_tui.store.documents import RESPONSES, final_body, sha256_hex
from survey_tui.store.erasure import erase, hash_code
from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.writer import JournalWriter
from survey_tui.store.summary import Head, Summary, encode_head


def write_final(
    journal: JournalWriter, summary: Summary, canonical: bytes, events: list[Event], seal: Seal | None
) -> str:
    """Write the final line of a response, durable on return; the SHA-256 (hex) of what was stored.

    ``summary`` is that of the draft, its ``updated`` the moment of finalising. Under a seal the draft's lines
    are erased; in a large journal that may wait (:func:`~survey_tui.store.erasure.erase`).
    """
    summary = structs.replace(summary, status="final")
    if seal is not None:
        canonical = seal_final(seal, summary, summary.updated, canonical, events)
        summary, events = sealed_summary(summary, seal, hash_code(journal, seal.code)), []
    sha256 = sha256_hex(canonical)
    head = encode_head(Head(structs.replace(summary, sha256=sha256), len(events)))
    record = JournalRecord("put", RESPONSES, summary.id, head, final_body(canonical, events))
    if seal is None:
        journal.append((record,))
    else:
        erase(journal, [record], [summary.id], may_wait=True)
    return sha256
