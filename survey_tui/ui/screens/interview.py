"""The interview: one question at a time, in views that stay and are refreshed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.interview.events import Visited
from survey_tui.interview.session import Session
from survey_tui.interview.views import END
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.entry_field import EntryField
from survey_tui.ui.interview.conversation import Conversation, next_open_question
from survey_tui.ui.interview.current_question import Feedback
from survey_tui.ui.interview.question_page import QuestionPage
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class InterviewScreen(BaseScreen[None]):
    """Draws the conversation, which handles the keys of the interview, and opens other screens."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("interview.next", "enter", "confirm"),
        binding("interview.stand_by", "enter", "confirm"),
        binding("interview.back", "ctrl+b", "back"),
        binding("interview.outline", "ctrl+g", "outline"),
        binding("interview.table", "ctrl+t", "table"),
        binding("interview.note", "ctrl+n", "note"),
        binding("interview.undo", "ctrl+z", "undo"),
        binding("interview.first_open", "ctrl+o", "first_open"),
        binding("interview.review", "ctrl+r", "review"),
        binding("interview.pause", "ctrl+q,ctrl+c", "pause"),
    ]

    def __init__(self, context: ScreenContext, session: Session) -> None:
        super().__init__(context)
        self.conversation = Conversation(session, context)
        self._warned = False
        self.page = QuestionPage(
            self.conversation, context, lambda: context.session_heading(session), lambda: self.app.size
        )
        context.language_followers.append(self._follow_language)
        self._follow_language()
        if any(isinstance(event, Visited) for event in session.events):
            self.conversation.skip_answered()
        else:
            self.conversation.skip_prefilled()

    def after_opening(self) -> None:
        """Open the review after the last question."""
        if self.conversation.is_at_end:
            self.action_review()

    # --- keys
    def accept_key(self, key: KeyEvent) -> bool:
        """Handle keys of the answer; other keys are commands."""
        conversation = self.conversation
        if conversation.is_at_end:
            return False
        if conversation.is_holding:
            conversation.dropped_keys += 1
            return True
        conversation.dropped_keys = 0
        self._warned = self._warned and key.name in ("ctrl+q", "ctrl+c")
        if key.name in ("pageup", "pagedown") and self.page.overflows:
            self.page.scroll(down=key.name == "pagedown")
            return True
        field = conversation.field
        if key.name == "ctrl+j" and not (isinstance(field, EntryField) and field.multiline):
            key = KeyEvent("enter")
        if key.name != "enter" and field.press(key):
            conversation.mark_edited()
            if self.context.settings.one_key and key.character and self._is_answered_by_one_key():
                self.action_confirm()
            return True
        if key.name == "enter" and self.page.is_unread and conversation.view.type == "note":
            self.page.scroll(down=True)  # what is to be read out is read to its end
            return True
        if key.name == "enter":
            self.action_confirm()
            return True
        return False

    def accept_paste(self, text: str) -> None:
        """Insert pasted text; it never confirms an answer."""
        if not self.conversation.is_at_end and not self.conversation.is_holding:
            self.conversation.field.paste(text)
            self.conversation.mark_edited()

    def click_row(self, row: int) -> None:
        if not self.conversation.is_at_end:
            self.conversation.field.click(row)
            self.conversation.mark_edited()

    def handle_scroll(self, *, down: bool) -> None:
        field = self.conversation.field
        if isinstance(field, ChoiceField) and not self.conversation.is_at_end:
            field.scroll(down=down)
        else:
            super().handle_scroll(down=down)

    def key_hints(self) -> Sequence[str]:
        feedback = self.conversation.feedback
        if feedback is not None and feedback.kind == "warning":
            return (
                "interview.stand_by",
                "interview.back",
                "interview.outline",
                "interview.note",
                "interview.pause",
            )
        middle = "interview.table" if self.page.repeat else "interview.note"
        return (
            "interview.next",
            "interview.back",
            "interview.outline",
            middle,
            "common.language",
            "interview.pause",
        )

    def action_confirm(self) -> None:
        """Submit the answer and go forward."""
        self.conversation.confirm()
        if self.conversation.is_at_end:
            self.action_review()

    def action_back(self) -> None:
        """Go to the question before."""
        self.conversation.back()

    def action_undo(self) -> None:
        self.conversation.undo()

    def action_first_open(self) -> None:
        """Go to the next question without an answer."""
        self.conversation.suspend()
        self.go_to(next_open_question(self.conversation.session, self.conversation.path))

    def action_help(self) -> None:
        """Open help; guidance on the question comes first."""
        conversation = self.conversation
        self.navigator.open_help(self, conversation.view.guidance if conversation.is_at_question else "")

    def action_outline(self) -> None:
        from survey_tui.ui.screens.outline import OutlineScreen

        conversation = self.conversation
        conversation.suspend()
        self.navigator.open(OutlineScreen(self.context, conversation.session, conversation.path, self.go_to))

    def action_table(self) -> None:
        """Open the roster of the repeat around the question."""
        from survey_tui.ui.screens.roster import RosterScreen

        repeat = self.page.repeat
        if repeat:
            self.conversation.suspend()
            session, path = self.conversation.session, self.conversation.path
            self.navigator.open(RosterScreen(self.context, session, repeat, path, self.go_to))

    def action_note(self) -> None:
        """Open the note on the question."""
        from survey_tui.ui.screens.note import NoteScreen

        conversation = self.conversation
        if conversation.is_at_question and not conversation.session.is_final:
            self.navigator.open(NoteScreen(self.context, conversation.view, conversation.note))

    def action_review(self) -> None:
        """Open the review, unless an answer could not be recorded."""
        from survey_tui.ui.screens.review import ReviewScreen

        self.conversation.suspend()
        if self.conversation.unrecorded_path:
            self._show_unsaved()
            return
        self.navigator.open(ReviewScreen(self.context, self.conversation.session, self.after_review))

    def action_pause(self) -> None:
        """Pause the interview; an answer that cannot be recorded needs a second key press."""
        self.conversation.suspend()
        if self.conversation.unrecorded_path and not self._warned:
            self._show_unsaved()
            self._warned = True
            return
        self.conversation.pause()
        self.leave()

    def _show_unsaved(self) -> None:
        """Go to the question whose input could not be recorded, and say so."""
        conversation = self.conversation
        reason = ""
        if conversation.path != conversation.unrecorded_path:
            conversation.go_to(conversation.unrecorded_path)
        elif conversation.feedback is not None:
            reason = conversation.feedback.text
        text = f"{reason} {self.context.words('interview.unsaved')}".strip()
        conversation.feedback = Feedback("error", text)

    def go_to(self, path: str) -> None:
        """Go to the question at ``path``, or to the review at ``END``."""
        if path == END:
            self.action_review()
        else:
            self.conversation.go_to(path)

    def after_review(self, path: str) -> None:
        """Go to the question that the review names; at ``END`` leave."""
        if path == END:
            self.leave()
        else:
            self.go_to(path)

    def leave(self) -> None:
        """Close the screen and stop following the language."""
        if self._follow_language in self.context.language_followers:
            self.context.language_followers.remove(self._follow_language)
        self.close()

    def _follow_language(self) -> None:
        session, language = self.conversation.session, self.context.words.language
        if language in session.form.form.languages and session.language != language and not session.is_final:
            try:
                session.set_language(language, self.context.now())
            except SurveyError as error:
                self.context.problem = self.context.words.error(error)
        self.conversation.reload()

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        yield LinesView(self.page.header, id="header")
        yield LinesView(self.page.table, id="table")
        yield LinesView(self.page.question, id="question")
        yield LinesView(self.page.answer, grows=False, id="answer")
        yield LinesView(self.page.feedback, id="feedback")
        yield LinesView(self.page.progress, id="progress")

    def draw(self) -> None:
        """Draw; when that is on the screen, keys for this question count again."""
        super().draw()
        self.call_after_refresh(self._after_paint)

    def _after_paint(self) -> None:
        self.context.flush()
        conversation = self.conversation
        if conversation.is_holding:
            conversation.is_holding = False
            super().draw()

    def _is_answered_by_one_key(self) -> bool:
        return self.conversation.view.type == "select_one" and self.conversation.field.is_edited
