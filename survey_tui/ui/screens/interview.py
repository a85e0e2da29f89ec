"""The interview: one question at a time, in widgets that stay and are refilled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.interview.events import Visited
from survey_tui.interview.session import Session
from survey_tui.interview.views import END
from survey_tui.ui.asking.conversation import Conversation
from survey_tui.ui.asking.entry import EntryField
from survey_tui.ui.asking.field import Look
from survey_tui.ui.asking.numbering import number_questions, section_of
from survey_tui.ui.desk import Desk
from survey_tui.ui.keys import Key
from survey_tui.ui.screens.sheet import Sheet, binding
from survey_tui.ui.table import repeat_of, table_lines
from survey_tui.ui.text import Line, Span, plain, wrap
from survey_tui.ui.widgets.lines import LinesView

__all__ = ["Interview"]

_ROOMY = 60  # columns from which on there is a side column for the question's number
_TALL = 20  # lines from which on a small repeat shows its table above the question
_TABLE_COLUMNS = 7


class Interview(Sheet[None]):
    """Asks. The conversation decides what a key does to the interview; this sheet draws it and opens the
    others."""

    CSS_PATH = "interview.tcss"
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

    def __init__(self, desk: Desk, session: Session, heading: str) -> None:
        super().__init__(desk)
        self.conversation = Conversation(session, desk)
        self.heading = heading
        self._form = session.form.form
        self._numbers = number_questions(self._form)
        self._scroll = 0
        desk.language_followers.append(self._follow_language)
        self._follow_language()

    def begin(self) -> None:
        """Open where the interview stands: new ones past what the visit has answered, complete ones at the
        review."""
        if not any(isinstance(event, Visited) for event in self.conversation.session.events):
            first = self.conversation.first_open()
            if first not in (END, self.conversation.path):
                self.conversation.jump(first)
        if self.conversation.at_end:
            self.action_review()

    # --- keys
    def typed(self, key: Key) -> bool:
        """The answer first: what is no part of it is a command."""
        talk = self.conversation
        if talk.at_end:
            return False
        if talk.holding:
            talk.dropped += 1
            return True
        if key.name in ("pageup", "pagedown") and self._is_long():
            self._scroll = max(0, self._scroll + (5 if key.name == "pagedown" else -5))
            return True
        if key.name == "ctrl+j" and not (isinstance(talk.field, EntryField) and talk.field.multiline):
            key = Key("enter")
        if key.name != "enter" and talk.field.press(key):
            talk.changed()
            if self.desk.settings.one_key and key.character and self._settles_by_one_key():
                self.action_confirm()
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
        middle = "interview.table" if self._repeat() else "interview.note"
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
        self._scroll = 0
        self.conversation.confirm()
        if self.conversation.at_end:
            self.action_review()

    def action_back(self) -> None:
        """One question back."""
        self._scroll = 0
        self.conversation.back()

    def action_undo(self) -> None:
        """Take the last answer back."""
        self.conversation.undo()

    def action_first_open(self) -> None:
        """Go to the first question that still needs an answer."""
        self.conversation.keep()
        self.go(self.conversation.first_open())

    def action_outline(self) -> None:
        """Open the table of contents."""
        from survey_tui.ui.screens.outline import Outline

        self.conversation.keep()
        self.home_app.open(Outline(self.desk, self.conversation.session, self.conversation.path, self.go))

    def action_table(self) -> None:
        """Open the table of the repeat at hand."""
        from survey_tui.ui.screens.roster import Roster

        repeat = self._repeat()
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
        self.home_app.open(Review(self.desk, self.conversation.session, self.after_review))

    def action_pause(self) -> None:
        """Leave; the interview goes on here next time."""
        self.conversation.pause()
        if self.conversation.saved != "failed" or self.conversation.holding is False:
            self.leave()
        else:
            self.conversation.saved = "open"  # said once; the next ^Q leaves

    def go(self, path: str) -> None:
        """Go to ``path``; the end is the review."""
        self._scroll = 0
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
        if language in self._form.languages and session.language != language and not session.finished:
            try:
                session.set_language(language, self.desk.now())
            except SurveyError as error:
                self.desk.problem = self.desk.words.error(error)
        self.conversation.reload()

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        """Header, question, answer, remark, progress."""
        yield LinesView(self._header, id="header")
        yield LinesView(self._table, id="table")
        yield LinesView(self._question, id="question")
        yield LinesView(self._answer, grows=False, id="answer")
        yield LinesView(self._remark, id="remark")
        yield LinesView(self._progress, id="progress")

    def draw(self) -> None:
        """Draw, and from then on take keys for this question again."""
        super().draw()
        if self.conversation.holding:
            self.call_after_refresh(self._release)

    def _release(self) -> None:
        talk = self.conversation
        talk.holding = False
        if talk.dropped:
            talk.dropped = 0
            self.draw()

    def _header(self, width: int, _height: int) -> list[Line]:
        talk, signs = self.conversation, self.desk.signs
        progress = talk.session.progress()
        section = section_of(self._form, "" if talk.at_end else talk.path)
        place = f"{section}{signs.between if section else ''}{progress.answered}/{progress.relevant}"
        sign = signs.saved if talk.saved == "saved" else signs.unsaved
        right = f"{place}  {sign} {self.desk.words('interview.' + talk.saved)}"
        lines = [self.title_line(self.heading, right, width)]
        return [*lines, *self.rule(width)] if self.app.size.height >= _TALL else lines

    def _question(self, width: int, _height: int) -> list[Line]:
        talk = self.conversation
        if talk.at_end:
            return []
        view = talk.view
        number = self._numbers.get(view.name, "")
        lead = f" {number.ljust(4)}" if width >= _ROOMY else (f" {number} " if number else " ")
        indent = " " * (len(lead) if width >= _ROOMY else 1)
        room = width - len(indent) - 1
        lines: list[Line] = (
            [(Span(indent + self._instance_words(), "dim"),)] if self._instance_words() else []
        )
        label = wrap((" " * (len(lead) - len(indent))) + plain(view.label, newlines=True), room)
        label[0] = label[0][len(lead) - len(indent) :]
        lines.append((Span(lead, "dim"), Span(label[0], "strong")))
        lines += [(Span(indent), Span(text, "strong")) for text in label[1:]]
        for text in (view.hint, view.guidance):
            if text:
                lines += [(Span(indent + part, "dim"),) for part in wrap(plain(text, newlines=True), room)]
        if view.note:
            words = self.desk.words("interview.noted", note=plain(view.note))
            lines += [(Span(indent + part, "dim"),) for part in wrap(words, room)]
        return [*self._scrolled(lines), (Span(""),)]

    def _scrolled(self, lines: list[Line]) -> list[Line]:
        limit = self._question_room()
        if len(lines) <= limit:
            return lines
        top = min(self._scroll, len(lines) - limit)
        shown = lines[top : top + limit]
        if top + limit < len(lines):
            shown[-1] = (Span(f" {self.desk.signs.more_below} PgDn", "dim", "key:pagedown"),)
        return shown

    def _question_room(self) -> int:
        height = self.app.size.height
        return max(3, height - 8 if self.conversation.view.type == "note" else height - 14)

    def _is_long(self) -> bool:
        label = self.conversation.view.label
        return len(wrap(plain(label, newlines=True), self.app.size.width - 6)) > self._question_room()

    def _answer(self, width: int, height: int) -> list[Line]:
        if self.conversation.at_end:
            return []
        words = self.desk.words
        look = Look(width, height, self.desk.signs, words("interview.dont_know"), words("interview.refuses"))
        return self.conversation.field.lines(look)

    def _remark(self, width: int, _height: int) -> list[Line]:
        talk = self.conversation
        lines: list[Line] = []
        if talk.remark is not None:
            style = talk.remark.kind if talk.remark.kind != "info" else "dim"
            sign = "!" if talk.remark.kind != "info" else "i"
            first, *rest = wrap(talk.remark.text, width - 5)
            lines = [(Span(f" {sign} {first}", style),), *((Span(f"   {text}", style),) for text in rest[:4])]
        if talk.dropped:
            words = self.desk.words("interview.dropped", count=talk.dropped)
            lines += [(Span(f"   {text}", "dim"),) for text in wrap(words, width - 5)]
        if self.desk.problem:
            lines += [(Span(f" ! {text}", "error"),) for text in wrap(self.desk.problem, width - 5)[:4]]
        return lines

    def _progress(self, width: int, _height: int) -> list[Line]:
        progress, signs = self.conversation.session.progress(), self.desk.signs
        minutes = max(1, round(progress.minutes_left)) if progress.fraction < 1 else 0
        words = self.desk.words(
            "interview.minutes_left" if width >= _ROOMY else "interview.minutes_short", minutes=minutes
        )
        tail = f" {progress.fraction:>4.0%}   {words}"
        size = max(width - len(tail) - 3, 4)
        done = round(size * progress.fraction)
        line: Line = (
            Span(" " + signs.bar_done * done, "good"),
            Span(signs.bar_left * (size - done), "dim"),
            Span(tail),
        )
        return [*self.rule(width), line] if self.app.size.height >= _TALL else [line]

    # --- repeats
    def _repeat(self) -> str:
        return "" if self.conversation.at_end else repeat_of(self.conversation.path)

    def _instance_words(self) -> str:
        """Which instance of a repeat the question is about."""
        repeat = self._repeat()
        if not repeat or self.conversation.stop.kind == "add":
            return ""
        instance = self.conversation.path[: self.conversation.path.rindex("]") + 1]
        session = self.conversation.session
        place = instance[instance.rindex("[") + 1 : -1]
        return plain(f"{session.group(instance).label} {place}/{session.group(repeat).instances}".strip())

    def _table(self, width: int, _height: int) -> list[Line]:
        repeat = self._repeat()
        if not repeat or width < _ROOMY or self.app.size.height < _TALL:
            return []
        roster = self.conversation.session.roster(repeat)
        if len(roster.columns) > _TABLE_COLUMNS:
            return []
        room = max(3, self.app.size.height - 17)
        return [*table_lines(roster, self.conversation.path, width, room, self.desk.signs), *self.rule(width)]

    def _settles_by_one_key(self) -> bool:
        return self.conversation.view.type == "select_one" and self.conversation.field.touched
