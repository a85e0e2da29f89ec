"""Slash commands of a line-by-line interview, in English or Vietnamese.

Diacritics and spaces within a name do not matter: ``/không biết`` is ``/khongbiet``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from survey_tui.cli.plain.wording import Lines
from survey_tui.errors import AnswerError
from survey_tui.fieldwork.interviews import Clock
from survey_tui.interview.events import MissingKind
from survey_tui.interview.session import Session
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.vietnamese import fold


class SlashCommand(StrEnum):
    """The commands by English name; the help text is ``ask.command_<name>``."""

    BACK = "back"
    CLEAR = "clear"
    DONT_KNOW = "dk"
    GO = "go"
    HELP = "help"
    LANGUAGE = "language"
    NOTE = "note"
    OUTLINE = "outline"
    QUIT = "quit"
    REFUSED = "refused"
    REPEAT = "repeat"
    SKIP = "skip"


_NAMES: dict[str, SlashCommand] = {
    **{command.value: command for command in SlashCommand},
    "lui": SlashCommand.BACK,
    "truoc": SlashCommand.BACK,
    "xoa": SlashCommand.CLEAR,
    "khongbiet": SlashCommand.DONT_KNOW,
    "kb": SlashCommand.DONT_KNOW,
    "den": SlashCommand.GO,
    "trogiup": SlashCommand.HELP,
    "?": SlashCommand.HELP,
    "ngonngu": SlashCommand.LANGUAGE,
    "ghichu": SlashCommand.NOTE,
    "mucluc": SlashCommand.OUTLINE,
    "thoat": SlashCommand.QUIT,
    "nghi": SlashCommand.QUIT,
    "tuchoi": SlashCommand.REFUSED,
    "tc": SlashCommand.REFUSED,
    "doclai": SlashCommand.REPEAT,
    "boqua": SlashCommand.SKIP,
}


class CommandLine(NamedTuple):
    """A command with the rest of its line (a note's text, a question's name)."""

    kind: SlashCommand
    argument: str


def parse_command(line: str) -> CommandLine | None:
    """Parse a line without its ``/``; ``None`` for an unknown command."""
    for size in (2, 1):
        parts = line.split(maxsplit=size)
        name = fold("".join(parts[:size]))
        if name in _NAMES:
            return CommandLine(_NAMES[name], " ".join(parts[size:]))
    return None


class CommandRunner:
    """Runs commands on one session."""

    def __init__(self, session: Session, clock: Clock, lines: Lines, words: Translator) -> None:
        self._session = session
        self._now = clock
        self._lines = lines
        self._words = words

    def run(self, command: CommandLine, path: str) -> bool | None:
        """Run a command at the question ``path``.

        True when the question is done, false after a move to another one, ``None`` to ask it again.
        """
        match command.kind:
            case SlashCommand.BACK:
                self._session.back(self._now())
                return False
            case SlashCommand.GO:
                return self._go(command.argument)
            case SlashCommand.DONT_KNOW | SlashCommand.REFUSED:
                return self._missing(path, "dk" if command.kind is SlashCommand.DONT_KNOW else "refused")
            case SlashCommand.SKIP:
                return True
            case SlashCommand.CLEAR:
                self._session.clear(path, self._now())
            case SlashCommand.NOTE:
                self._session.note(path, command.argument, self._now())
                self._lines.write(self._words("ask.noted", text=command.argument))
            case SlashCommand.LANGUAGE:
                self._language(command.argument)
            case SlashCommand.OUTLINE:
                self._outline()
            case _:
                self._help()
        return None

    def _missing(self, path: str, kind: MissingKind) -> bool:
        outcome = self._session.set_missing(path, kind, self._now())
        if not outcome.accepted:
            reason = " ".join(finding.message for finding in outcome.findings)
            raise AnswerError("cli_answer_refused", question=path, reason=reason)
        return True

    def _go(self, name: str) -> bool:
        """Jump to the question with this path, or the only one with this name."""
        entries = [entry for entry in self._session.outline() if entry.kind == "question"]
        found = [entry.path for entry in entries if name == entry.path] or [
            entry.path for entry in entries if name == entry.name
        ]
        if len(found) != 1:
            raise AnswerError("cli_go_where", said=name)
        self._session.jump(found[0], self._now())
        return False

    def _language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise AnswerError("cli_which_language", said=language, known=", ".join(LANGUAGES))
        self._session.set_language(language, self._now())

    def _outline(self) -> None:
        for entry in self._session.outline():
            state = self._words("ask.state_ahead" if entry.ahead else f"ask.state_{entry.state}")
            answer = f": {entry.answer}" if entry.answer else ""
            self._lines.write(
                f"{'  ' * entry.depth}[{state}] {entry.name} – {entry.label or entry.name}{answer}"
            )

    def _help(self) -> None:
        self._lines.write(self._words("ask.help"))
        for command in SlashCommand:
            self._lines.write("  " + self._words(f"ask.command_{command.value}"))
