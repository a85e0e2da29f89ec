"""Finishing a response under seal: what is stored instead of it."""

from __future__ import annotations

from msgspec import Struct, structs

from survey_tui.interview.events import Event
from survey_tui.store.summary import Summary

__all__ = ["Seal", "bare_summary", "sealed_bytes"]


class Seal(Struct, frozen=True):
    """``key``: text of the organisation's public key; ``code``: the respondent's receipt code, if any."""

    key: str
    code: str = ""


def sealed_bytes(seal: Seal, summary: Summary, finished: str, canonical: bytes, events: list[Event]) -> bytes:
    """The frozen bytes: an envelope with the canonical bytes and the events in it."""
    from survey_tui.store.crypto.sealing import SealedEnvelope, seal_response

    envelope = SealedEnvelope(
        response_id=summary.id,
        form_id=summary.form_id,
        form_version=summary.form_version,
        commune=summary.commune,
        started=summary.started,
        finished=finished,
        key_id="",
    )
    return seal_response(envelope, seal.key, canonical, events)


def bare_summary(summary: Summary, seal: Seal, withdraw: str) -> Summary:
    """What lists may still show: id, form, version, commune, times, status."""
    from survey_tui.store.crypto.organisation_keys import key_id

    return structs.replace(
        summary,
        ea="",
        household="",
        username="",
        outcome="",
        answered=0,
        relevant=0,
        sealed=key_id(seal.key),
        withdraw=withdraw,
    )
