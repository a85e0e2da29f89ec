"""What the commands of a line-by-line interview do.

Commands inside a line-by-line interview: a line that begins with ``/``, in English or Vietnamese.

Marks and spaces within a Vietnamese name don't matter: ``/không biết``, ``/khong biet`` and ``/khongbiet``
are one."""

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


class Command(StrEnum):
    """What can be asked for; the value is the English name, the words are ``ask.command_<value>``."""

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


_NAMES: dict[str, Command] = {
    **{command.value: command for command in Command},
    "lui": Command.BACK,
    "truoc": Command.BACK,
    "xoa": Command.CLEAR,
    "khongbiet": Command.DONT_KNOW,
    "kb": Command.DONT_KNOW,
    "den": Command.GO,
    "trogiup": Command.HELP,
    "?": Command.HELP,
    "ngonngu": Command.LANGUAGE,
    "ghichu": Command.NOTE,
    "mucluc": Command.OUTLINE,
    "thoat": Command.QUIT,
    "nghi": Command.QUIT,
    "tuchoi": Command.REFUSED,
    "tc": Command.REFUSED,
    "doclai": Command.REPEAT,
    "boqua": Command.SKIP,
}


class Order(NamedTuple):
    """A command with the rest of its line (a note's text, where to go)."""

    command: Command
    argument: str


def parse_command(line: str) -> Order | None:
    """The order that a line (without its ``/``) gives; ``None`` if there is no such command."""
    for size in (2, 1):
        parts = line.split(maxsplit=size)
        name = fold("".join(parts[:size]))
        if name in _NAMES:
            return Order(_NAMES[name], " ".join(parts[size:]))
    return None


class Orders:
    """Carries out commands on one session."""

    def __init__(self, session: Session, clock: Clock, lines: Lines, words: Translator) -> None:
        self._session = session
        self._now = clock
        self._lines = lines
        self._words = words

    def carry_out(self, order: Order, path: str) -> bool | None:
        """Do it at the question ``path``.

        True when that is settled, false when the interview is elsewhere now, ``None`` when it still stands.
        """
        match order.command:
            case Command.BACK:
                self._session.back(self._now())
                return False
            case Command.GO:
                return self._go(order.argument)
            case Command.DONT_KNOW | Command.REFUSED:
                return self._missing(path, "dk" if order.command is Command.DONT_KNOW else "refused")
            case Command.SKIP:
                return True
            case Command.CLEAR:
                self._session.clear(path, self._now())
            case Command.NOTE:
                self._session.note(path, order.argument, self._now())
                self._lines.say(self._words("ask.noted", text=order.argument))
            case Command.LANGUAGE:
                self._language(order.argument)
            case Command.OUTLINE:
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
        """Jump to the question of this path, or of this name where only one has it."""
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
            self._lines.say(
                f"{'  ' * entry.depth}[{state}] {entry.name} – {entry.label or entry.name}{answer}"
            )

    def _help(self) -> None:
        self._lines.say(self._words("ask.help"))
        for command in Command:
            self._lines.say("  " + self._words(f"ask.command_{command.value}"))
