"""Interviews on this device: begun, resumed and finalised, with form, session and store.

Screens and the line-by-line interview both use this module, so that they produce the same responses.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from survey_tui.errors import StoreError, SurveyError
from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.forms.model import Form, Group, Question, Repeat
from survey_tui.interview.events import (
    Answered,
    Event,
    Finalised,
    Reopened,
    Started,
    Visited,
    text_from_moment,
)
from survey_tui.interview.final_response import canonical_bytes
from survey_tui.interview.form_skeleton import skeleton_from_form
from survey_tui.interview.session import Adviser, Session
from survey_tui.interview.views import FinalResponse
from survey_tui.store import ResponseStore, Summary

if TYPE_CHECKING:
    from survey_tui.interview.form_change import FormChangePlan
    from survey_tui.store import Tombstone


Clock = Callable[[], dt.datetime]

_KNOWN_FROM_VISIT = {"enum_code": "surveyor", "ea_code": "area", "hh_no": "household"}
"""Questions that a visit already answers: name in the national instrument → field of :class:`Visit`."""


class Visit(Struct, frozen=True, kw_only=True):
    """Place and surveyor of an interview. ``area`` is the enumeration area (``12345-01``), ``household`` its
    number there."""

    commune: str = ""
    area: str = ""
    household: str = ""
    surveyor: str = ""


def device_clock() -> dt.datetime:
    return dt.datetime.now().astimezone()


class InterviewService:
    """Interviews on this device. ``device_id`` is recorded in every response; ``advisers`` check it when it
    is reviewed."""

    def __init__(
        self,
        store: ResponseStore,
        device_id: str = "",
        clock: Clock = device_clock,
        advisers: Sequence[Adviser] = (),
    ) -> None:
        self.store = store
        self.device_id = device_id
        self.now = clock
        self._advisers = advisers

    def begin(self, compiled: CompiledForm, visit: Visit, language: str) -> Session:
        """Begin an interview; its draft is durable when this returns.

        Raises ``StoreError("seal_needs_library")`` when responses must be sealed and this device cannot.
        """
        form = compiled.form
        if form.seal_key:
            _require_library(form)
        _forbid_core_dumps(compiled)
        if form.sha256 not in self.store.form_versions:
            self.store.form_versions.add(skeleton_from_form(compiled))
        spoken = language if language in form.languages else form.default_language
        started = Started(
            at=text_from_moment(self.now()),
            response_id=self.store.new_id(),
            form_id=form.id,
            form_version=form.version,
            form_sha256=form.sha256,
            modules=form.modules,
            language=spoken,
            seed=int.from_bytes(os.urandom(6)),
            device_id=self.device_id,
            username=visit.surveyor,
            commune=visit.commune,
            prefill=dict(_prefill(form.children, "", visit)),
            last_saved=self.store.last_saved(form.id),
        )
        title = _title(form, spoken)

        def sink(event: Event) -> None:
            if isinstance(event, Started):
                self.store.begin(event, title=title, ea=visit.area, household=visit.household)
            else:
                self.store_event(compiled, started.response_id, event)

        session = Session(compiled, started, sink)
        session.advisers = self._advisers
        return session

    def resume(self, compiled: CompiledForm, response_id: str) -> Session:
        """The interview of a stored response; further events are appended to it.

        A draft begun with another version of the form continues with this one (:meth:`plan_form_change`).
        """
        _forbid_core_dumps(compiled)
        change = self.plan_form_change(compiled, response_id)
        session = Session.replay(
            compiled,
            self.store.events(response_id),
            lambda event: self.store_event(compiled, response_id, event),
        )
        session.advisers = self._advisers
        if change is not None and not self.store.read_only:
            self.store.form_versions.add(skeleton_from_form(compiled))
            session.change_form(change.event)
        return session

    def form_without_survey(self, response_id: str) -> CompiledForm:
        """A form of the answers, for a response whose survey is not on this device. The answers cannot be
        changed; a draft can be finalised (:meth:`finalise_without_survey`)."""
        from survey_tui.interview.form_change import form_from_answers, last_form_of

        events = self.store.events(response_id)
        _, sha256 = last_form_of(events)
        title = self.store.summary(response_id).title
        return compile_form(form_from_answers(events, self.store.form_versions.get(sha256), title))

    def plan_form_change(self, compiled: CompiledForm, response_id: str) -> FormChangePlan | None:
        """The effects of resuming this draft with this form; ``None`` if it was last continued with that
        form or is not a draft."""
        if self.store.summary(response_id).status != "draft":
            return None
        from survey_tui.interview.form_change import last_form_of, plan_form_change

        events = self.store.events(response_id)
        _, sha256 = last_form_of(events)
        if sha256 == compiled.form.sha256:
            return None
        return plan_form_change(compiled, events, self.store.form_versions.get(sha256), self.now())

    def find_by_receipt_code(self, code: str, form: Callable[[str, str], CompiledForm]) -> list[Summary]:
        """Responses with this receipt code, drafts included; ``form`` compiles that of (form id, commune)."""
        from survey_tui.store.erasure import normalise_code
        from survey_tui.store.queries import drafts

        found = [self.store.summary(key) for key in self.store.rights.find(code)]
        for draft in self.store.search(drafts()):
            with suppress(SurveyError):  # without its form, the code of a draft cannot be calculated
                session = Session.replay(form(draft.form_id, draft.commune), self.store.events(draft.id))
                if normalise_code(code) in _receipt_codes(session):
                    found.append(draft)
        return found

    def withdraw(self, responses: Iterable[Summary]) -> list[Tombstone]:
        """Erase these responses everywhere on this device."""
        return self.store.rights.withdraw((each.id for each in responses), text_from_moment(self.now()))

    def finalise(self, session: Session) -> str:
        """Finalise a complete interview; return the SHA-256 (hex) of its canonical bytes.

        Raises ``AnswerError("interview_incomplete")`` when a blocking finding is left, ``StoreError`` when
        the store refuses; the response then stays a draft, on disk and in ``session``.
        """
        from survey_tui.interview.outcome import record_final_outcome

        record_final_outcome(session, self.now())
        session.finalise(self.now())
        return self.store.summary(session.started.response_id).sha256

    def finalise_without_survey(self, session: Session) -> str:
        """Finalise a draft whose survey is gone; its outcome is ``part`` if none is recorded. Returns and
        raises as :meth:`finalise`."""
        if not session.final().outcome:
            session.record_outcome("part", "", self.now())
        session.finalise(self.now())
        return self.store.summary(session.started.response_id).sha256

    def update_progress(self, session: Session) -> None:
        """Store how many questions are answered, for lists, and the new outcome when a visit without an
        interview became one."""
        from survey_tui.interview.outcome import update_outcome

        response_id, progress = session.started.response_id, session.progress()
        update_outcome(session, self.store.summary(response_id).outcome, self.now())
        self.store.update_summary(response_id, answered=progress.answered, relevant=progress.relevant)

    def store_event(self, compiled: CompiledForm, response_id: str, event: Event) -> None:
        """Store an event of an interview, durable on return except for ``Visited``, which a crash may lose.

        ``Finalised`` stores the canonical bytes, sealed if the form has a key.
        """
        if isinstance(event, Finalised):
            from survey_tui.store import Seal

            final = self._final_response(compiled, response_id, event)
            key = compiled.form.seal_key
            codes = (text for path, text in final.values if _is_receipt_code(path))
            seal = Seal(key, next(codes, "") or "") if key else None
            self.store.finalise(response_id, event, canonical_bytes(final), seal=seal)
        elif isinstance(event, Reopened):
            self.store.reopen(response_id, event)
        else:
            self.store.record(response_id, event, durable=not isinstance(event, Visited))
            if isinstance(event, Answered):
                self._update_summary_from_answer(response_id, event)

    def _update_summary_from_answer(self, response_id: str, event: Answered) -> None:
        """Update the fields of a summary that come from answers; the visit may have left them empty."""
        known = _KNOWN_FROM_VISIT.get(event.path.rpartition("/")[2])
        if known == "area":
            self.store.update_summary(response_id, ea=event.text)
        elif known == "household":
            self.store.update_summary(response_id, household=event.text)

    def _final_response(self, compiled: CompiledForm, response_id: str, event: Finalised) -> FinalResponse:
        """The response that the stored log and ``event`` lead to: the session applies an event only after the
        store has it. Also updates the counts of the summary."""
        finished = Session.replay(compiled, [*self.store.events(response_id), event])
        progress = finished.progress()
        self.store.update_summary(response_id, answered=progress.answered, relevant=progress.relevant)
        return finished.final()


def _require_library(form: Form) -> None:
    from survey_tui.store.crypto import crypto_available

    if not crypto_available():
        raise StoreError("seal_needs_library", form=form.id)


def _forbid_core_dumps(compiled: CompiledForm) -> None:
    """A response that will be sealed must not reach the disk in a core dump."""
    if compiled.form.seal_key:
        from survey_tui.store.crypto import disable_core_dumps

        disable_core_dumps()


def _is_receipt_code(path: str) -> bool:
    from survey_tui.store.erasure import WITHDRAW_QUESTION

    return path.rpartition("/")[2] == WITHDRAW_QUESTION


def _receipt_codes(session: Session) -> set[str]:
    from survey_tui.store.erasure import normalise_code

    return {
        normalise_code(node.text) for node in session.states() if node.text and _is_receipt_code(node.path)
    }


def _title(form: Form, language: str) -> str:
    return form.title.get(language) or next(iter(form.title.values()), form.id)


def _prefill(
    items: Sequence[Question | Group | Repeat], prefix: str, visit: Visit
) -> Iterator[tuple[str, str]]:
    """(path, text) of the questions outside repeats that the visit answers."""
    for item in items:
        if isinstance(item, Group):
            yield from _prefill(item.children, f"{prefix}{item.name}/", visit)
        elif isinstance(item, Question) and item.name in _KNOWN_FROM_VISIT:
            value: str = getattr(visit, _KNOWN_FROM_VISIT[item.name])
            if value:
                yield prefix + item.name, value
