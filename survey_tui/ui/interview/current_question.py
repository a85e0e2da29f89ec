"""The question at hand: the answer being given, what is said about it, and how the session takes it.

An answer that the session or the disk refuses stays in the field, with the reason beside it.

Which field a question is answered with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from survey_tui.errors import AnswerError, StoreError, SurveyError
from survey_tui.interview.session import Session
from survey_tui.interview.views import ChoiceView, Outcome, QuestionView
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.entry_field import EntryField, Nothing
from survey_tui.ui.fields.field import Draft, Field
from survey_tui.ui.fields.line_editor import Composer
from survey_tui.ui.layout import plain
from survey_tui.ui.screen_context import Desk

_KINDS = {"select_one": "one", "select_one_from_file": "one", "select_multiple": "many", "rank": "rank"}
_KINDS["select_multiple_from_file"] = "many"


def field_for(
    view: QuestionView, words: dict[str, str], composer: Composer | None, *, frozen: bool = False
) -> Field:
    """A field with the recorded answer in it. ``words`` has ``dk``, ``refused`` and ``acknowledge``."""
    if frozen or view.read_only or view.type == "note":
        return Nothing(view)
    if view.type in ("acknowledge", "trigger"):
        return ChoiceField(_acknowledged(view, words["acknowledge"]), "one", words)
    kind = _KINDS.get(view.type)
    return ChoiceField(view, kind, words) if kind else EntryField(view, composer)


def _acknowledged(view: QuestionView, label: str) -> QuestionView:
    from msgspec.structs import replace

    return replace(view, choices=(ChoiceView("OK", label),))


Saved = Literal["saved", "open", "failed"]


class Remark(NamedTuple):
    """Something said about the question at hand."""

    kind: Literal["error", "warning", "info"]
    text: str


class Answering:
    """Gives one answer after the other.

    ``view`` and ``field`` are the question at hand and its answer; ``remark`` is said about it;
    ``holding`` is true from a refusal until the surveyor has seen it: keys typed ahead meanwhile belong to
    later questions and must not change this one (``dropped`` counts them).
    """

    view: QuestionView
    field: Field

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session = session
        self.desk = desk
        self.remark: Remark | None = None
        self.saved: Saved = "saved"
        self.holding = False
        self.dropped = 0
        self._kept: dict[str, Field] = {}
        self._asked_to_confirm = ""

    def show(self, view: QuestionView) -> None:
        """Turn to a question; what was typed there and could not be recorded is in the field again."""
        words = self.desk.words
        self._asked_to_confirm = ""
        self.remark = None
        self.saved = "saved"
        names = {
            "dk": words("interview.dont_know"),
            "refused": words("interview.refuses"),
            "acknowledge": words("interview.acknowledge"),
        }
        self.view = view
        self.field = field_for(view, names, self.desk.composer(), frozen=self.session.finished)
        kept = self._kept.get(view.path)
        if kept is not None:
            self.field.adopt(kept)
            self.saved = "open"
        if view.error:
            self.remark = Remark("error", plain(view.error))

    def changed(self) -> None:
        """The field was edited."""
        self.remark = None
        self._asked_to_confirm = ""
        self.saved = "open" if self.field.touched else "saved"

    def put_aside(self) -> None:
        """Record what can be recorded; the rest waits for the return to this question."""
        if self.field.touched and not self._record():
            self._kept[self.view.path] = self.field
            self.holding = False

    def take_back(self) -> bool:
        """Forget what is being typed; ``False`` if nothing is."""
        if not self.field.touched:
            return False
        self._kept.pop(self.view.path, None)
        self.show(self.view)
        return True

    @property
    def unsaved(self) -> str:
        """Path of a question with something typed that could not be recorded, ``""`` if there is none."""
        for path in list(self._kept):
            try:
                self.session.question(path)
            except AnswerError:  # its row of a repeat is gone
                del self._kept[path]
        return next(iter(self._kept), "")

    def take(self) -> bool:
        """Record the field if it has something new. True when one may go on."""
        words = self.desk.words
        if self.field.touched:
            return self._record() and self._settled()
        if self.view.error:
            return self.refuse(self.view.error)
        if not self.view.text and not self.view.missing and self._must_answer():
            self.remark = Remark("error", self.view.required_message or words("interview.required"))
            return False
        return self._settled()

    def _record(self) -> bool:
        try:
            draft = self.field.draft()
            outcome = self._hand_over(draft)
        except StoreError as error:
            self.saved = "failed"
            return self.refuse(self.desk.words.error(error))
        except AnswerError as error:
            return self.refuse(self.desk.words.error(error))
        if not outcome.accepted:
            message = (
                outcome.findings[0].message if outcome.findings else self.desk.words("interview.refused")
            )
            return self.refuse(message)
        self._kept.pop(self.view.path, None)
        self.show(self.session.question(self.view.path))
        self.saved = "saved"
        self.desk.counted(self.session)
        return True

    def _hand_over(self, draft: Draft) -> Outcome:
        path, at = self.view.path, self.desk.now()
        if draft.missing == "dk":
            return self.session.set_missing(path, "dk", at)
        if draft.missing:
            return self.session.set_missing(path, "refused", at)
        if not draft.text:
            return self.session.clear(path, at)
        return self.session.answer(path, draft.text, at)

    def _settled(self) -> bool:
        """No soft warning is left: there is none, or the surveyor stands by the answer."""
        if not self.view.warning or self.view.confirmed:
            return True
        path = self.view.path
        if self._asked_to_confirm == path:
            return self.attempt(lambda: self.session.confirm_warning(path, self.desk.now()))
        self._asked_to_confirm = path
        self.remark = Remark(
            "warning", self.desk.words("interview.warning", message=plain(self.view.warning))
        )
        self.holding = True
        return False

    def _must_answer(self) -> bool:
        return self.view.required and not self.view.read_only and self.view.type != "note"

    def refuse(self, message: str) -> bool:
        self.remark = Remark("error", plain(message))
        self.holding = True
        return False

    def attempt(self, step: Callable[[], object]) -> bool:
        """Do something that the session or the disk may refuse."""
        try:
            step()
        except SurveyError as error:
            if isinstance(error, StoreError):
                self.saved = "failed"
            return self.refuse(self.desk.words.error(error))
        return True
