"""The question in progress: its field, the feedback on it, and its recording.

An answer that the session or the disk refuses stays in the field, with the reason below it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec.structs import replace

from survey_tui.errors import AnswerError, StoreError, SurveyError
from survey_tui.interview.session import Session
from survey_tui.interview.views import AnswerResult, ChoiceView, QuestionView
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.entry_field import EntryField, ReadOnlyField
from survey_tui.ui.fields.field import Field, FieldValue
from survey_tui.ui.layout import plain_text
from survey_tui.ui.screen_context import ScreenContext

if TYPE_CHECKING:
    from survey_tui.vietnamese.typing import TypingEngine

_KINDS = {"select_one": "one", "select_one_from_file": "one", "select_multiple": "many", "rank": "rank"}
_KINDS["select_multiple_from_file"] = "many"


def field_for(
    view: QuestionView, words: dict[str, str], engine: TypingEngine | None, *, read_only: bool = False
) -> Field:
    """A field for ``view`` with the recorded answer. ``words`` has ``dk``, ``refused`` and
    ``acknowledge``."""
    if read_only or view.read_only or view.type == "note":
        return ReadOnlyField(view)
    if view.type in ("acknowledge", "trigger"):
        return ChoiceField(_with_acknowledgement(view, words["acknowledge"]), "one", words)
    kind = _KINDS.get(view.type)
    return ChoiceField(view, kind, words) if kind else EntryField(view, engine)


def _with_acknowledgement(view: QuestionView, label: str) -> QuestionView:
    return replace(view, choices=(ChoiceView("OK", label),))


SaveState = Literal["saved", "open", "failed"]


class Feedback(NamedTuple):
    """An error, warning or hint below the answer."""

    kind: Literal["error", "warning", "info"]
    text: str


class QuestionInProgress:
    """The question that is being answered.

    ``view`` and ``field`` are the question and its answer, ``feedback`` is shown below. ``is_holding`` is
    true from a refusal until it is on the screen: keys typed ahead belong to later questions and must not
    change this one (``dropped_keys`` counts them).
    """

    view: QuestionView
    field: Field

    def __init__(self, session: Session, context: ScreenContext) -> None:
        self.session = session
        self.context = context
        self.feedback: Feedback | None = None
        self.saved: SaveState = "saved"
        self.is_holding = False
        self.dropped_keys = 0
        self._unrecorded: dict[str, Field] = {}
        self._asked_to_confirm = ""

    def show(self, view: QuestionView) -> None:
        """Turn to a question; input that could not be recorded is in its field again."""
        words = self.context.words
        self._asked_to_confirm = ""
        self.feedback = None
        self.saved = "saved"
        names = {
            "dk": words("interview.dont_know"),
            "refused": words("interview.refuses"),
            "acknowledge": words("interview.acknowledge"),
        }
        self.view = view
        self.field = field_for(
            view, names, self.context.appearance.new_typing_engine(), read_only=self.session.is_final
        )
        unrecorded = self._unrecorded.get(view.path)
        if unrecorded is not None:
            self.field.copy_from(unrecorded)
            self.saved = "open"
        if view.error:
            self.feedback = Feedback("error", plain_text(view.error))

    def mark_edited(self) -> None:
        """Remove the feedback after an edit of the field."""
        self.feedback = None
        self._asked_to_confirm = ""
        self.saved = "open" if self.field.is_edited else "saved"

    def record_or_keep(self) -> None:
        """Record the field if it is valid, otherwise keep it for the return to this question."""
        if self.field.is_edited and not self._record():
            self._unrecorded[self.view.path] = self.field
            self.is_holding = False

    def discard_input(self) -> bool:
        """Restore the recorded answer; ``False`` if the field is not edited."""
        if not self.field.is_edited:
            return False
        self._unrecorded.pop(self.view.path, None)
        self.show(self.view)
        return True

    @property
    def unrecorded_path(self) -> str:
        """Path of a question with input that could not be recorded, ``""`` if there is none."""
        for path in list(self._unrecorded):
            try:
                self.session.question(path)
            except AnswerError:  # its row of a repeat is gone
                del self._unrecorded[path]
        return next(iter(self._unrecorded), "")

    def submit(self) -> bool:
        """Record the field if it is edited; whether the next question may follow."""
        words = self.context.words
        if self.field.is_edited:
            return self._record() and self._resolve_warning()
        if self.view.error:
            return self.refuse(self.view.error)
        if not self.view.text and not self.view.missing and self._is_answer_required():
            self.feedback = Feedback("error", self.view.required_message or words("interview.required"))
            return False
        return self._resolve_warning()

    def _record(self) -> bool:
        try:
            result = self._send_to_session(self.field.read_value())
        except StoreError as error:
            self.saved = "failed"
            return self.refuse(self.context.words.error(error))
        except AnswerError as error:
            return self.refuse(self.context.words.error(error))
        if not result.accepted:
            message = (
                result.findings[0].message if result.findings else self.context.words("interview.refused")
            )
            return self.refuse(message)
        self._unrecorded.pop(self.view.path, None)
        self.show(self.session.question(self.view.path))
        self.saved = "saved"
        self.context.update_progress(self.session)
        return True

    def _send_to_session(self, value: FieldValue) -> AnswerResult:
        path, at = self.view.path, self.context.now()
        if value.missing == "dk":
            return self.session.set_missing(path, "dk", at)
        if value.missing:
            return self.session.set_missing(path, "refused", at)
        if not value.text:
            return self.session.clear(path, at)
        return self.session.answer(path, value.text, at)

    def _resolve_warning(self) -> bool:
        """Whether no unconfirmed warning is left; a second submit confirms the warning."""
        if not self.view.warning or self.view.confirmed:
            return True
        path = self.view.path
        if self._asked_to_confirm == path:
            return self.attempt(lambda: self.session.confirm_warning(path, self.context.now()))
        self._asked_to_confirm = path
        self.feedback = Feedback(
            "warning", self.context.words("interview.warning", message=plain_text(self.view.warning))
        )
        self.is_holding = True
        return False

    def _is_answer_required(self) -> bool:
        return self.view.required and not self.view.read_only and self.view.type != "note"

    def refuse(self, message: str) -> bool:
        """Show ``message`` as an error and hold keys typed ahead; ``False``."""
        self.feedback = Feedback("error", plain_text(message))
        self.is_holding = True
        return False

    def attempt(self, step: Callable[[], object]) -> bool:
        """Run ``step``, which the session or the disk may refuse; a refusal is shown as feedback."""
        try:
            step()
        except SurveyError as error:
            if isinstance(error, StoreError):
                self.saved = "failed"
            return self.refuse(self.context.words.error(error))
        return True
