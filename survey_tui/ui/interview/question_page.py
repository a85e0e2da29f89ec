"""The interview screen as lines, and question numbers as on a paper form (``B2``: section, place)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from survey_tui.forms.model import Form, Group, Question, Repeat
from survey_tui.ui.appearance import Symbols
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.field import RenderOptions
from survey_tui.ui.interview.conversation import Conversation
from survey_tui.ui.layout import ScreenLine, TextSpan, pad, plain_text, text_lines, wrap
from survey_tui.ui.repeat_table import RepeatTable, repeat_of
from survey_tui.ui.screen_context import ScreenContext

_SILENT = frozenset({"calculate", "hidden", "note", "start", "end", "today", "deviceid", "username", "audit"})
_LETTER = re.compile(r"^([A-Z]{1,2}\d?)[.)]\s")
_INDEX = re.compile(r"\[\d+\]")


def number_questions(form: Form) -> dict[str, str]:
    """Number of every question with an answer, by its name. Relevance has no influence: numbers never
    change."""
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
    """Letter of the section of ``path``, ``""`` outside all sections."""
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

WIDE = 60
"""Columns from which on there is a side column for the question's number."""
_TALL = 22  # lines from which on there are rules, and a small repeat shows its table above the question
_TABLE_COLUMNS = 7
_NOTE_LENGTH = 160  # characters of a note that are shown under its question; ^N shows all
_SCROLL = 5


class QuestionPage:
    """Lines of ``conversation``. ``size`` returns columns and lines of the whole terminal."""

    def __init__(
        self,
        conversation: Conversation,
        context: ScreenContext,
        heading: Callable[[], str],
        size: Callable[[], Size],
    ) -> None:
        self._heading = heading
        self.numbers = number_questions(conversation.session.form.form)
        self.overflows = False
        self._conversation = conversation
        self._context = context
        self._size = size
        self._scroll = 0
        self._scroll_path = ""
        self._continues_below = False

    @property
    def _symbols(self) -> Symbols:
        return self._context.appearance.symbols

    @property
    def is_unread(self) -> bool:
        """Whether the question, as it was drawn last, continues below."""
        return (
            self._continues_below
            and not self._conversation.is_at_end
            and self._scroll_path == self._conversation.path
        )

    @property
    def repeat(self) -> str:
        """Path of the repeat around the question, ``""`` if there is none."""
        return repeat_of(self._conversation.path) if self._conversation.is_at_question else ""

    def scroll(self, *, down: bool) -> None:
        """Scroll a question that is longer than its view."""
        self._scroll = max(0, self._scroll + (_SCROLL if down else -_SCROLL))

    # --- from top to bottom
    def header(self, width: int, _height: int) -> list[ScreenLine]:
        """Household and survey; section, answered questions, save state."""
        conversation, symbols = self._conversation, self._symbols
        progress = conversation.session.progress()
        section = section_of(
            conversation.session.form.form, "" if conversation.is_at_end else conversation.path
        )
        place = f"{section}{symbols.between if section else ''}{progress.answered}/{progress.relevant}"
        symbol = symbols.saved if conversation.saved == "saved" else symbols.unsaved
        right = f"{place}  {symbol} {self._context.words('interview.' + conversation.saved)}"
        left = pad(plain_text(self._heading()), max(width - len(right) - 3, 0))
        line: ScreenLine = (TextSpan(f" {left}", "title"), TextSpan(f" {right} ", "title"))
        return [line, *self._rule(width)]

    def table(self, width: int, _height: int) -> list[ScreenLine]:
        """The repeat around the question as a table, if it is small and the terminal is large enough."""
        if not self.repeat or width < WIDE or not self._is_tall:
            return []
        roster = self._conversation.session.roster(self.repeat)
        if len(roster.columns) > _TABLE_COLUMNS:
            return []
        table = RepeatTable.of(roster, self.numbers)
        free = max(3, self._size()[1] - 18)
        return [
            *table.lines(self._conversation.path, width, free, self._symbols),
            *self._rule(width),
        ]

    def question(self, width: int, _height: int) -> list[ScreenLine]:
        """Number, label, hint and note, and a blank line."""
        if self._conversation.is_at_end:
            return []
        view = self._conversation.view
        is_wide = width >= WIDE
        number, label = self.numbers.get(view.name, ""), plain_text(view.label, newlines=True)
        indent = " " * 5 if is_wide else " "
        free = width - len(indent) - 1
        first, *rest = wrap(label if is_wide else f"{number} {label}".strip(), free)
        lines: list[ScreenLine] = [(TextSpan(indent + self._instance(), "dim"),)] if self.repeat else []
        lines.append(
            (TextSpan(f" {number.ljust(4)}" if is_wide else indent, "dim"), TextSpan(first, "strong"))
        )
        lines += [(TextSpan(indent), TextSpan(text, "strong")) for text in rest]
        for text in self._explanations():
            lines += text_lines(text, free, "dim", indent)
        return [*self._scroll_lines(lines), (TextSpan(""),)]

    def answer(self, width: int, height: int) -> list[ScreenLine]:
        if self._conversation.is_at_end:
            return []
        words = self._context.words
        look = RenderOptions(
            width,
            height,
            self._symbols,
            words("interview.dont_know"),
            words("interview.refuses"),
        )
        return self._conversation.field.lines(look)

    def feedback(self, width: int, _height: int) -> list[ScreenLine]:
        """Feedback on the answer, keys ignored after it, and the problem."""
        conversation, free = self._conversation, width - 5
        lines: list[ScreenLine] = []
        if conversation.feedback is not None:
            info = conversation.feedback.kind == "info"
            first, *rest = wrap(conversation.feedback.text, free)
            style = "dim" if info else conversation.feedback.kind
            lines = [(TextSpan(f" {'i' if info else '!'} {first}", style),)]
            lines += [(TextSpan(f"   {text}", style),) for text in rest[:4]]
        if conversation.dropped_keys:
            words = self._context.words("interview.dropped", count=conversation.dropped_keys)
            lines += text_lines(words, free, "dim", "   ")
        if self._context.problem:
            lines += text_lines(self._context.problem, free, "error", " ! ")[:4]
        return lines

    def progress(self, width: int, _height: int) -> list[ScreenLine]:
        """Progress bar and time left."""
        progress, symbols = self._conversation.session.progress(), self._symbols
        minutes = max(1, round(progress.minutes_left)) if progress.fraction < 1 else 0
        key = "interview.minutes_left" if width >= WIDE else "interview.minutes_short"
        tail = f" {progress.fraction:>4.0%}   {self._context.words(key, minutes=minutes)}"
        size = max(width - len(tail) - 3, 4)
        done = round(size * progress.fraction)
        line: ScreenLine = (
            TextSpan(" " + symbols.bar_done * done, "good"),
            TextSpan(symbols.bar_left * (size - done), "dim"),
            TextSpan(tail),
        )
        return [*self._rule(width), line]

    # --- parts
    @property
    def _is_tall(self) -> bool:
        return self._size()[1] >= _TALL

    def _rule(self, width: int) -> list[ScreenLine]:
        return [(TextSpan(" " + self._symbols.rule * (width - 2), "dim"),)] if self._is_tall else []

    def _instance(self) -> str:
        """Label and number of the instance around the question."""
        path = self._conversation.path[: self._conversation.path.rindex("]") + 1]
        return plain_text(f"{self._conversation.session.group(path).label} {path[path.rindex('[') + 1 : -1]}")

    def _explanations(self) -> list[str]:
        view, words = self._conversation.view, self._context.words
        texts = [plain_text(view.hint, newlines=True), words("interview.more") if view.guidance else ""]
        if view.note:
            note = plain_text(view.note)
            clipped = note if len(note) <= _NOTE_LENGTH else f"{note[:_NOTE_LENGTH].rstrip()}…"
            texts.append(words("interview.noted", note=clipped))
        return [text for text in texts if text]

    def _scroll_lines(self, lines: list[ScreenLine]) -> list[ScreenLine]:
        if self._scroll_path != self._conversation.path:
            self._scroll_path, self._scroll = self._conversation.path, 0
        limit = self._question_height()
        self.overflows = len(lines) > limit
        self._continues_below = False
        if not self.overflows:
            return lines
        self._scroll = min(self._scroll, len(lines) - limit)
        shown = lines[self._scroll : self._scroll + limit]
        self._continues_below = self._scroll + limit < len(lines)
        if self._continues_below:
            shown[-1] = (TextSpan(f" {self._symbols.more_below} PgDn", "dim", "key:pagedown"),)
        return shown

    def _question_height(self) -> int:
        """Lines for the question: those that answer, feedback and frame leave."""
        width, height = self._size()
        frame = 7 if self._is_tall else 5
        field = self._conversation.field
        answer = min(len(field.rows) if isinstance(field, ChoiceField) else 3, height // 2)
        if self._conversation.stop.kind == "question" and self._conversation.view.type == "note":
            answer = 0
        return max(3, height - frame - answer - len(self.feedback(width, 0)) - len(self.table(width, 0)))
