"""Dialogue of a line-by-line interview, until the response is stored or the input ends."""

from __future__ import annotations

from enum import Enum

from survey_tui.cli.plain.slash_commands import CommandRunner, SlashCommand, parse_command
from survey_tui.cli.plain.wording import (
    LONG_LIST,
    Lines,
    answer_text,
    choice_lines,
    matching_choices,
    parse_yes_no,
    question_lines,
)
from survey_tui.errors import AnswerError
from survey_tui.fieldwork.interviews import InterviewService
from survey_tui.interview.session import Session
from survey_tui.interview.views import AnswerResult, QuestionView
from survey_tui.locale import Translator


class Ending(Enum):
    """Reasons for the end of a dialogue."""

    STORED = "stored"
    PAUSED = "paused"
    INPUT_ENDED = "input ended"


class _Leave(Exception):  # noqa: N818 (leaving is no error)
    """Ends the dialogue from any depth."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending)
        self.ending = ending


class Dialogue:
    """Conducts ``session`` line by line; ``fieldwork`` has the clock and stores the final response.

    When the input is not a terminal, a refused line ends the dialogue with its :class:`AnswerError`, since
    the following lines are meant for other questions.
    """

    def __init__(
        self, session: Session, fieldwork: InterviewService, lines: Lines, words: Translator
    ) -> None:
        self._session = session
        self._fieldwork = fieldwork
        self._lines = lines
        self._words = words
        self._commands = CommandRunner(session, fieldwork.now, lines, words)

    def run(self) -> Ending:
        """Run the interview from its current step."""
        try:
            while not self._session.is_final:
                self._run_step()
        except _Leave as leave:
            if leave.ending is Ending.PAUSED:
                self._session.pause(self._fieldwork.now())
            return leave.ending
        return Ending.STORED

    # --- one step
    def _run_step(self) -> None:
        step = self._session.step
        if step.kind == "end":
            self._review()
        elif step.kind == "add":
            self._offer_instance(step.path)
        else:
            self._ask_screen(step.path)

    def _ask_screen(self, path: str) -> None:
        """Ask every question of one screen; an answer may add or remove questions there."""
        asked: set[str] = set()
        while open_paths := [each for each in self._session.screen(path) if each not in asked]:
            asked.add(open_paths[0])
            if not self._ask(open_paths[0]):
                return
        self._session.next(self._fieldwork.now())

    def _ask(self, path: str) -> bool:
        """Ask one question until it is answered; false after a move to another one."""
        self._write_question(path)
        view = self._session.question(path)
        while view.type != "note" and not view.read_only:
            line = self._read("ask.prompt")
            if line.startswith("/") and not line.startswith("//"):
                result = self._run_command(line[1:], path)
                if result is not None:
                    return result
            elif self._submit(view, line.removeprefix("/") if line.startswith("//") else line):
                return True
            view = self._session.question(path)
        return True

    def _write_question(self, path: str) -> None:
        for line in question_lines(self._session.question(path), self._session.progress(), self._words):
            self._lines.write(line)

    # --- answers
    def _submit(self, view: QuestionView, line: str) -> bool:
        """Record an answer; false if the question must be asked again."""
        if not line:
            return self._keep_answer(view)
        try:
            text = answer_text(view, line)
            outcome = self._session.answer(view.path, text, self._fieldwork.now())
        except AnswerError as error:
            if len(view.choices) > LONG_LIST and (found := matching_choices(view, line)):
                for each in choice_lines(found[:LONG_LIST]):
                    self._lines.write(each)
                return False
            return self._refuse(error)
        if not outcome.accepted:
            reasons = " ".join(finding.message for finding in outcome.findings)
            return self._refuse(AnswerError("cli_answer_refused", question=view.name, reason=reasons))
        return self._confirm_warnings(view.path, outcome)

    def _keep_answer(self, view: QuestionView) -> bool:
        """Handle an empty line: keep the answer, or skip a question that is not required."""
        if view.text or view.missing or not view.required:
            return True
        reason = view.required_message or self._words("ask.required")
        return self._refuse(AnswerError("cli_answer_refused", question=view.name, reason=reason))

    def _confirm_warnings(self, path: str, outcome: AnswerResult) -> bool:
        """Ask to confirm each warning; false to ask the question again."""
        for finding in outcome.findings:
            if finding.kind == "warning":
                self._lines.write(self._words("ask.problem", message=finding.message))
                if not self._yes_or_no("ask.confirm"):
                    return False
                self._session.confirm_warning(path, self._fieldwork.now())
        return True

    def _refuse(self, error: AnswerError) -> bool:
        """Show the error and return false; raise it when the input is not a terminal."""
        if not self._lines.interactive:
            raise error
        self._lines.write(self._words.error(error))
        return False

    # --- commands
    def _run_command(self, text: str, path: str) -> bool | None:
        """Run a command: true to go on, false after a move, ``None`` to ask again."""
        command = parse_command(text)
        if command is None:
            self._refuse(AnswerError("cli_no_such_order", said=text))
            return None
        if command.kind is SlashCommand.QUIT:
            raise _Leave(Ending.PAUSED)
        if command.kind is SlashCommand.REPEAT:
            self._write_question(path)
            return None
        try:
            return self._commands.run(command, path)
        except AnswerError as error:
            self._refuse(error)
            return None

    # --- repeats and the end
    def _offer_instance(self, path: str) -> None:
        group = self._session.group(path)
        self._lines.write()
        label = group.label or group.name
        if self._yes_or_no("ask.add", label=label, count=group.instances):
            instance = self._session.add_instance(path, self._fieldwork.now())
            self._session.jump(instance, self._fieldwork.now())
        else:
            self._session.next(self._fieldwork.now())

    def _review(self) -> None:
        review = self._session.review(self._fieldwork.now())
        self._lines.write()
        self._lines.write(self._words("ask.end", answered=review.answered, relevant=review.relevant))
        for finding in review.findings:
            place = finding.label or finding.path
            self._lines.write(
                self._words("ask.finding", place=place, path=finding.path, message=finding.message)
            )
        if not review.complete:
            self._lines.write(self._words("ask.incomplete"))
            blocking = next(finding for finding in review.findings if finding.blocking)
            if not self._yes_or_no("ask.go_there"):
                raise _Leave(Ending.PAUSED)
            self._session.jump(blocking.path, self._fieldwork.now())
        elif self._yes_or_no("ask.finish"):
            sha256 = self._fieldwork.finalise(self._session)
            self._lines.write(self._words("ask.stored", id=self._session.started.response_id, sha256=sha256))
        else:
            raise _Leave(Ending.PAUSED)

    # --- reading
    def _yes_or_no(self, key: str, **details: object) -> bool:
        while True:
            line = self._read(key, **details)
            if line.startswith("/") and (command := parse_command(line[1:])) is not None:
                if command.kind is SlashCommand.QUIT:
                    raise _Leave(Ending.PAUSED)
            elif (agreed := parse_yes_no(line)) is not None:
                return agreed
            self._refuse(AnswerError("cli_yes_or_no", said=line))

    def _read(self, key: str, **details: object) -> str:
        while True:
            self._lines.write(self._words(key, **details))
            try:
                line = self._lines.read()
            except AnswerError as error:
                self._refuse(error)
                continue
            if line is None:
                raise _Leave(Ending.INPUT_ENDED)
            return line
