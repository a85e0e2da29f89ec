"""The interview screen as lines: header, table of the repeat, question, answer, remark, progress.

Numbers of questions, as on a paper form: section letter and place in the section (``B2``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from survey_tui.forms.model import Form, Group, Question, Repeat
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.field import Look
from survey_tui.ui.interview.conversation import Conversation
from survey_tui.ui.layout import Line, Span, pad, plain, wrap
from survey_tui.ui.repeat_table import RepeatTable, repeat_of
from survey_tui.ui.screen_context import Desk

_SILENT = frozenset({"calculate", "hidden", "note", "start", "end", "today", "deviceid", "username", "audit"})
_LETTER = re.compile(r"^([A-Z]{1,2}\d?)[.)]\s")
_INDEX = re.compile(r"\[\d+\]")


def number_questions(form: Form) -> dict[str, str]:
    """Number of every question that can be answered, by its name. The relevance does not matter: numbers
    stay."""
    numbers: dict[str, str] = {}
    for place, item in enumerate(form.children, start=1):
        if isinstance(item, Question):
            continue
        letter = _letter(item, place)
        count = 0
        for question in _questions(item.children):
            if question.type not in _SILENT:
                count += 1
                numbers[question.name] = f"{letter}{count}"
    return numbers


def section_of(form: Form, path: str) -> str:
    """Letter of the section that ``path`` lies in, ``""`` outside all sections."""
    first = _INDEX.sub("", path.partition("/")[0])
    for place, item in enumerate(form.children, start=1):
        if item.name == first and not isinstance(item, Question):
            return _letter(item, place)
    return ""


def _letter(section: Group | Repeat, place: int) -> str:
    for text in section.label.values():
        found = _LETTER.match(text)
        if found:
            return found[1]
    name = section.name.rstrip("0123456789").upper()
    return name if 0 < len(name) <= 2 else f"{place}."


def _questions(items: Sequence[Question | Group | Repeat]) -> list[Question]:
    found: list[Question] = []
    for item in items:
        if isinstance(item, Question):
            found.append(item)
        else:
            found.extend(_questions(item.children))
    return found


Size = tuple[int, int]

ROOMY = 60
"""Columns from which on there is a side column for the question's number."""
_TALL = 22  # lines from which on there are rules, and a small repeat shows its table above the question
_TABLE_COLUMNS = 7
_NOTE_LENGTH = 160  # characters of a note that are shown under its question; ^N shows all
_SCROLL = 5


class Page:
    """Draws ``conversation``. ``size`` gives the columns and lines of the whole terminal."""

    def __init__(
        self, conversation: Conversation, desk: Desk, heading: Callable[[], str], size: Callable[[], Size]
    ) -> None:
        self._heading = heading
        self.numbers = number_questions(conversation.session.form.form)
        self.overflows = False
        self._talk = conversation
        self._desk = desk
        self._size = size
        self._scroll = 0
        self._scrolled_at = ""
        self._below = False

    @property
    def unread(self) -> bool:
        """Whether the question at hand, as it was drawn, goes on below."""
        return self._below and not self._talk.at_end and self._scrolled_at == self._talk.path

    @property
    def repeat(self) -> str:
        """Path of the repeat that the question at hand lies in, ``""`` if in none."""
        return "" if self._talk.at_end or self._talk.stop.kind == "add" else repeat_of(self._talk.path)

    def scroll(self, *, down: bool) -> None:
        """Move in a question that is longer than its place."""
        self._scroll = max(0, self._scroll + (_SCROLL if down else -_SCROLL))

    # --- from top to bottom
    def header(self, width: int, _height: int) -> list[Line]:
        """Household and survey; section, answered questions, whether all is saved."""
        talk, signs = self._talk, self._desk.signs
        progress = talk.session.progress()
        section = section_of(talk.session.form.form, "" if talk.at_end else talk.path)
        place = f"{section}{signs.between if section else ''}{progress.answered}/{progress.relevant}"
        sign = signs.saved if talk.saved == "saved" else signs.unsaved
        right = f"{place}  {sign} {self._desk.words('interview.' + talk.saved)}"
        left = pad(plain(self._heading()), max(width - len(right) - 3, 0))
        line: Line = (Span(f" {left}", "title"), Span(f" {right} ", "title"))
        return [line, *self._rule(width)]

    def table(self, width: int, _height: int) -> list[Line]:
        """The repeat at hand, if it is small and there is room."""
        if not self.repeat or width < ROOMY or not self._tall:
            return []
        roster = self._talk.session.roster(self.repeat)
        if len(roster.columns) > _TABLE_COLUMNS:
            return []
        table = RepeatTable.of(roster, self.numbers)
        room = max(3, self._size()[1] - 18)
        return [*table.lines(self._talk.path, width, room, self._desk.signs), *self._rule(width)]

    def question(self, width: int, _height: int) -> list[Line]:
        """Number, label, hint and note, and a blank line."""
        if self._talk.at_end:
            return []
        view = self._talk.view
        roomy = width >= ROOMY
        number, label = self.numbers.get(view.name, ""), plain(view.label, newlines=True)
        indent = " " * 5 if roomy else " "
        room = width - len(indent) - 1
        first, *rest = wrap(label if roomy else f"{number} {label}".strip(), room)
        lines: list[Line] = [(Span(indent + self._instance(), "dim"),)] if self.repeat else []
        lines.append((Span(f" {number.ljust(4)}" if roomy else indent, "dim"), Span(first, "strong")))
        lines += [(Span(indent), Span(text, "strong")) for text in rest]
        for text in self._explanations():
            lines += [(Span(indent + part, "dim"),) for part in wrap(text, room)]
        return [*self._scrolled(lines), (Span(""),)]

    def answer(self, width: int, height: int) -> list[Line]:
        """The field."""
        if self._talk.at_end:
            return []
        words = self._desk.words
        look = Look(width, height, self._desk.signs, words("interview.dont_know"), words("interview.refuses"))
        return self._talk.field.lines(look)

    def remark(self, width: int, _height: int) -> list[Line]:
        """What is said about the answer, and what went wrong elsewhere."""
        talk, room = self._talk, width - 5
        lines: list[Line] = []
        if talk.remark is not None:
            info = talk.remark.kind == "info"
            first, *rest = wrap(talk.remark.text, room)
            style = "dim" if info else talk.remark.kind
            lines = [(Span(f" {'i' if info else '!'} {first}", style),)]
            lines += [(Span(f"   {text}", style),) for text in rest[:4]]
        if talk.dropped:
            words = self._desk.words("interview.dropped", count=talk.dropped)
            lines += [(Span(f"   {text}", "dim"),) for text in wrap(words, room)]
        if self._desk.problem:
            lines += [(Span(f" ! {text}", "error"),) for text in wrap(self._desk.problem, room)[:4]]
        return lines

    def progress(self, width: int, _height: int) -> list[Line]:
        """How far, and how long it will still take."""
        progress, signs = self._talk.session.progress(), self._desk.signs
        minutes = max(1, round(progress.minutes_left)) if progress.fraction < 1 else 0
        key = "interview.minutes_left" if width >= ROOMY else "interview.minutes_short"
        tail = f" {progress.fraction:>4.0%}   {self._desk.words(key, minutes=minutes)}"
        size = max(width - len(tail) - 3, 4)
        done = round(size * progress.fraction)
        line: Line = (
            Span(" " + signs.bar_done * done, "good"),
            Span(signs.bar_left * (size - done), "dim"),
            Span(tail),
        )
        return [*self._rule(width), line]

    # --- parts
    @property
    def _tall(self) -> bool:
        return self._size()[1] >= _TALL

    def _rule(self, width: int) -> list[Line]:
        return [(Span(" " + self._desk.signs.rule * (width - 2), "dim"),)] if self._tall else []

    def _instance(self) -> str:
        """Which instance of a repeat the question is about."""
        path = self._talk.path[: self._talk.path.rindex("]") + 1]
        return plain(f"{self._talk.session.group(path).label} {path[path.rindex('[') + 1 : -1]}")

    def _explanations(self) -> list[str]:
        view, words = self._talk.view, self._desk.words
        texts = [plain(view.hint, newlines=True), words("interview.more") if view.guidance else ""]
        if view.note:
            note = plain(view.note)
            clipped = note if len(note) <= _NOTE_LENGTH else f"{note[:_NOTE_LENGTH].rstrip()}…"
            texts.append(words("interview.noted", note=clipped))
        return [text for text in texts if text]

    def _scrolled(self, lines: list[Line]) -> list[Line]:
        if self._scrolled_at != self._talk.path:
            self._scrolled_at, self._scroll = self._talk.path, 0
        limit = self._question_room()
        self.overflows = len(lines) > limit
        self._below = False
        if not self.overflows:
            return lines
        self._scroll = min(self._scroll, len(lines) - limit)
        shown = lines[self._scroll : self._scroll + limit]
        self._below = self._scroll + limit < len(lines)
        if self._below:
            shown[-1] = (Span(f" {self._desk.signs.more_below} PgDn", "dim", "key:pagedown"),)
        return shown

    def _question_room(self) -> int:
        """Lines for the question: what the answer, the remark and the frame leave of the screen."""
        width, height = self._size()
        frame = 7 if self._tall else 5
        field = self._talk.field
        answer = min(len(field.rows) if isinstance(field, ChoiceField) else 3, height // 2)
        if self._talk.stop.kind == "question" and self._talk.view.type == "note":
            answer = 0
        return max(3, height - frame - answer - len(self.remark(width, 0)) - len(self.table(width, 0)))
