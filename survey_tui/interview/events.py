"""Events of an interview, as they are written to the journal.

The log of a response is its truth: :meth:`survey_tui.interview.session.Session.replay` over the events gives
the state of the live session, and the same log is the paradata (each visit and change with its time). An
event that the program emits by itself (an instance that a count asked for, an answer that a choice filter
dropped) says so in ``by``.

``at`` is ISO 8601 with zone (``2026-11-21T08:30:00.000+07:00``). Paths are names from the root, ``[n]`` (from
1) on repeat instances: ``r/person[2]/p_age``.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

from survey_tui.forms.model import ModuleStamp

MissingKind: TypeAlias = Literal["dk", "refused"]
"""Missing codes: ``dk`` don't know, ``refused``."""

Cause: TypeAlias = Literal["", "count", "filter"]
"""Who caused an event: ``""`` the surveyor, ``count`` a repeat count, ``filter`` a choice filter."""


class _Event(Struct, frozen=True, tag_field="event", omit_defaults=True):
    at: str


class Started(_Event, frozen=True, tag="started", kw_only=True):
    """The first event of every response: form, respondent's commune, surveyor, device, seed.

    ``prefill`` (path → text) is applied as answers at the start; ``last_saved`` (question name → text) is
    what ``${last-saved#name}`` reads.
    """

    response_id: str
    form_id: str
    form_version: str = ""
    form_sha256: str = ""
    modules: tuple[ModuleStamp, ...] = ()
    language: str = ""
    seed: int = 0
    device_id: str = ""
    username: str = ""
    commune: str = ""
    prefill: dict[str, str] = {}
    last_saved: dict[str, str] = {}


class Answered(_Event, frozen=True, tag="answered"):
    """``text`` is the answer in XForm canonical form (``17``, ``yes no``, ``2026-11-21``)."""

    path: str
    text: str
    by: Cause = ""


class Cleared(_Event, frozen=True, tag="cleared"):
    """The answer was deleted."""

    path: str
    by: Cause = ""


class Missing(_Event, frozen=True, tag="missing"):
    """Don't know, or refused, instead of an answer."""

    path: str
    kind: MissingKind


class Visited(_Event, frozen=True, tag="visited"):
    """The surveyor went to this screen; ``path`` may be ``END`` or a repeat (the question "one more?")."""

    path: str


class Noted(_Event, frozen=True, tag="noted"):
    """The surveyor's note on a question; an empty text deletes it."""

    path: str
    text: str


class WarningConfirmed(_Event, frozen=True, tag="warning_confirmed"):
    """The surveyor confirmed the answer ``text`` despite its warning; another answer must be confirmed
    anew."""

    path: str
    text: str


class InstanceAdded(_Event, frozen=True, tag="instance_added"):
    """A new last instance of a repeat; ``path`` is that instance."""

    path: str
    by: Cause = ""


class InstanceRemoved(_Event, frozen=True, tag="instance_removed"):
    """This instance was removed; later ones moved up."""

    path: str


class LanguageChanged(_Event, frozen=True, tag="language"):
    """The interview continues in this language (code: ``vi``)."""

    language: str


class Undone(_Event, frozen=True, tag="undone"):
    """The last answer was undone: ``path`` has again its former answer (``text``, or ``missing``)."""

    path: str
    text: str = ""
    missing: str = ""


class OutcomeRecorded(_Event, frozen=True, tag="outcome"):
    """The visit's outcome (``done``, ``away``, ``refuse`` …), with or without an interview."""

    code: str
    text: str = ""


class Paused(_Event, frozen=True, tag="paused"):
    """The surveyor left; the time until the next event is not interview time."""


class Recalculated(_Event, frozen=True, tag="recalculated"):
    """Everything that depends on an answer was calculated once more, as ODK Collect does before it
    finalises."""


class Finalised(_Event, frozen=True, tag="finalised"):
    """The response is final."""


class Reopened(_Event, frozen=True, tag="reopened"):
    """A final response that was not sent yet is open for correction."""


class SetAside(Struct, frozen=True, omit_defaults=True):
    """An answer that another version of the form cannot hold: ``text``, ``missing``, or only a ``note``.

    ``reason``: ``removed`` (no such question), ``not_asked`` (it is no longer answered), ``type``,
    ``choice``, ``constraint``, ``missing`` (don't know or refused is no longer allowed).
    """

    path: str
    reason: str
    text: str = ""
    missing: str = ""
    note: str = ""


class Moved(Struct, frozen=True, omit_defaults=True):
    """An answer that was carried over with a change: to another path, or in another canonical form."""

    old: str
    new: str
    text: str = ""
    missing: str = ""
    note: str = ""


class FormChanged(_Event, frozen=True, tag="form_changed", kw_only=True):
    """The interview continues with another version of the form. An answer that the new version cannot hold is
    kept here, and so in the paradata."""

    form_version: str = ""
    form_sha256: str = ""
    modules: tuple[ModuleStamp, ...] = ()
    aside: tuple[SetAside, ...] = ()
    moved: tuple[Moved, ...] = ()


Event: TypeAlias = (
    Started
    | Answered
    | Cleared
    | Missing
    | Visited
    | Noted
    | WarningConfirmed
    | InstanceAdded
    | InstanceRemoved
    | LanguageChanged
    | Undone
    | OutcomeRecorded
    | Paused
    | Recalculated
    | FormChanged
    | Finalised
    | Reopened
)
"""Any event; msgspec reads and writes it by its ``event`` tag."""


def text_from_moment(at: dt.datetime) -> str:
    """Text of a zone-aware moment, to the millisecond."""
    return at.isoformat(timespec="milliseconds")


def moment_from_text(text: str) -> dt.datetime:
    """The moment that :func:`text_from_moment` wrote."""
    return dt.datetime.fromisoformat(text)
