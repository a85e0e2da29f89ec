"""A conversation in progress: the one object through which everything that happens in an interview goes.

The session has no clock, no file and no screen: time, seed and identity come from its caller, events go to the
``sink``. The subjects live in modules of their own; this class only lets them meet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.events import Event, MissingKind, Started
from survey_tui.interview.views import (
    Final,
    GroupView,
    Outcome,
    OutlineEntry,
    Progress,
    QuestionView,
    Review,
    RosterView,
    Stop,
)

__all__ = ["Session"]


class Session:
    """One interview.

    Every method that changes something takes ``at`` (zone-aware), checks first, then hands the event to ``sink``, and
    only then changes memory: if the sink raises, nothing has changed. Methods raise
    :class:`~survey_tui.errors.AnswerError` for a path that does not exist or cannot take the step
    (``interview_no_such_path``, ``interview_not_relevant``, ``interview_read_only``, ``interview_finished`` …).
    """

    def __init__(self, form: CompiledForm, started: Started, sink: Callable[[Event], None] | None = None) -> None:
        """Begin. ``started`` is handed to the sink first of all."""
        raise NotImplementedError

    @classmethod
    def replay(
        cls, form: CompiledForm, events: Iterable[Event], sink: Callable[[Event], None] | None = None
    ) -> Session:
        """The session that these events lead to; only later events go to ``sink``.

        The first event must be ``Started``. Events on paths that this form does not have are kept in ``orphans``.
        """
        raise NotImplementedError

    @property
    def form(self) -> CompiledForm: ...
    @property
    def started(self) -> Started: ...
    @property
    def events(self) -> tuple[Event, ...]: ...
    @property
    def orphans(self) -> tuple[Event, ...]: ...
    @property
    def language(self) -> str: ...
    @property
    def finished(self) -> bool:
        """Final: no answer can change until :meth:`reopen`."""
        raise NotImplementedError

    # --- answers
    def answer(self, path: str, text: str, at: dt.datetime) -> Outcome:
        """Record an answer in canonical form; ``""`` clears.

        Not accepted, old answer kept: wrong type, not among the choices, constraint broken, emptying a required one.
        """
        raise NotImplementedError

    def clear(self, path: str, at: dt.datetime) -> Outcome: ...
    def set_missing(self, path: str, kind: MissingKind, at: dt.datetime) -> Outcome: ...
    def confirm_warning(self, path: str, at: dt.datetime) -> None: ...
    def note(self, path: str, text: str, at: dt.datetime) -> None: ...
    def undo(self, at: dt.datetime) -> str | None:
        """Take back the last answer (also cleared, missing); its path, or ``None`` when there is nothing to undo."""
        raise NotImplementedError

    # --- repeats
    def add_instance(self, repeat_path: str, at: dt.datetime) -> str:
        """A new last instance of ``r/person``; its path (``r/person[3]``). Does not move the current place."""
        raise NotImplementedError

    def remove_instance(self, instance_path: str, at: dt.datetime) -> None: ...

    # --- navigation
    @property
    def stop(self) -> Stop:
        """Where the surveyor is: a question, ``add`` (one more instance?) or the end."""
        raise NotImplementedError

    @property
    def current(self) -> str:
        """``stop.path``: a question's path (the first of its screen), a repeat's path at ``add``, or ``END``."""
        raise NotImplementedError

    def next(self, at: dt.datetime) -> Stop: ...
    def back(self, at: dt.datetime) -> Stop: ...
    def jump(self, path: str, at: dt.datetime) -> Stop:
        """Go to a relevant question, to the first question of a group or instance, to a repeat's ``add``, to END."""
        raise NotImplementedError

    def walk(self, at: dt.datetime) -> tuple[Stop, ...]:
        """Turn every page from the first to the last, as ODK Collect does before it finalises, and say what was met."""
        raise NotImplementedError

    # --- views (they change nothing)
    def screen(self, path: str) -> tuple[str, ...]:
        """Paths shown together: one question, or all relevant ones of its field-list group."""
        raise NotImplementedError

    def question(self, path: str) -> QuestionView: ...
    def group(self, path: str) -> GroupView: ...
    def outline(self) -> tuple[OutlineEntry, ...]: ...
    def roster(self, repeat_path: str) -> RosterView: ...
    def progress(self) -> Progress: ...

    # --- the rest of the visit
    def set_language(self, language: str, at: dt.datetime) -> None: ...
    def record_outcome(self, code: str, text: str, at: dt.datetime) -> None: ...
    def pause(self, at: dt.datetime) -> None: ...
    def review(self, at: dt.datetime) -> Review: ...
    def finalise(self, at: dt.datetime) -> Final:
        """Freeze. Raises ``AnswerError("interview_incomplete", findings=…)`` when a blocking finding is left."""
        raise NotImplementedError

    def reopen(self, at: dt.datetime) -> None: ...
