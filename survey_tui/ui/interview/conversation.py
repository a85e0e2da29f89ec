"""Key handling of an interview: forward, back, to another question, out."""

from __future__ import annotations

from survey_tui.interview.events import Answered, Missing, WarningConfirmed
from survey_tui.interview.session import Session
from survey_tui.interview.views import END, ChoiceView, NavigationStep, QuestionView
from survey_tui.locale import Translator
from survey_tui.ui.interview.current_question import Feedback, QuestionInProgress
from survey_tui.ui.screen_context import ScreenContext

ADD = "add"
"""The answer to :func:`one_more` that asks for another instance."""


def next_open_question(session: Session, current: str) -> str:
    """Path of the next question after ``current`` without an answer, starting over after the last one;
    ``END`` if there is no other."""
    questions = [entry for entry in session.outline() if entry.kind == "question"]
    here = next((index for index, entry in enumerate(questions) if entry.path == current), -1)
    for entry in (*questions[here + 1 :], *questions[: max(here, 0)]):
        if entry.state in ("open", "error"):
            return entry.path
    return END


def another_instance_question(session: Session, repeat: str, words: Translator) -> QuestionView:
    """The question whether the repeat at ``repeat`` gets another instance."""
    group = session.group(repeat)
    label = words("interview.one_more", label=group.label, count=group.instances)
    choices = (ChoiceView(ADD, words("interview.add_one")), ChoiceView("no", words("interview.no_more")))
    return QuestionView(
        path=repeat, name=group.name, type="select_one", label=label, choices=choices, required=True
    )


class Conversation(QuestionInProgress):
    """An interview in progress. A question that cannot be recorded keeps what was entered until the return to
    it."""

    def __init__(self, session: Session, context: ScreenContext) -> None:
        super().__init__(session, context)
        self._pages: tuple[str, ...] = ()
        self._page = 0
        self._load(self.session.step)

    # --- where we are
    @property
    def is_at_end(self) -> bool:
        """Whether the last question is passed."""
        return self.stop.kind == "end"

    @property
    def is_at_question(self) -> bool:
        """Whether a question of the form is shown, not the one about another instance."""
        return self.stop.kind == "question"

    @property
    def path(self) -> str:
        """Path of the question that is shown, ``END`` after the last one."""
        return END if self.is_at_end else self.view.path

    def reload(self) -> None:
        """Read the question again (other language, answer changed elsewhere); the edited field stays."""
        if self.is_at_end:
            return
        old = self.field
        self._show(self._page)
        if old.is_edited:
            self.field.copy_from(old)

    # --- answering
    def confirm(self) -> None:
        """Submit the answer and go forward."""
        if self.stop.kind == "add":
            self._answer_another_instance()
        elif not self.is_at_end and self.submit():
            self.attempt(self._forward)

    def suspend(self) -> None:
        """Leave the question: record the field if it is valid, otherwise keep it for the return."""
        if not self.is_at_end and self.stop.kind != "add":
            self.record_or_keep()

    def undo(self) -> None:
        """Discard what is being entered; if nothing is, undo the last recorded answer."""
        if not self.is_at_end and self.discard_input():
            return

        def step() -> None:
            path = self.session.undo(self.context.now())
            if path is None:
                self.feedback = Feedback("info", self.context.words("interview.nothing_to_undo"))
                return
            self._go(path)
            self.feedback = Feedback("info", self.context.words("interview.undone"))

        self.attempt(step)

    def note(self, text: str) -> None:
        """Record the surveyor's note on the question."""
        self.attempt(lambda: self.session.note(self.view.path, text, self.context.now()))
        self.reload()

    # --- moving
    def back(self) -> None:
        """Go to the question before."""
        self.suspend()
        if self._page and not self.is_at_end:
            self._show(self._page - 1)
            return

        def step() -> None:
            self._load(self.session.back(self.context.now()), last=True)

        self.attempt(step)

    def go_to(self, path: str) -> None:
        """Go to the question at ``path``."""
        self.suspend()
        self.attempt(lambda: self._go(path))

    def skip_prefilled(self) -> None:
        """Skip the questions that the visit has answered, up to the first note or open question."""

        def step() -> None:
            given = self.session.started.prefill
            stop = self.stop
            while stop.kind == "question" and stop.path in given and self.session.question(stop.path).text:
                stop = self.session.next(self.context.now())
            self._load(stop)

        self.attempt(step)

    def skip_answered(self) -> None:
        """Skip a question whose answer is the last event: the power failed after the answer, which is on the
        disk at once, and before the step to the next question."""
        last = self.session.events[-1]
        if isinstance(last, Answered | Missing | WarningConfirmed) and last.path == self.path:
            warned = bool(self.view.warning) and not self.view.confirmed
            if not warned and not self.view.error:
                self.attempt(self._forward)

    def pause(self) -> None:
        if not self.session.is_final:
            self.attempt(lambda: self.session.pause(self.context.now()))

    # --- inside
    def _forward(self) -> None:
        if self._page + 1 < len(self._pages):
            self._pages = self.session.screen(self.session.current)
            self._show(min(self._page + 1, len(self._pages) - 1))
            return
        self._load(self.session.next(self.context.now()))

    def _answer_another_instance(self) -> None:
        choice = self.field.read_value().text
        if not choice:
            self.feedback = Feedback("error", self.context.words("interview.required"))
            return

        def step() -> None:
            if choice == ADD:
                instance = self.session.add_instance(self.stop.path, self.context.now())
                self._load(self.session.jump(instance, self.context.now()))
            else:
                self._load(self.session.next(self.context.now()))

        self.attempt(step)

    def _go(self, path: str) -> None:
        stop = self.session.jump(path, self.context.now())
        self._load(stop)
        if path in self._pages:
            self._show(self._pages.index(path))

    def _load(self, stop: NavigationStep, *, last: bool = False) -> None:
        self.stop = stop
        self._pages = self.session.screen(stop.path) if stop.kind == "question" else ()
        if stop.kind != "end":
            self._show(len(self._pages) - 1 if last and self._pages else 0)
        else:
            self.feedback = None

    def _show(self, page: int) -> None:
        self._page = page
        if self.stop.kind == "add":
            self.show(another_instance_question(self.session, self.stop.path, self.context.words))
        else:
            self.show(self.session.question(self._pages[page] if self._pages else self.stop.path))
