"""Runs a JavaRosa scenario step by step through the public session and reports every difference."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from survey_tui.errors import AnswerError
from survey_tui.forms.columns import language_code
from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.forms.xlsform import from_xlsform_rows
from survey_tui.interview.events import Started
from survey_tui.interview.session import Session
from survey_tui.interview.views import AnswerResult

ZONE = dt.timezone(dt.timedelta(hours=7))
SCREEN_KINDS = {"question", "group", "repeat"}
LISTS = ("relevant", "required", "readonly", "constraint_failures")
MINIMUM_SHOWN = (
    "label",
    "hint",
    "answer",
    "answer_text",
    "required",
    "readonly",
    "constraint_message",
    "choices",
)

Json = dict[str, Any]


class Volatiles:
    """Names values that change from run to run ``<name#k>``, the k-th distinct value, as the oracle does."""

    def __init__(self, names: list[str]) -> None:
        self._names = set(names)
        self._seen: dict[str, list[str]] = {}

    def name(self, path: str, text: str) -> str:
        name = re.sub(r"\[\d+\]", "", path).rpartition("/")[2]
        if name not in self._names:
            return text
        seen = self._seen.setdefault(name, [])
        if text not in seen:
            seen.append(text)
        return f"<{name}#{seen.index(text) + 1}>"


class ScenarioRunner:
    """One scenario on one session. ``differences`` is empty when everything was as in JavaRosa."""

    def __init__(self, case: Json) -> None:
        form = case["form"]
        self.case = case
        self.form: CompiledForm = compile_form(
            from_xlsform_rows(form["survey"], form.get("choices") or [], form.get("settings") or {})
        )
        self.moment = dt.datetime(2026, 11, 21, 8, 0, tzinfo=ZONE)
        self.volatiles = Volatiles(case.get("volatile") or [])
        self.session = Session(
            self.form,
            Started(self.moment.isoformat(timespec="milliseconds"), response_id="r", form_id="f", seed=7),
        )
        self.index, self.event = 0, ("beginning", "")
        self.differences: list[str] = []

    def run(self) -> list[str]:
        self._compare_state("start", self.case["start"])
        for number, step in enumerate(self.case["steps"], start=1):
            title = f"step {number} {step['do']} {step.get('path', '')} {step.get('value', '')}"
            self._compare(title, step["result"], self._do(step), step["do"])
            self._compare_state(title, step["state"])
        return self.differences

    def now(self) -> dt.datetime:
        self.moment += dt.timedelta(seconds=1)
        return self.moment

    # --- steps
    def _do(self, step: Json) -> Json:
        if self.session.is_final:
            self.session.reopen(self.now())
        try:
            result: Json = getattr(self, f"_do_{step['do']}")(step)
        except AnswerError as error:
            return {"outcome": error.code.removeprefix("interview_").upper()}
        return result

    def _do_answer(self, step: Json) -> Json:
        return {"outcome": _outcome(self.session.answer(step["path"], step["value"] or "", self.now()))}

    def _do_add_repeat(self, step: Json) -> Json:
        try:
            return {"outcome": "OK", "instance": self.session.add_instance(step["path"], self.now())}
        except AnswerError:
            return {"outcome": "NOT_OFFERED"}

    def _do_delete_repeat(self, step: Json) -> Json:
        self.session.remove_instance(step["path"], self.now())
        return {"outcome": "OK"}

    def _do_language(self, step: Json) -> Json:
        self.session.set_language(language_code(step.get("language") or step["value"]), self.now())
        return {"outcome": "OK"}

    def _do_walk(self, step: Json) -> Json:
        return {"events": [[stop.kind, stop.path] for stop in self.session.walk(self.now())]}

    def _do_next(self, step: Json) -> Json:
        return self._move(1)

    def _do_back(self, step: Json) -> Json:
        return self._move(-1)

    def _move(self, by: int) -> Json:
        """One event of JavaRosa's form controller further, from where the last such step came to."""
        ahead = ((stop.kind, stop.path) for stop in self.session.steps(self.now()))
        stops = [("beginning", "")]
        while self.event not in stops and (stop := next(ahead, None)) is not None:
            stops.append(stop)
        index = stops.index(self.event) if self.event in stops else min(self.index, len(stops) - 1)
        if by > 0:
            stops = [*stops[: index + 1], next(ahead, stops[-1])]
        self.index = max(0, min(len(stops) - 1, index + by))
        self.event = stops[self.index]
        return {"event": self.event[0], "path": self.event[1]}

    def _do_show(self, step: Json) -> Json:
        path = step["path"]
        if not any(node.path == path and node.kind == "question" for node in self.session.states()):
            group = self.session.group(path)
            return {"event": "repeat" if path.endswith("]") else "group", "label": group.label}
        if self.session.question(path).relevant:
            self.session.jump(path, self.now())
        view = self.session.question(path)
        shown: Json = {
            "event": "question",
            "relevant": view.relevant,
            "label": view.label,
            "hint": view.hint or None,
            "answer": view.text or None,
            "answer_text": view.answer or None,
            "required": view.required,
            "readonly": view.read_only,
            "constraint_message": view.constraint_message if self._has_message(path) else None,
        }
        if view.type in ("select_one", "select_multiple", "rank"):
            shown["choices"] = [[choice.name, choice.label] for choice in view.choices]
        return shown

    def _has_message(self, path: str) -> bool:
        """Whether the form has a message of its own; where it has none the screens show a general one."""
        question = self.form.items[self.form.by_path[re.sub(r"\[\d+\]", "", path)]].question
        return question is not None and bool(question.constraint_message)

    def _do_finalize(self, step: Json) -> Json:
        result: Json = {"outcome": "OK"}
        try:
            self.session.finalise(self.now())
        except AnswerError as error:
            first = error.details["findings"][0]  # type: ignore[index]
            kind = {"required": "REQUIRED_BUT_EMPTY", "constraint": "CONSTRAINT_VIOLATED"}
            result = {"outcome": kind.get(first.kind, first.kind), "failed_at": first.path}
        result["submission"] = [
            [path, None if text is None else self.volatiles.name(path, text)]
            for path, text in self.session.submission()
        ]
        return result

    # --- comparison
    def _compare(self, title: str, expected: Json, found: Json, do: str) -> None:
        if do == "walk":
            expected = {"events": [event for event in expected["events"] if event[0] in SCREEN_KINDS]}
            found = {"events": [event for event in found.get("events", []) if event[0] in SCREEN_KINDS]}
        if do in ("next", "back"):
            if found["event"] in SCREEN_KINDS and not {found["event"], found["path"]} <= set(
                _texts(expected)
            ):
                self.differences.append(f"{title}: is {found}, expected {expected}")
            return
        for key, value in expected.items():
            if key in ("xml", "required_message_raw"):
                continue
            if key == "submission" and _unordered(value) == _unordered(found.get(key)):
                continue  # JavaRosa puts a repeat that had lost all its instances behind its siblings
            if key == "answer_text" and expected.get("choices") is None:
                continue  # the screens show dates and numbers in Vietnamese ways
            if key == "answer_text" and _words(value) == _words(found.get(key)):
                continue  # the screens put commas between choices
            if found.get(key) != value:
                self.differences.append(f"{title}: {key} is {found.get(key)!r}, expected {value!r}")

    def _compare_state(self, title: str, expected: Json) -> None:
        found = self._state()
        for key in LISTS:
            if set(found[key]) != set(expected[key]):
                more = sorted(set(found[key]) - set(expected[key]))
                less = sorted(set(expected[key]) - set(found[key]))
                self.differences.append(f"{title}: {key} has {more} too many, lacks {less}")
        for key in ("values", "labels"):
            wrong = {
                path: (found[key].get(path), expected[key].get(path))
                for path in {*found[key], *expected[key]}
                if (found[key].get(path) or "") != (expected[key].get(path) or "")
            }
            if wrong:
                self.differences.append(f"{title}: {key} (found, expected) {wrong}")
        for path, count in expected["repeats"].items():
            if found["repeats"].get(path) != count:
                self.differences.append(
                    f"{title}: {found['repeats'].get(path)} instances of {path}, expected {count}"
                )

    def _state(self) -> Json:
        nodes = list(self.session.states())
        review = self.session.review(self.moment)
        return {
            "relevant": [node.path for node in nodes if node.relevant],
            "values": {node.path: self.volatiles.name(node.path, node.text) for node in nodes if node.text},
            "required": [node.path for node in nodes if node.relevant and node.required],
            "readonly": [node.path for node in nodes if node.relevant and node.read_only],
            "constraint_failures": [
                finding.path for finding in review.findings if finding.kind == "constraint"
            ],
            "labels": dict(self._labels()),
            "repeats": dict(self._counts()),
        }

    def _labels(self) -> Iterator[tuple[str, str]]:
        for node in self.session.states():
            generic = re.sub(r"\[\d+\]", "", node.path)
            item = self.form.items[self.form.by_path[generic]]
            template = item.translation(item.item.label, self.session.language)
            if not node.relevant or "${" not in template or not item.is_visible:
                continue
            shown = (
                self.session.question(node.path) if node.kind == "question" else self.session.group(node.path)
            )
            yield node.path, shown.label

    def _counts(self) -> Iterator[tuple[str, int]]:
        paths = [node.path for node in self.session.states()]
        for generic, node in self.form.by_path.items():
            if node.kind != "repeat":
                continue
            prefix = re.compile(re.sub(r"/", r"(?:\\[\\d+\\])?/", generic) + r"\[\d+\]")
            whole = [path for path in paths if prefix.fullmatch(path)]
            for outer in {path.rpartition("[")[0] for path in whole} or {generic}:
                yield outer, sum(path.rpartition("[")[0] == outer for path in whole)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _unordered(submission: list[list[str | None]] | None) -> list[tuple[str, str]]:
    """An answer that a filter emptied is written as an empty text or as none; there is no difference."""
    return sorted((str(path), text or "") for path, text in submission or [])


def _words(text: str | None) -> list[str]:
    return (text or "").replace(",", " ").split()


def _outcome(outcome: AnswerResult) -> str:
    if outcome.accepted:
        return "OK"
    kinds = {"required": "REQUIRED_BUT_EMPTY", "constraint": "CONSTRAINT_VIOLATED"}
    kind = outcome.findings[0].kind
    return kinds.get(kind, kind)
