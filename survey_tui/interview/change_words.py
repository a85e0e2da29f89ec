"""A newer version of the form, told in words: what it asks otherwise, and which answers are kept aside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from survey_tui.interview.events import SetAside
from survey_tui.interview.form_change import CarryOver
from survey_tui.interview.form_skeleton import Change
from survey_tui.locale import Translator

__all__ = ["sections"]

_INSTANCE = re.compile(r"\[\d+\]")
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
