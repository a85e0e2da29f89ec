"""A draft that was begun with another version of the form: what is carried over, what is kept aside.

Every answer that the new version can hold stays, at its path or, where a question moved to another group, at
its new one. The others are taken out of the interview and kept in the log (:class:`FormChanged`), so that
they travel in the paradata of the response. Pure: the same log and form always give the same.

A newer version of the form, told in words: what it asks otherwise, and which answers are kept aside.

A response whose survey is no longer here: a form that holds what was answered, and asks nothing.

The plugin that brought the survey is gone or switched off. Its conditions and calculations went with it; what
is left are the answers in the log, and the labels that were kept of the form's version."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Form, Group, Question, Repeat
from survey_tui.interview import events as ev
from survey_tui.interview.answer_types import canonical
from survey_tui.interview.events import Event, SetAside, Started
from survey_tui.interview.form_skeleton import Change, FormDifference, Skeleton, difference, skeleton_of
from survey_tui.interview.interview_state import Place
from survey_tui.interview.live_state import LiveState
from survey_tui.interview.replay import PathAnswer, answers_from_events
from survey_tui.locale import Translator

_INSTANCE = re.compile(r"\[\d+\]")


class CarryOver(Struct, frozen=True):
    """``event`` is what the log gets; ``carried`` counts the answers that go on; ``labels`` (path without
    instance numbers → label) are those of the questions whose answers are kept aside."""

    event: ev.FormChanged
    difference: FormDifference
    carried: int
    labels: dict[str, str]

    @property
    def silent(self) -> bool:
        """Nothing that a surveyor must know: other words, the same questions."""
        return self.difference.empty and self.difference.known and not self.event.aside


def form_of(events: Sequence[ev.Event]) -> tuple[str, str]:
    """(version, SHA-256) of the form with which this log was last continued."""
    for event in reversed(events):
        if isinstance(event, ev.FormChanged | ev.Started):
            return event.form_version, event.form_sha256
    return "", ""


def carry_over(
    form: CompiledForm, events: Sequence[ev.Event], old: Skeleton | None, at: dt.datetime
) -> CarryOver | None:
    """How this log goes on with ``form``; ``None`` when it was last continued with that very form.

    ``old`` is what was kept of the older version. Raises ``AnswerError("interview_no_start")``.
    """
    version, sha256 = form_of(events)
    if sha256 == form.form.sha256:
        return None
    sorted_out = _Sorting(_replay(form, events), at)
    for path, answer in answers_from_events(events).answers().items():
        sorted_out.place(path, answer)
    event = ev.FormChanged(
        ev.stamp(at),
        form_version=form.form.version,
        form_sha256=form.form.sha256,
        modules=form.form.modules,
        aside=tuple(sorted_out.aside),
        moved=tuple(sorted_out.moved),
    )
    found = difference(old, skeleton_of(form), version)
    return CarryOver(event, found, sorted_out.carried, _labels(form, old, sorted_out.aside))


def _replay(form: CompiledForm, events: Sequence[ev.Event]) -> LiveState:
    started = events[0] if events else None
    if not isinstance(started, ev.Started):
        raise AnswerError("interview_no_start")
    live = LiveState(form, started)
    for event in events[1:]:
        live.apply(event)
    return live


class _Sorting:
    """Where each answer goes."""

    def __init__(self, live: LiveState, at: dt.datetime) -> None:
        self.carried = 0
        self.aside: list[ev.SetAside] = []
        self.moved: list[ev.Moved] = []
        self._live = live
        self._at = at

    def place(self, path: str, answer: PathAnswer) -> None:
        """Decide about one answer."""
        place = self._find(path) or self._find(self._elsewhere(path))
        reason, text = self._refused(place, answer) if place is not None else ("removed", answer.text)
        if reason or place is None:
            self.aside.append(ev.SetAside(path, reason, answer.text, answer.missing, answer.note))
            return
        self.carried += bool(answer.text or answer.missing)
        if (place.path, text) != (path, answer.text):
            self.moved.append(ev.Moved(path, place.path, text, answer.missing, answer.note))

    def _find(self, path: str) -> Place | None:
        try:
            return self._live.state.question(path)
        except AnswerError:
            return None

    def _elsewhere(self, path: str) -> str:
        """Where the only question of this name stands now, in the same instances; ``""`` if it does not."""
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

    def _refused(self, place: Place, answer: PathAnswer) -> tuple[str, str]:
        """Why the new version cannot hold this answer (``""``: it can), and the answer as it holds it."""
        item = self._live.form.items[place.node]
        question = item.question
        if question is None or not item.answerable:
            return "not_asked", answer.text
        if not answer.text and not answer.missing:
            return "", ""  # a note
        if answer.missing:
            return ("" if answer.missing in question.allow else "missing"), answer.text
        try:
            text = canonical(question, place.node, answer.text, self._at)
        except AnswerError:
            return "type", answer.text
        if not place.relevant:
            return "", text
        blocking = [finding for finding in self._live.checks.of_answer(place, text) if finding.blocking]
        return (blocking[0].kind if blocking else ""), text


def _labels(form: CompiledForm, old: Skeleton | None, aside: Sequence[ev.SetAside]) -> dict[str, str]:
    now = skeleton_of(form).questions
    before = old.questions if old is not None else {}
    plain = {_INSTANCE.sub("", each.path) for each in aside}
    return {path: asked.label for path in plain if (asked := before.get(path) or now.get(path)) is not None}


_LONGEST_LIST = 200


def sections(change: CarryOver, words: Translator) -> Iterator[tuple[str, list[str]]]:
    """(heading, lines) of each kind of difference; the first one, without a heading, is about the whole."""
    found = change.difference
    facts = words(
        # A plugin's questions may change while the survey that takes them in keeps its version.
        "safety.form_parts" if found.old_version == found.new_version else "safety.form_versions",
        old=found.old_version,
        new=found.new_version,
        carried=change.carried,
    )
    yield "", [facts] if found.known else [facts, words("safety.form_unknown")]
    parts = (
        ("form_aside", [_kept_aside(each, change, words) for each in change.event.aside]),
        ("form_changed", [_changed(each, words) for each in found.changed]),
        ("form_added", [label or path for path, label in found.added]),
        ("form_removed", [label or path for path, label in found.removed]),
    )
    for name, lines in parts:
        if lines:
            yield words(f"safety.{name}"), lines


def _changed(change: Change, words: Translator) -> str:
    label = change.label or change.path
    before, after = change.before[:_LONGEST_LIST], change.after[:_LONGEST_LIST]
    if change.what == "type":
        return words("safety.form_type", label=label, before=before, after=after)
    kind = "both" if before and after else "less" if before else "more"
    return words(f"safety.form_list_{kind}", label=label, before=before, after=after)


def _kept_aside(aside: SetAside, change: CarryOver, words: Translator) -> str:
    label = change.labels.get(_INSTANCE.sub("", aside.path)) or aside.path
    answer = aside.text or aside.missing or aside.note
    return words(
        "safety.form_answer", label=label, answer=answer, reason=words(f"safety.aside_{aside.reason}")
    )


_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_LANGUAGES = ("vi", "en")


def leftover_form(events: Sequence[Event], known: Skeleton | None, title: str) -> Form:
    """A form of every answered question, as texts that cannot be changed, by the id, version and hash of the
    form that the log was last continued with.

    ``known`` is what was kept of that form; without it questions are named by their names, and come in the
    order in which they were answered. Raises ``AnswerError("interview_no_start")``.
    """
    started = events[0] if events else None
    if not isinstance(started, Started):
        raise AnswerError("interview_no_start")
    version, sha256 = form_of(events)
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


def _in_order(answered: Iterable[str], known: Skeleton | None) -> list[str]:
    """Paths without instance numbers, each once; those of the known form first, in its order."""
    plain = dict.fromkeys(_INSTANCE.sub("", path) for path in answered)
    first = [path for path in known.questions if path in plain] if known is not None else []
    return list(dict.fromkeys((*first, *plain)))


def _repeats(answered: Iterable[str]) -> frozenset[str]:
    """Paths, without numbers, of what has instances."""
    return frozenset(
        _INSTANCE.sub("", path[: found.start()]) for path in answered for found in _INSTANCE.finditer(path)
    )


def _tree(
    paths: Sequence[str], repeats: frozenset[str], known: Skeleton | None, language: str, above: str = ""
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


def _question(name: str, path: str, known: Skeleton | None, language: str) -> Question:
    asked = known.questions.get(path) if known is not None else None
    label = _PLACEHOLDER.sub("…", asked.label) if asked is not None else ""
    return Question(
        name=name, type="text", label={language: label or name}, read_only="true()", allow=("dk", "refused")
    )
