"""A visit, from the household's door to the stored response: joins form, session and store.

The screens and the line-by-line interview both begin, resume and finish here, so that a response is the same
however it was asked.
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
from survey_tui.interview.events import Answered, Event, Finalised, Reopened, Started, Visited, stamp
from survey_tui.interview.session import Adviser, Session
from survey_tui.interview.views import Final
from survey_tui.store import ResponseStore, Summary

if TYPE_CHECKING:
    from survey_tui.interview.form_change import CarryOver
    from survey_tui.store import Tombstone


Clock = Callable[[], dt.datetime]

_KNOWN_FROM_VISIT = {"enum_code": "surveyor", "ea_code": "area", "hh_no": "household"}
"""Questions that a visit answers already, by the names that the national instrument gives them."""


class Visit(Struct, frozen=True, kw_only=True):
    """Who is asked where. ``area`` is the enumeration area (``12345-01``), ``household`` its number there."""

    commune: str = ""
    area: str = ""
    household: str = ""
    surveyor: str = ""


def device_clock() -> dt.datetime:
    """Now, in the device's time zone."""
    return dt.datetime.now().astimezone()


class Fieldwork:
    """Interviews on this device. ``device_id`` is recorded in every response; ``advisers`` look at it when it
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
        """Start an interview: the draft is on the disk when this returns.

        ``StoreError("seal_needs_library")`` when the survey must be sealed and this device cannot.
        """
        form = compiled.form
        if form.seal_key:
            _require_library(form)
        _keep_to_memory(compiled)
        if form.sha256 not in self.store.forms:
            from survey_tui.interview.form_skeleton import skeleton_of

            self.store.forms.keep(skeleton_of(compiled))
        spoken = language if language in form.languages else form.default_language
        started = Started(
            at=stamp(self.now()),
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
                self._record(compiled, started.response_id, event)

        session = Session(compiled, started, sink)
        session.advisers = self._advisers
        return session

    def resume(self, compiled: CompiledForm, response_id: str) -> Session:
        """The interview as it stands on the disk; further events are appended to it.

        A draft begun with another version of the form goes on with this one (:meth:`form_change`).
        """
        _keep_to_memory(compiled)
        change = self.form_change(compiled, response_id)
        session = Session.replay(
            compiled, self.store.events(response_id), lambda event: self._record(compiled, response_id, event)
        )
        session.advisers = self._advisers
        if change is not None and not self.store.read_only:
            from survey_tui.interview.form_skeleton import skeleton_of

            self.store.forms.keep(skeleton_of(compiled))
            session.change_form(change.event)
        return session

    def leftover(self, response_id: str) -> CompiledForm:
        """For a response whose survey is no longer here: a form of what was answered. Nothing can be changed
        in it; a draft can be finished as it is (:meth:`finish_as_it_is`)."""
        from survey_tui.interview.form_change import form_of, leftover_form

        events = self.store.events(response_id)
        _, sha256 = form_of(events)
        title = self.store.summary(response_id).title
        return compile_form(leftover_form(events, self.store.forms.get(sha256), title))

    def form_change(self, compiled: CompiledForm, response_id: str) -> CarryOver | None:
        """What resuming this draft with this form will change; ``None`` when it is the form that it was last
        continued with, and for a response that is not a draft."""
        if self.store.summary(response_id).status != "draft":
            return None
        from survey_tui.interview.form_change import carry_over, form_of

        events = self.store.events(response_id)
        _, sha256 = form_of(events)
        if sha256 == compiled.form.sha256:
            return None
        return carry_over(compiled, events, self.store.forms.get(sha256), self.now())

    def with_code(self, code: str, form: Callable[[str, str], CompiledForm]) -> list[Summary]:
        """Responses with this receipt code, drafts too; ``form`` gives that of (form id, commune)."""
        from survey_tui.store.erasure import normal_code
        from survey_tui.store.queries import drafts

        found = [self.store.summary(key) for key in self.store.rights.find(code)]
        for draft in self.store.search(drafts()):
            with suppress(SurveyError):  # a form that is no longer here: nothing calculates the code
                session = Session.replay(form(draft.form_id, draft.commune), self.store.events(draft.id))
                if normal_code(code) in _receipt_codes(session):
                    found.append(draft)
        return found

    def withdraw(self, responses: Iterable[Summary]) -> list[Tombstone]:
        """Erase these responses for good, wherever this program keeps them."""
        return self.store.rights.withdraw((each.id for each in responses), stamp(self.now()))

    def finish(self, session: Session) -> str:
        """Freeze a complete interview; SHA-256 (hex) of the stored bytes.

        Raises ``AnswerError("interview_incomplete")`` when a blocking finding is left, ``StoreError`` when
        the store refuses; the response is a draft then, on the disk and in ``session``.
        """
        from survey_tui.interview.outcome import settle_outcome

        settle_outcome(session, self.now())
        session.finalise(self.now())
        return self.store.summary(session.started.response_id).sha256

    def finish_as_it_is(self, session: Session) -> str:
        """Freeze a draft whose survey is gone; where no outcome is recorded it is ``part``. SHA-256 and
        errors as :meth:`finish`."""
        if not session.final().outcome:
            session.record_outcome("part", "", self.now())
        session.finalise(self.now())
        return self.store.summary(session.started.response_id).sha256

    def count(self, session: Session) -> None:
        """Let the lists know how far a draft is, and that a visit without an interview has become one."""
        from survey_tui.interview.outcome import follow_outcome

        response_id, progress = session.started.response_id, session.progress()
        follow_outcome(session, self.store.summary(response_id).outcome, self.now())
        self.store.describe(response_id, answered=progress.answered, relevant=progress.relevant)

    def _record(self, compiled: CompiledForm, response_id: str, event: Event) -> None:
        if isinstance(event, Finalised):
            from survey_tui.interview.final_response import canonical_bytes
            from survey_tui.store import Seal

            final = self._frozen(compiled, response_id, event)
            key, codes = compiled.form.seal_key, (text for path, text in final.values if _is_code(path))
            seal = Seal(key, next(codes, "") or "") if key else None
            self.store.finalise(response_id, event, canonical_bytes(final), seal=seal)
        elif isinstance(event, Reopened):
            self.store.reopen(response_id, event)
        else:
            self.store.record(response_id, event, durable=not isinstance(event, Visited))
            if isinstance(event, Answered):
                self._name(response_id, event)

    def _name(self, response_id: str, event: Answered) -> None:
        """Answers that tell one response from another in a list (the visit may not have known them)."""
        known = _KNOWN_FROM_VISIT.get(event.path.rpartition("/")[2])
        if known == "area":
            self.store.describe(response_id, ea=event.text)
        elif known == "household":
            self.store.describe(response_id, household=event.text)

    def _frozen(self, compiled: CompiledForm, response_id: str, event: Finalised) -> Final:
        """What the stored log amounts to with ``event`` at its end: the session learns of the event only when
        the store has it. Lists then count what was asked, and nothing that might have been."""
        finished = Session.replay(compiled, [*self.store.events(response_id), event])
        progress = finished.progress()
        self.store.describe(response_id, answered=progress.answered, relevant=progress.relevant)
        return finished.final()


def _require_library(form: Form) -> None:
    from survey_tui.store.crypto import crypto_available

    if not crypto_available():
        raise StoreError("seal_needs_library", form=form.id)


def _keep_to_memory(compiled: CompiledForm) -> None:
    """What will be sealed must not reach the disk by a crash."""
    if compiled.form.seal_key:
        from survey_tui.store.crypto import forbid_core_dumps

        forbid_core_dumps()


def _is_code(path: str) -> bool:
    from survey_tui.store.erasure import WITHDRAW_QUESTION

    return path.rpartition("/")[2] == WITHDRAW_QUESTION


def _receipt_codes(session: Session) -> set[str]:
    from survey_tui.store.erasure import normal_code

    return {normal_code(node.text) for node in session.states() if node.text and _is_code(node.path)}


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
