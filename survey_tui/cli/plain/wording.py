"""Wording of a line-by-line interview: questions → lines of text, typed lines → answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from survey_tui.console.output import write_line
from survey_tui.errors import AnswerError
from survey_tui.interview.answer_input import choose, parse_answer
from survey_tui.interview.views import ChoiceView, InterviewProgress, QuestionView
from survey_tui.locale import Translator
from survey_tui.vietnamese import fold, nfc
from survey_tui.vietnamese.match import match

YES = frozenset({"c", "co", "y", "yes", "ok", "dong y", "vang", "1"})
NO = frozenset({"k", "khong", "n", "no", "0"})


def parse_yes_no(line: str) -> bool | None:
    """True for yes, false for no, ``None`` for anything else."""
    word = fold(line)
    return True if word in YES else False if word in NO else None


def answer_text(view: QuestionView, line: str) -> str:
    """The canonical text of a typed answer. Raises :class:`AnswerError`.

    A choice is given by the number printed before it, by ``=name``, by its label, or by a name that is not a
    number.
    """
    if view.type == "select_one":
        return _choice(view, line).name
    if view.type == "select_multiple":
        chosen = {_choice(view, part).name for part in _parts(view, line)}
        return " ".join(choice.name for choice in view.choices if choice.name in chosen)
    if view.type == "rank":
        return " ".join(_choice(view, part).name for part in _parts(view, line))
    if view.type == "acknowledge" and parse_yes_no(line):
        return "OK"
    return parse_answer(view, line)


def matching_choices(view: QuestionView, line: str) -> list[tuple[int, ChoiceView]]:
    """Numbered choices whose label matches the line without diacritics, or by initials, in list order."""
    return [(number, choice) for number, choice in enumerate(view.choices, 1) if match(line, choice.label)]


def _parts(view: QuestionView, line: str) -> list[str]:
    """Parts of a line: separated by commas, or by spaces if they are numbers and names."""
    if "," in line or ";" in line:
        return [part.strip() for part in line.replace(";", ",").split(",") if part.strip()]
    known = {choice.name for choice in view.choices}
    words = line.split()
    if all(word.isdecimal() or word in known or word.startswith("=") for word in words):
        return words
    return [line]


def _choice(view: QuestionView, line: str) -> ChoiceView:
    if not line.startswith("=") and not line.isdecimal():
        return choose(view.choices, line)
    if line.startswith("="):
        found = [choice for choice in view.choices if choice.name == line[1:].strip()]
    else:
        number = int(line) if len(line) < 6 else 0
        found = [view.choices[number - 1]] if 0 < number <= len(view.choices) else []
    if not found:
        raise AnswerError("cli_no_such_choice", said=line, last=len(view.choices))
    return found[0]


MAX_LINE_BYTES = 100_000


class Lines:
    """Lines from a binary input and to standard output.

    ``interactive`` is false for a pipe or file: each line read is then written out too, as a transcript.
    """

    def __init__(self, source: BinaryIO, *, interactive: bool) -> None:
        self._source = source
        self.interactive = interactive
        self.number = 0

    def write(self, text: str = "") -> None:
        """Write a line, or several."""
        write_line(text)

    def read(self) -> str | None:
        """The next line without its end, in NFC; ``None`` at the end of the input.

        Raises :class:`AnswerError` for bytes that are not UTF-8 (``cli_not_text``), for control characters
        other than tab (the same) and for a line of more than :data:`MAX_LINE_BYTES` bytes
        (``cli_line_too_long``).
        """
        raw = self._source.readline(MAX_LINE_BYTES + 2)
        if not raw:
            return None
        self.number += 1
        if len(raw) > MAX_LINE_BYTES:
            raise AnswerError("cli_line_too_long", line=self.number, limit=MAX_LINE_BYTES)
        try:
            text = raw.decode("utf-8").removeprefix("\ufeff").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise AnswerError("cli_not_text", line=self.number) from error
        if any(ord(character) < 32 and character != "\t" for character in text):
            raise AnswerError("cli_not_text", line=self.number)
        if not self.interactive:
            self.write(f"> {text}")
        return nfc(text.strip())


LONG_LIST = 40
"""Choices beyond which a list is searched instead of printed."""


def question_lines(view: QuestionView, progress: InterviewProgress, words: Translator) -> Iterator[str]:
    """Position, label, hint and choices, then the answer so far."""
    yield ""
    if view.type != "note":
        yield words("ask.place", number=progress.position, count=progress.relevant, name=view.name)
    yield view.label or view.name
    if view.hint:
        yield f"({view.hint})"
    if view.guidance:
        yield words("ask.guidance", text=view.guidance)
    if len(view.choices) > LONG_LIST:
        yield words("ask.long_list", count=len(view.choices))
    else:
        yield from choice_lines(list(enumerate(view.choices, 1)))
    yield from _state_lines(view, words)


def choice_lines(choices: list[tuple[int, ChoiceView]]) -> Iterator[str]:
    """A line for each choice, with the number to type."""
    for number, choice in choices:
        yield f"  {number}. {choice.label or choice.name}"


def _state_lines(view: QuestionView, words: Translator) -> Iterator[str]:
    if view.type in ("select_multiple", "rank"):
        yield words(f"ask.how_{view.type}")
    for kind in view.allow:
        yield words(f"ask.may_{kind}")
    if view.missing:
        yield words("ask.present", answer=words(f"ask.missing_{view.missing}"))
    elif view.text:
        yield words("ask.present", answer=view.answer or view.text)
    if view.note:
        yield words("ask.noted", text=view.note)
    if view.error:
        yield words("ask.problem", message=view.error)
