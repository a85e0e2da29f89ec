"""Views: immutable values for screens, with all text in the running language.

Texts come from forms, respondents and plugins: a screen must never interpret them as markup.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from survey_tui.interview.events import SetAside

END = "@end"
"""The path of the place after the last question."""

FindingKind: TypeAlias = Literal[
    "required", "constraint", "type", "choice", "warning", "failure", "advice", "orphan"
]
"""``required`` no answer; ``constraint`` broken; ``type`` not a value of this type; ``choice`` not among the
choices; ``warning`` not confirmed; ``failure`` an expression of the form failed; ``advice`` from an adviser;
``orphan`` an orphaned answer (its path is in ``label``, ``path`` is empty)."""

ItemState: TypeAlias = Literal["answered", "open", "warning", "error", "skipped"]


class InterviewFinding(Struct, frozen=True):
    """A finding about one question.

    ``message`` is for people, in the running language; ``blocking`` findings keep a response from being
    final.
    """

    kind: FindingKind
    path: str
    message: str
    blocking: bool = True
    label: str = ""


class AnswerResult(Struct, frozen=True):
    """Result of an attempt to record an answer. If not ``accepted``, the old answer stays and ``findings``
    give the reasons. An accepted answer may have findings too (a warning to confirm)."""

    accepted: bool
    findings: tuple[InterviewFinding, ...] = ()


class NavigationStep(Struct, frozen=True):
    """A place in the form: a ``question``; ``add`` (the question whether the repeat at ``path`` gets one more
    instance); ``end``. A walk over the whole form also has each ``group`` and ``repeat`` (instance) that it
    enters."""

    kind: Literal["question", "group", "repeat", "add", "end"]
    path: str


class ChoiceView(Struct, frozen=True):
    """A choice, in the order to show; ``columns`` are the list's further columns."""

    name: str
    label: str
    columns: dict[str, str] = {}


class QuestionView(Struct, frozen=True, kw_only=True):
    """A question as a screen shows it.

    ``text`` is the answer in canonical form, ``""`` when there is none; ``answer`` the same for people
    (choice labels); ``missing`` is ``dk``, ``refused`` or ``""``. ``warning`` is the message when the present
    answer has one, ``confirmed`` whether the surveyor confirmed it. ``error`` is the message of a broken
    constraint of the present answer (it can break later, when another answer changes).
    """

    path: str
    name: str
    type: str
    label: str
    hint: str = ""
    guidance: str = ""
    appearance: tuple[str, ...] = ()
    parameters: dict[str, str] = {}
    choices: tuple[ChoiceView, ...] = ()
    text: str = ""
    answer: str = ""
    missing: str = ""
    allow: tuple[str, ...] = ()
    required: bool = False
    required_message: str = ""
    read_only: bool = False
    relevant: bool = True
    note: str = ""
    warning: str = ""
    confirmed: bool = False
    constraint_message: str = ""
    error: str = ""
    sensitive: bool = False
    module: str = ""


class GroupView(Struct, frozen=True, kw_only=True):
    """A group, a repeat or one of its instances; ``can_add`` and ``can_remove`` are for the surveyor."""

    path: str
    name: str
    label: str
    appearance: tuple[str, ...] = ()
    instances: int = 0
    can_add: bool = False
    can_remove: bool = False


class OutlineEntry(Struct, frozen=True):
    """A line of the outline. ``depth`` counts the groups and repeats around it (0 = top).

    ``state`` of a group is the worst of its questions'. ``reason`` is why an item is skipped: the questions
    that its relevance depends on, with their answers; ``ahead``: some of those have no answer yet, so it may
    still be asked.
    """

    kind: Literal["question", "group", "repeat", "instance"]
    path: str
    name: str
    label: str
    depth: int
    state: ItemState
    answer: str = ""
    reason: str = ""
    note: str = ""
    ahead: bool = False


class NodeState(Struct, frozen=True, kw_only=True):
    """A node, relevant or not: ``text`` is the stored text, also of a question that is skipped now."""

    kind: Literal["question", "group", "repeat"]
    path: str
    type: str
    relevant: bool
    text: str
    missing: str
    required: bool
    read_only: bool


class RosterCell(Struct, frozen=True):
    """A question of one instance; ``path`` is its target for navigation, ``""`` when it is not asked of this
    instance."""

    path: str
    text: str
    answer: str
    state: ItemState


class RosterRow(Struct, frozen=True):
    """An instance of the repeat; ``label`` is the repeat's label rendered for it, or its number."""

    path: str
    label: str
    cells: tuple[RosterCell, ...]


class RosterView(Struct, frozen=True):
    """A repeat as a table: ``columns`` are (question name, label)."""

    path: str
    label: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[RosterRow, ...]
    can_add: bool
    can_remove: bool


class InterviewProgress(Struct, frozen=True):
    """Progress of an interview.

    ``answered`` and ``relevant`` count questions that can be answered and are asked now, or may still be,
    once questions before them have their answers; ``fraction`` is 0–1; ``position`` is the current question's
    number among those asked now (from 1, 0 before the first); ``minutes_left`` is an estimate from this
    interview's own speed and the expected time for each type of question.
    """

    answered: int
    relevant: int
    fraction: float
    position: int
    minutes_left: float


class Review(Struct, frozen=True):
    """Findings, counts and duration of a response; ``complete`` when no finding blocks. ``relevant`` counts
    as in :class:`InterviewProgress`; when complete, only what is asked now."""

    findings: tuple[InterviewFinding, ...]
    complete: bool
    answered: int
    relevant: int
    minutes: float


class FinalResponse(Struct, frozen=True, kw_only=True):
    """A final response: relevant answers only, in document order.

    ``values``: (path, text or ``None`` for unanswered). ``missing``: path → ``dk``/``refused``. ``notes`` and
    ``confirmed`` (confirmed despite a warning): path → text. ``aside``: orphaned answers and those set aside
    when the form changed. Times are ISO 8601.
    """

    response_id: str
    form_id: str
    form_version: str
    form_sha256: str
    modules: tuple[tuple[str, str, str], ...]
    language: str
    commune: str
    device_id: str
    username: str
    started: str
    finished: str
    minutes: float
    outcome: str
    outcome_text: str
    values: tuple[tuple[str, str | None], ...]
    missing: dict[str, str]
    notes: dict[str, str]
    confirmed: dict[str, str]
    aside: tuple[SetAside, ...] = ()
