"""Form changes: plans for drafts whose form has another version now, or is gone.

Every answer that the new version can hold stays, at its path or, where its question moved to another group,
at the new one. The others are set aside in the log (:class:`~survey_tui.interview.events.FormChanged`) and
travel in the paradata of the response. Pure: the same log and form always give the same plan.

When the survey is gone with its plugin, its conditions and calculations are gone too. A read-only form is
then made from the answers of the log, as texts, and the labels in the form's skeleton.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Form, Group, Question, Repeat
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical_text
from survey_tui.interview.events import Event, SetAside, Started
from survey_tui.interview.form_skeleton import (
    FormDifference,
    FormSkeleton,
    QuestionChange,
    compare_forms,
    skeleton_from_form,
)
from survey_tui.interview.interview_state import NodePlace
from survey_tui.interview.live_state import LiveState
from survey_tui.interview.replay import PathAnswer, answers_from_events
from survey_tui.locale import Translator

_INSTANCE = re.compile(r"\[\d+\]")


class FormChangePlan(Struct, frozen=True):
    """Effects of continuing a draft with another form.

    ``event`` is for the log; ``carried`` counts the answers that stay; ``labels`` (path without instance
    numbers → label) are those of the questions whose answers are set aside.
    """

    event: ev.FormChanged
    difference: FormDifference
    carried: int
    labels: dict[str, str]

    @property
    def has_changes(self) -> bool:
        """Whether the surveyor must be told: questions differ, or may differ, or answers are set aside."""
        return bool(self.event.aside) or not (self.difference.is_empty and self.difference.known)


def last_form_of(events: Sequence[ev.Event]) -> tuple[str, str]:
    """(version, SHA-256) of the form with which this log was last continued."""
    for event in reversed(events):
        if isinstance(event, ev.FormChanged | ev.Started):
            return event.form_version, event.form_sha256
    return "", ""


def plan_form_change(
    form: CompiledForm, events: Sequence[ev.Event], old: FormSkeleton | None, at: dt.datetime
) -> FormChangePlan | None:
    """The plan for continuing this log with ``form``; ``None`` when it was last continued with that very
    form.

    ``old`` is the skeleton of the older version. Raises ``AnswerError("interview_no_start")``.
    """
    version, sha256 = last_form_of(events)
    if sha256 == form.form.sha256:
        return None
    sorting = _AnswerSorting(LiveState.replay(form, events), at)
    for path, answer in answers_from_events(events).answers().items():
        sorting.sort(path, answer)
    event = ev.FormChanged(
        ev.text_from_moment(at),
        form_version=form.form.version,
        form_sha256=form.form.sha256,
        modules=form.form.modules,
        aside=tuple(sorting.aside),
        moved=tuple(sorting.moved),
    )
    found = compare_forms(old, skeleton_from_form(form), version)
    return FormChangePlan(event, found, sorting.carried, _labels(form, old, sorting.aside))


class _AnswerSorting:
    """Sorts answers into carried, moved and set aside."""

    def __init__(self, live: LiveState, at: dt.datetime) -> None:
        self.carried = 0
        self.aside: list[ev.SetAside] = []
        self.moved: list[ev.Moved] = []
        self._live = live
        self._at = at

    def sort(self, path: str, answer: PathAnswer) -> None:
        place = self._find(path) or self._find(self._moved_path(path))
        reason, text = self._refusal(place, answer) if place is not None else ("removed", answer.text)
        if reason or place is None:
            self.aside.append(ev.SetAside(path, reason, answer.text, answer.missing, answer.note))
            return
        self.carried += bool(answer.text or answer.missing)
        if (place.path, text) != (path, answer.text):
            self.moved.append(ev.Moved(path, place.path, text, answer.missing, answer.note))

    def _find(self, path: str) -> NodePlace | None:
        try:
            return self._live.state.question(path)
        except AnswerError:
            return None

    def _moved_path(self, path: str) -> str:
        """The path, in the same instances, of the only question with this name; ``""`` if there is none."""
        name = path.rpartition("/")[2]
        form = self._live.form
        found = [there for there in form.by_path if there.rpartition("/")[2] == name]
        if len(found) != 1:
            return ""
        numbers = _INSTANCE.findall(path)
        node = form.by_path[found[0]]
        parts, prefix = [], ""
        for part in found[0].split("/"):
            prefix = f"{prefix}/{part}" if prefix else part
            above = form.by_path[prefix]
            inside = above.kind == "repeat" and above is not node
            if inside and not numbers:
                return ""
            parts.append(part + (numbers.pop(0) if inside else ""))
        return "" if numbers else "/".join(parts)

    def _refusal(self, place: NodePlace, answer: PathAnswer) -> tuple[str, str]:
        """The reason why the new version cannot hold this answer (``""``: it can), and the answer's new
        text."""
        item = self._live.form.items[place.node]
        question = item.question
        if question is None or not item.is_answerable:
            return "not_asked", answer.text
        if not answer.text and not answer.missing:
            return "", ""  # a note
        if answer.missing:
            return ("" if answer.missing in question.allow else "missing"), answer.text
        try:
            text = canonical_text(question, place.node, answer.text, self._at)
        except AnswerError:
            return "type", answer.text
        if not place.relevant:
            return "", text
        blocking = [finding for finding in self._live.checks.check_answer(place, text) if finding.blocking]
        return (blocking[0].kind if blocking else ""), text


def _labels(form: CompiledForm, old: FormSkeleton | None, aside: Sequence[ev.SetAside]) -> dict[str, str]:
    now = skeleton_from_form(form).questions
    before = old.questions if old is not None else {}
    plain = {_INSTANCE.sub("", each.path) for each in aside}
    return {path: asked.label for path in plain if (asked := before.get(path) or now.get(path)) is not None}


_LONGEST_LIST = 200


def format_form_change(change: FormChangePlan, translator: Translator) -> Iterator[tuple[str, list[str]]]:
    """(heading, lines) for each kind of difference; the first one, without a heading, is a summary."""
    found = change.difference
    facts = translator(
        # A plugin's questions may change while the survey that takes them in keeps its version.
        "safety.form_parts" if found.old_version == found.new_version else "safety.form_versions",
        old=found.old_version,
        new=found.new_version,
        carried=change.carried,
    )
    yield "", [facts] if found.known else [facts, translator("safety.form_unknown")]
    parts = (
        ("form_aside", [_set_aside_line(each, change, translator) for each in change.event.aside]),
        ("form_changed", [_changed_line(each, translator) for each in found.changed]),
        ("form_added", [label or path for path, label in found.added]),
        ("form_removed", [label or path for path, label in found.removed]),
    )
    for name, lines in parts:
        if lines:
            yield translator(f"safety.{name}"), lines


def _changed_line(change: QuestionChange, translator: Translator) -> str:
    label = change.label or change.path
    before, after = change.before[:_LONGEST_LIST], change.after[:_LONGEST_LIST]
    if change.kind == "type":
        return translator("safety.form_type", label=label, before=before, after=after)
    kind = "both" if before and after else "less" if before else "more"
    return translator(f"safety.form_list_{kind}", label=label, before=before, after=after)


def _set_aside_line(aside: SetAside, change: FormChangePlan, translator: Translator) -> str:
    label = change.labels.get(_INSTANCE.sub("", aside.path)) or aside.path
    answer = aside.text or aside.missing or aside.note
    return translator(
        "safety.form_answer", label=label, answer=answer, reason=translator(f"safety.aside_{aside.reason}")
    )


_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_LANGUAGES = ("vi", "en")


def form_from_answers(events: Sequence[Event], known: FormSkeleton | None, title: str) -> Form:
    """A form of every answered question, as texts that cannot be changed, with the id, version and hash of
    the form that the log was last continued with.

    ``known`` is the skeleton of that form; without it questions have their names as labels, in the order in
    which they were answered. Raises ``AnswerError("interview_no_start")``.
    """
    started = events[0] if events else None
    if not isinstance(started, Started):
        raise AnswerError("interview_no_start")
    version, sha256 = last_form_of(events)
    language = started.language or _LANGUAGES[0]
    answered = list(answers_from_events(events).answers())
    return Form(
        id=started.form_id,
        version=version,
        title={language: title or started.form_id},
        languages=tuple(dict.fromkeys((language, *_LANGUAGES))),
        default_language=language,
        children=_tree(_in_order(answered, known), _repeats(answered), known, language),
        sha256=sha256,
        seal_key=known.seal_key if known is not None else "",
    )


def _in_order(answered: Iterable[str], known: FormSkeleton | None) -> list[str]:
    """Paths without instance numbers, each once; those of the known form first, in its order."""
    plain = dict.fromkeys(_INSTANCE.sub("", path) for path in answered)
    first = [path for path in known.questions if path in plain] if known is not None else []
    return list(dict.fromkeys((*first, *plain)))


def _repeats(answered: Iterable[str]) -> frozenset[str]:
    """Paths, without numbers, of repeats."""
    return frozenset(
        _INSTANCE.sub("", path[: found.start()]) for path in answered for found in _INSTANCE.finditer(path)
    )


def _tree(
    paths: Sequence[str], repeats: frozenset[str], known: FormSkeleton | None, language: str, above: str = ""
) -> tuple[Question | Group | Repeat, ...]:
    """The items below ``above`` (``""`` or ``a/b/``)."""
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(path[len(above) :].partition("/")[0], []).append(path)
    items: list[Question | Group | Repeat] = []
    for name, found in inside.items():
        here = above + name
        deeper = [path for path in found if path != here]
        if not deeper:
            items.append(_question(name, here, known, language))
            continue
        kind = Repeat if here in repeats else Group
        children = _tree(deeper, repeats, known, language, f"{here}/")
        items.append(kind(name=name, label={language: name}, children=children))
    return tuple(items)


def _question(name: str, path: str, known: FormSkeleton | None, language: str) -> Question:
    asked = known.questions.get(path) if known is not None else None
    label = _PLACEHOLDER.sub("…", asked.label) if asked is not None else ""
    return Question(
        name=name, type="text", label={language: label or name}, read_only="true()", allow=("dk", "refused")
    )
