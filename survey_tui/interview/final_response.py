"""Final response: its content and its canonical bytes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import to_builtins

from survey_tui.errors import AnswerError
from survey_tui.expressions.tree import Node
from survey_tui.interview.events import SetAside
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace
from survey_tui.interview.live_state import LiveState
from survey_tui.interview.replay import answers_from_events
from survey_tui.interview.views import FinalResponse
from survey_tui.vietnamese import nfc


def submission_values(state: InterviewState) -> tuple[tuple[str, str | None], ...]:
    """(path, text) of everything relevant in document order, as ODK Collect submits it: ``None`` for an
    unanswered node, and for a group or instance with nothing relevant in it."""
    return tuple(_submission_values(state, state.root, state.form.root))


def _submission_values(
    state: InterviewState, frame: InstanceFrame, parent: Node
) -> Iterator[tuple[str, str | None]]:
    for node in state.form.children[parent]:
        frames = frame.instances_of(node) if node.kind == "repeat" else [frame]
        for holder in frames:
            place = NodePlace(holder, node)
            if not place.relevant:
                continue
            if node.kind == "leaf":
                yield place.path, place.text or None
                continue
            inner = tuple(_submission_values(state, holder, node))
            yield from inner or ((place.path, None),)


def build_final_response(live: LiveState) -> FinalResponse:
    """The response at this moment: relevant answers only, without the form's ``note`` items."""
    started = live.started
    kept = [place for place in live.state.places() if place.node.kind == "leaf" and place.relevant]
    outcome, outcome_text = live.outcome
    return FinalResponse(
        response_id=started.response_id,
        form_id=started.form_id,
        form_version=started.form_version,
        form_sha256=started.form_sha256,
        modules=tuple((module.name, module.version, module.sha256) for module in started.modules),
        language=live.env.language,
        commune=started.commune,
        device_id=started.device_id,
        username=started.username,
        started=started.at,
        finished=live.finalised_at,
        minutes=live.duration.minutes(),
        outcome=outcome,
        outcome_text=outcome_text,
        values=tuple((place.path, place.text or None) for place in kept if place.node.type != "note"),
        missing=_by_path(kept, "missing"),
        notes=_by_path(kept, "notes"),
        confirmed={
            place.path: place.text
            for place in kept
            if place.text and place.frame.confirmed.get(place.node.slot) == place.text
        },
        aside=tuple(_aside(live)),
    )


def _aside(live: LiveState) -> Iterator[SetAside]:
    """Orphaned answers, in the order in which they were given; then those that a newer version of the form
    could not hold, unless the question was answered since."""
    by_path = answers_from_events(live.events)
    orphaned = {
        path: answer for path, answer in by_path.answers().items() if not _is_question(live.state, path)
    }
    for path, answer in orphaned.items():
        yield SetAside(path, "removed", answer.text, answer.missing, answer.note)
    for path, each in by_path.aside.items():
        if path not in orphaned and not _is_answered(live.state, path):
            yield each


def _is_question(state: InterviewState, path: str) -> bool:
    try:
        state.question(path)
    except AnswerError:
        return False
    return True


def _is_answered(state: InterviewState, path: str) -> bool:
    if not _is_question(state, path):
        return False
    frame, node = place = state.question(path)
    return bool(place.text or node.slot in frame.missing)


def _by_path(places: list[NodePlace], table: str) -> dict[str, str]:
    found = {}
    for place in places:
        by_slot: dict[int, str] = getattr(place.frame, table)
        if place.node.slot in by_slot:
            found[place.path] = by_slot[place.node.slot]
    return found


def canonical_bytes(response: FinalResponse) -> bytes:
    """Canonical bytes: JSON in UTF-8 and NFC, keys sorted, no blanks, one newline at the end. ``aside`` is
    left out when it is empty (``docs/store.md``)."""
    import json

    content = to_builtins(response)
    if not content["aside"]:
        del content["aside"]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return nfc(text).encode() + b"\n"
