"""Packages of the coordinator: effects of installing them, one question, and the result.

Installation runs in a thread, as ``survey-sync install`` does it. This screen is on top of Sync and Home, so
no interview is open, and none can be opened before the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding

from survey_tui.errors import StoreError, SurveyError
from survey_tui.store.queries import drafts
from survey_tui.ui.background_task import BackgroundTask
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, ScrolledText, TextSpan, plain_text, text_lines, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding

if TYPE_CHECKING:
    from survey_tui.ui.sync_client import InstallResult, PackageChange

InstallStage = Literal["reading", "asking", "working", "done"]


class PackagesScreen(BaseScreen[bool]):
    """The result is always ``True``: the opener reloads."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("sync.install", "enter,ctrl+j", "install"),
        binding("sync.later", "escape,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    stage: InstallStage = "reading"

    def __init__(self, context: ScreenContext, on_result: Callable[[bool], None]) -> None:
        super().__init__(context, on_result)
        self.client = context.sync_client
        self.inbox = self.client.inbox()
        self.changes: list[PackageChange] = []
        self.done: list[InstallResult] = []
        self.problem: SurveyError | None = None
        self._index = 0
        self._usage_key = ""
        self._page = ScrolledText()
        self._background = BackgroundTask(self)
        self._ready_at_opening = {each.package.seq for each in self.inbox.packages_in_state("ready")}
        if context.store.read_only:
            self.stage, self.problem = "done", StoreError("sync_install_read_only")
        else:
            self._background.run(
                lambda: self.client.ready_changes(self.inbox), self._show_changes, self._show_error
            )

    # --- keys
    def accept_key(self, key: KeyEvent) -> bool:
        return self._page.press(key)

    def key_hints(self) -> Sequence[str]:
        if self.stage in {"reading", "working"}:
            return ("common.language", "common.help")
        first = ("sync.install", "sync.later") if self.stage == "asking" else ("common.back",)
        return (*first, "common.language", "common.help")

    def all_bindings(self) -> list[Binding]:
        """At the end there is only the way back."""
        mine = self.BINDINGS if self.stage != "done" else [binding("common.back", "escape,enter", "back")]
        return [*mine, *self.COMMON]

    def action_install(self) -> None:
        """Install; at the end, go back."""
        if self.stage == "done":
            self.action_back()
        elif self.stage == "asking":
            self.stage, self._page.top = "working", 0
            self._background.run(self._install, self._show_result, self._show_error)

    def action_back(self) -> None:
        """Leave, but not while packages are being installed; that takes a moment only."""
        if self.stage != "working":
            self.close(True)

    # --- in the background
    def _install(self) -> list[InstallResult]:
        return self.client.install(self.inbox, self.changes, self._show_begin)

    def _show_begin(self, change: PackageChange) -> None:
        self._background.call_in_loop(partial(self._show_package, self.changes.index(change)))

    def _show_package(self, index: int) -> None:
        self._index = index

    def _show_changes(self, changes: list[PackageChange]) -> None:
        self.changes = changes
        self.stage = "asking" if changes else "done"

    def _show_result(self, done: list[InstallResult]) -> None:
        self.done, self.stage = done, "done"
        if any(each.error is None for each in done):
            self._usage_key = self.context.renew_plugins()

    def _show_error(self, error: SurveyError) -> None:
        self.problem, self.stage = error, "done"

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._body, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        return [(TextSpan(" " + self.context.words("sync.install_title"), "title"),), *self.rule(width)]

    def _body(self, width: int, height: int) -> list[ScreenLine]:
        lines = [
            (TextSpan(" " * indent + part, style),)
            for text, style, indent in self._paragraphs()
            for part in (wrap(plain_text(text), width - indent - 2) if text else [""])
        ]
        return self._page.show(lines, height, self.symbols)

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        text = self.context.words("sync.install_then") if self.stage == "asking" else ""
        lines = text_lines(text, width - 2, "dim") if text else []
        return [*lines, *self.rule(width)]

    def _paragraphs(self) -> Iterator[tuple[str, str, int]]:
        """(text, style, indent) of each paragraph."""
        words = self.context.words
        if self.problem is not None:
            yield words.error(self.problem), "error", 1
        elif self.stage == "reading":
            yield words("sync.install_reading"), "", 1
        elif self.stage == "working":
            package = self.changes[self._index].package
            facts = {"number": self._index + 1, "total": len(self.changes)}
            yield words("sync.install_working", name=package.name, version=package.version, **facts), "", 1
        elif self.stage == "asking":
            for change in self.changes:
                yield from self._change_paragraphs(change)
        else:
            yield from self._result_paragraphs()
        if self.stage in {"asking", "done"}:
            yield from self._unusable_paragraphs()

    def _change_paragraphs(self, change: PackageChange) -> Iterator[tuple[str, str, int]]:
        words, archive = self.context.words, change.archive
        named = {"name": archive.name, "version": archive.version, "before": change.before}
        kind = "update" if change.before else "new"
        yield (
            words(f"sync.install_{'same' if change.before == archive.version else kind}", **named),
            "strong",
            1,
        )
        if archive.manifest is not None:
            yield self.context.translate(archive.manifest.title), "", 3
        for text in self._effects(change):
            yield text, "", 3
        count = sum(
            change.changes_interview(draft.form_id, draft.place)
            for draft in self.context.store.search(drafts())
        )
        yield (
            (words("sync.install_drafts", count=count), "warning", 3)
            if count
            else (
                words("sync.install_no_drafts"),
                "dim",
                3,
            )
        )
        yield "", "", 1

    def _effects(self, change: PackageChange) -> Iterator[str]:
        words = self.context.words
        if change.surveys:
            yield words("sync.install_brings", surveys=", ".join(map(self._survey_title, change.surveys)))
        if change.communes:
            known = change.adds_to
            titles = ", ".join(map(self._survey_title, known)) if known else ""
            yield words("sync.install_adds", surveys=titles) if titles else words("sync.install_adds_any")
            provinces = ", ".join(change.provinces)
            yield words("sync.install_where", provinces=provinces, count=len(change.communes))
        if change.archive.python:
            yield words("sync.install_code")
        if change.is_off:
            yield words("sync.install_off")

    def _survey_title(self, survey: str) -> str:
        """Title of a survey; its id if it is not on the device yet."""
        found = (each.title for each in self.context.surveys.surveys() if each.id == survey)
        return self.context.translate(next(found, {"": survey}))

    def _result_paragraphs(self) -> Iterator[tuple[str, str, int]]:
        words = self.context.words
        for one in self.done:
            named = {"name": one.package.name, "version": one.package.version}
            if one.error is None:
                yield words("sync.installed", **named), "good", 1
                continue
            yield words.error(one.error), "error", 1
            yield words("sync.still_ready" if one.can_retry else "sync.try_again", **named), "", 1
        if self._usage_key:
            yield words(self._usage_key), "", 1
        if self._usage_key and self.context.problem:
            yield self.context.problem, "warning", 1

    def _unusable_paragraphs(self) -> Iterator[tuple[str, str, int]]:
        """Packages that were ready when the screen opened and cannot be installed, with the reason."""
        if self.done:
            return  # the results name them
        offered = {change.package.seq for change in self.changes}
        asked = [each for each in self.inbox.packages if each.package.seq in self._ready_at_opening - offered]
        found = [each for each in asked if each.error is not None]
        for record in found:
            package = record.package
            yield f"{package.name} {package.version}", "strong", 1
            for text in self.client.remedies(record, self.context.words):
                yield text, "warning", 1
            yield "", "", 1
        if self.stage == "done" and not (found or self.problem):
            yield self.context.words("sync.install_nothing"), "", 1
