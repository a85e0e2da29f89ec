"""TinyDB queries over the table of responses. All of them read indexed fields only, so no disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from survey_tui.store.summary import Status, parse_moment

if TYPE_CHECKING:
    from tinydb.queries import Query, QueryInstance


def with_status(*statuses: Status) -> QueryInstance:
    """Responses with one of these statuses."""
    return _where("status").one_of(list(statuses))


def drafts() -> QueryInstance:
    """Responses that are not final."""
    return with_status("draft")


def final() -> QueryInstance:
    """Final responses, sent or not."""
    return with_status("final", "sent", "received")


def pending() -> QueryInstance:
    """Final responses without a receipt."""
    return with_status("final", "sent")


def of_form(form_id: str) -> QueryInstance:
    """Responses to one survey, whatever its version."""
    return _where("form_id") == form_id  # type: ignore[no-any-return]


def readable() -> QueryInstance:
    """Responses that are not sealed."""
    return ~_is_set("sealed")


def id_begins_with(beginning: str) -> QueryInstance:
    """Responses whose id begins so."""
    return _field("id", lambda key: key.startswith(beginning))


def received_before(moment: float) -> QueryInstance:
    """Responses whose receipt is older than ``moment`` (seconds since 1970). One without a time of receipt
    counts from its last change; a time that cannot be read counts as new."""

    def is_before(text: str) -> bool:
        return 0 < parse_moment(text) < moment

    is_known = _is_set("received")
    is_old = (is_known & _field("received", is_before)) | (~is_known & _field("updated", is_before))
    return with_status("received") & is_old


def _is_set(name: str) -> QueryInstance:
    """Responses that have a text in this field; an empty one may be absent from the document."""
    return _field(name, bool)


def _field(name: str, condition: Callable[[str], bool]) -> QueryInstance:
    """``where(name).test(condition)``, with the type that TinyDB's signature lacks."""
    test: Callable[[Any], bool] = condition
    return _where(name).test(test)


def _where(name: str) -> Query:
    """``tinydb.where``, imported with the first query: help texts and ``survey-sync key`` make none."""
    from tinydb import where

    return where(name)
