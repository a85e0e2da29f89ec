"""The interview: one question at a time, in widgets that stay and are refilled."""

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
from survey_tui.ui.interview.conversation import Conversation, next_open
from survey_tui.ui.interview.current_question import Remark
from survey_tui.ui.interview.question_page import Page
from survey_tui.ui.key_events import Key
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet, binding


class Interview(Sheet[None]):
    """Asks. The conversation decides what a key does to the interview; this sheet draws it and opens the
    others."""

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

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk)
        self.conversation = Conversation(session, desk)
        self._warned = False
        self.page = Page(self.conversation, desk, desk.heading_of(session), lambda: self.app.size)
        desk.language_followers.append(self._follow_language)
        self._follow_language()
        if any(isinstance(event, Visited) for event in session.events):
            self.conversation.pass_answered()
        else:
            self.conversation.pass_prefilled()

    @property
    def complete(self) -> bool:
        """The interview stands after its last question: the review comes next."""
        return self.conversation.at_end

    # --- keys
    def typed(self, key: Key) -> bool:
        """The answer first: what is no part of it is a command."""
        talk = self.conversation
        if talk.at_end:
            return False
        if talk.holding:
            talk.dropped += 1
            return True
        talk.dropped = 0
        self._warned = self._warned and key.name in ("ctrl+q", "ctrl+c")
        if key.name in ("pageup", "pagedown") and self.page.overflows:
            self.page.scroll(down=key.name == "pagedown")
            return True
        if key.name == "ctrl+j" and not (isinstance(talk.field, EntryField) and talk.field.multiline):
            key = Key("enter")
        if key.name != "enter" and talk.field.press(key):
            talk.changed()
            if self.desk.settings.one_key and key.character and self._settles_by_one_key():
                self.action_confirm()
            return True
        if key.name == "enter" and self.page.unread and talk.view.type == "note":
            self.page.scroll(down=True)  # what is to be read out is read to its end
            return True
        if key.name == "enter":
            self.action_confirm()
            return True
        return False

    def pasted(self, text: str) -> None:
        """Pasted text is part of the answer; it never confirms one."""
        if not self.conversation.at_end and not self.conversation.holding:
            self.conversation.field.paste(text)
            self.conversation.changed()

    def row_tapped(self, row: int) -> None:
        """A tap chooses."""
        if not self.conversation.at_end:
            self.conversation.field.tap(row)
            self.conversation.changed()

    def scrolled(self, *, down: bool) -> None:
        """The wheel never answers."""
        field = self.conversation.field
        if isinstance(field, ChoiceField) and not self.conversation.at_end:
            field.scroll(down=down)
        else:
            super().scrolled(down=down)

    def needed(self) -> Sequence[str]:
        """What this moment needs."""
        remark = self.conversation.remark
        if remark is not None and remark.kind == "warning":
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
        """Take the answer and go on."""
        self.conversation.confirm()
        if self.conversation.at_end:
            self.action_review()

    def action_back(self) -> None:
        """One question back."""
        self.conversation.back()

    def action_undo(self) -> None:
        """Take the last answer back."""
        self.conversation.undo()

    def action_first_open(self) -> None:
        """Go to the first question that still needs an answer."""
        self.conversation.keep()
        self.go(next_open(self.conversation.session, self.conversation.path))

    def action_help(self) -> None:
        """Help, with what the form says about this question first."""
        talk = self.conversation
        guidance = "" if talk.at_end or talk.stop.kind != "question" else talk.view.guidance
        self.home_app.open_help(self, guidance)

    def action_outline(self) -> None:
        """Open the table of contents."""
        from survey_tui.ui.screens.outline import Outline

        self.conversation.keep()
        self.home_app.open(Outline(self.desk, self.conversation.session, self.conversation.path, self.go))

    def action_table(self) -> None:
        """Open the table of the repeat at hand."""
        from survey_tui.ui.screens.roster import Roster

        repeat = self.page.repeat
        if repeat:
            self.conversation.keep()
            talk = self.conversation
            self.home_app.open(Roster(self.desk, talk.session, repeat, talk.path, self.go))

    def action_note(self) -> None:
        """Write a note on this question."""
        from survey_tui.ui.screens.note import Note

        talk = self.conversation
        if not talk.at_end and talk.stop.kind == "question" and not talk.session.finished:
            self.home_app.open(Note(self.desk, talk.view, talk.note))

    def action_review(self) -> None:
        """Look at what is missing, and finish."""
        from survey_tui.ui.screens.review import Review

        self.conversation.keep()
        if self.conversation.unsaved:
            self._show_unsaved()
            return
        self.home_app.open(Review(self.desk, self.conversation.session, self.after_review))

    def action_pause(self) -> None:
        """Leave; the interview goes on here next time."""
        self.conversation.keep()
        if self.conversation.unsaved and not self._warned:
            self._show_unsaved()
            self._warned = True
            return
        self.conversation.pause()
        self.leave()

    def _show_unsaved(self) -> None:
        """Go where something typed could not be recorded, and say so."""
        talk = self.conversation
        reason = talk.remark.text if talk.remark is not None and talk.path == talk.unsaved else ""
        if talk.path != talk.unsaved:
            talk.jump(talk.unsaved)
        talk.remark = Remark("error", f"{reason} {self.desk.words('interview.unsaved')}".strip())

    def go(self, path: str) -> None:
        """Go to ``path``; the end is the review."""
        if path == END:
            self.action_review()
        else:
            self.conversation.jump(path)

    def after_review(self, path: str) -> None:
        """What the review decided: a place to go to, or ``END`` when the interview is over."""
        if path == END:
            self.leave()
        else:
            self.go(path)

    def leave(self) -> None:
        """Back to where the interview was opened."""
        if self._follow_language in self.desk.language_followers:
            self.desk.language_followers.remove(self._follow_language)
        self.close()

    def _follow_language(self) -> None:
        session, language = self.conversation.session, self.desk.words.language
        if language in session.form.form.languages and session.language != language and not session.finished:
            try:
                session.set_language(language, self.desk.now())
            except SurveyError as error:
                self.desk.problem = self.desk.words.error(error)
        self.conversation.reload()

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        """Header, question, answer, remark, progress."""
        yield LinesView(self.page.header, id="header")
        yield LinesView(self.page.table, id="table")
        yield LinesView(self.page.question, id="question")
        yield LinesView(self.page.answer, grows=False, id="answer")
        yield LinesView(self.page.remark, id="remark")
        yield LinesView(self.page.progress, id="progress")

    def draw(self) -> None:
        """Draw, and from then on take keys for this question again."""
        super().draw()
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self.desk.settle()
        talk = self.conversation
        if talk.holding:
            talk.holding = False
            super().draw()

    def _settles_by_one_key(self) -> bool:
        return self.conversation.view.type == "select_one" and self.conversation.field.touched
