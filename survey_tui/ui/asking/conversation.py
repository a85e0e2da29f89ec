"""The way through an interview, one key after the other.

The conversation holds the answer being given and asks the session to take it. An answer that the session
or the disk refuses stays in the field, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from survey_tui.errors import AnswerError, StoreError, SurveyError
from survey_tui.interview.events import Answered, Missing, WarningConfirmed
from survey_tui.interview.session import Session
from survey_tui.interview.views import END, Outcome, QuestionView, Stop
from survey_tui.ui.asking.field import Draft, Field
from survey_tui.ui.asking.fields import field_for
from survey_tui.ui.asking.places import ADD, one_more
from survey_tui.ui.desk import Desk
from survey_tui.ui.text import plain

__all__ = ["Conversation", "Remark", "Saved"]

Saved = Literal["saved", "open", "failed"]


class Remark(NamedTuple):
    """Something said about the question at hand."""

    kind: Literal["error", "warning", "info"]
    text: str


class Conversation:
    """One interview under way.

    ``view`` and ``field`` are the question at hand and its answer; ``remark`` is said about it;
    ``holding`` is true from a refusal until the surveyor has seen it: keys typed ahead meanwhile belong to
    later questions and must not change this one.
    """

    view: QuestionView
    field: Field

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session = session
        self.desk = desk
        self.remark: Remark | None = None
        self.saved: Saved = "saved"
        self.holding = False
        self.dropped = 0
        self._kept: dict[str, Field] = {}
        self._pages: tuple[str, ...] = ()
        self._page = 0
        self._asked_to_confirm = ""
        self._load(self.session.stop)

    # --- where we are
    @property
    def at_end(self) -> bool:
        """After the last question."""
        return self.stop.kind == "end"

    @property
    def path(self) -> str:
        """Path of the question at hand, ``END`` after the last one."""
        return END if self.at_end else self.view.path

    def reload(self) -> None:
        """Read the question at hand again (another language, an answer changed elsewhere); the draft
        stays."""
        if self.at_end:
            return
        old = self.field
        self._show(self._page)
        if old.touched:
            self.field.adopt(old)

    # --- answering
    def changed(self) -> None:
        """The field was edited."""
        self.remark = None
        self._asked_to_confirm = ""
        self.saved = "open" if self.field.touched else "saved"

    def confirm(self) -> None:
        """Enter: take the answer, then go on."""
        if self.stop.kind == "add":
            self._decide_on_another()
        elif not self.at_end and self._take():
            self._attempt(self._forward)

    def keep(self) -> None:
        """Leave the question for another place: what can be recorded is; the rest waits here for the
        return."""
        if self.at_end or not self.field.touched or self.stop.kind == "add":
            return
        if not self._record():
            self._kept[self.view.path] = self.field
            self.holding = False

    @property
    def unsaved(self) -> str:
        """Path of a question with something typed that could not be recorded, ``""`` if there is none."""
        for path in list(self._kept):
            try:
                self.session.question(path)
            except AnswerError:  # its row of a repeat is gone
                del self._kept[path]
        return next(iter(self._kept), "")

    def undo(self) -> None:
        """Take back what is being typed; if nothing is, the last recorded answer."""
        if not self.at_end and self.field.touched:
            self._kept.pop(self.view.path, None)
            self._show(self._page)
            return

        def step() -> None:
            path = self.session.undo(self.desk.now())
            if path is None:
                self.remark = Remark("info", self.desk.words("interview.nothing_to_undo"))
                return
            self._go(path)
            self.remark = Remark("info", self.desk.words("interview.undone"))

        self._attempt(step)

    def note(self, text: str) -> None:
        """The surveyor's remark on the question at hand."""
        self._attempt(lambda: self.session.note(self.view.path, text, self.desk.now()))
        self.reload()

    # --- moving
    def back(self) -> None:
        """The question before."""
        self.keep()
        if self._page and not self.at_end:
            self._show(self._page - 1)
            return

        def step() -> None:
            self._load(self.session.back(self.desk.now()), last=True)

        self._attempt(step)

    def jump(self, path: str) -> None:
        """Another place."""
        self.keep()
        self._attempt(lambda: self._go(path))

    def pass_prefilled(self) -> None:
        """Go past the questions that the visit has answered, up to the first note or open question."""

        def step() -> None:
            given = self.session.started.prefill
            stop = self.stop
            while stop.kind == "question" and stop.path in given and self.session.question(stop.path).text:
                stop = self.session.next(self.desk.now())
            self._load(stop)

        self._attempt(step)

    def pass_answered(self) -> None:
        """Go past a question whose answer is the last thing in the log: the power failed between the answer,
        which is on the disk at once, and the step to the next question."""
        last = self.session.events[-1]
        if isinstance(last, Answered | Missing | WarningConfirmed) and last.path == self.path:
            warned = bool(self.view.warning) and not self.view.confirmed
            if not warned and not self.view.error:
                self._attempt(self._forward)

    def pause(self) -> None:
        """The surveyor leaves."""
        if not self.session.finished:
            self._attempt(lambda: self.session.pause(self.desk.now()))

    # --- inside
    def _take(self) -> bool:
        """Record the field if it has something new. True when one may go on."""
        words = self.desk.words
        if self.field.touched:
            return self._record() and self._settled()
        if self.view.error:
            return self._refuse(self.view.error)
        if not self.view.text and not self.view.missing and self._must_answer():
            self.remark = Remark("error", self.view.required_message or words("interview.required"))
            return False
        return self._settled()

    def _record(self) -> bool:
        try:
            draft = self.field.draft()
            outcome = self._hand_over(draft)
        except StoreError as error:
            self.saved = "failed"
            return self._refuse(self.desk.words.error(error))
        except AnswerError as error:
            return self._refuse(self.desk.words.error(error))
        if not outcome.accepted:
            message = (
                outcome.findings[0].message if outcome.findings else self.desk.words("interview.refused")
            )
            return self._refuse(message)
        self._kept.pop(self.view.path, None)
        self._show(self._page)
        self.saved = "saved"
        self.desk.counted(self.session)
        return True

    def _hand_over(self, draft: Draft) -> Outcome:
        path, at = self.view.path, self.desk.now()
        if draft.missing == "dk":
            return self.session.set_missing(path, "dk", at)
        if draft.missing:
            return self.session.set_missing(path, "refused", at)
        if not draft.text:
            return self.session.clear(path, at)
        return self.session.answer(path, draft.text, at)

    def _settled(self) -> bool:
        """No soft warning is left: there is none, or the surveyor stands by the answer."""
        if not self.view.warning or self.view.confirmed:
            return True
        path = self.view.path
        if self._asked_to_confirm == path:
            return self._attempt(lambda: self.session.confirm_warning(path, self.desk.now()))
        self._asked_to_confirm = path
        self.remark = Remark(
            "warning", self.desk.words("interview.warning", message=plain(self.view.warning))
        )
        self.holding = True
        return False

    def _must_answer(self) -> bool:
        return self.view.required and not self.view.read_only and self.view.type != "note"

    def _refuse(self, message: str) -> bool:
        self.remark = Remark("error", plain(message))
        self.holding = True
        return False

    def _forward(self) -> None:
        if self._page + 1 < len(self._pages):
            self._pages = self.session.screen(self.session.current)
            self._show(min(self._page + 1, len(self._pages) - 1))
            return
        self._load(self.session.next(self.desk.now()))

    def _decide_on_another(self) -> None:
        choice = self.field.draft().text
        if not choice:
            self.remark = Remark("error", self.desk.words("interview.required"))
            return

        def step() -> None:
            if choice == ADD:
                instance = self.session.add_instance(self.stop.path, self.desk.now())
                self._load(self.session.jump(instance, self.desk.now()))
            else:
                self._load(self.session.next(self.desk.now()))

        self._attempt(step)

    def _go(self, path: str) -> None:
        stop = self.session.jump(path, self.desk.now())
        self._load(stop)
        if path in self._pages:
            self._show(self._pages.index(path))

    def _attempt(self, step: Callable[[], object]) -> bool:
        """Do something that the session or the disk may refuse."""
        try:
            step()
        except SurveyError as error:
            if isinstance(error, StoreError):
                self.saved = "failed"
            return self._refuse(self.desk.words.error(error))
        return True

    def _load(self, stop: Stop, *, last: bool = False) -> None:
        self.stop = stop
        self._pages = self.session.screen(stop.path) if stop.kind == "question" else ()
        if stop.kind != "end":
            self._show(len(self._pages) - 1 if last and self._pages else 0)
        else:
            self.remark = None

    def _show(self, page: int) -> None:
        words = self.desk.words
        self._page = page
        self._asked_to_confirm = ""
        self.remark = None
        self.saved = "saved"
        names = {
            "dk": words("interview.dont_know"),
            "refused": words("interview.refuses"),
            "acknowledge": words("interview.acknowledge"),
        }
        if self.stop.kind == "add":
            self.view = one_more(self.session, self.stop.path, words)
        else:
            self.view = self.session.question(self._pages[page] if self._pages else self.stop.path)
        self.field = field_for(self.view, names, self.desk.composer(), frozen=self.session.finished)
        kept = self._kept.get(self.view.path)
        if kept is not None:
            self.field.adopt(kept)
            self.saved = "open"
        if self.view.error:
            self.remark = Remark("error", plain(self.view.error))
