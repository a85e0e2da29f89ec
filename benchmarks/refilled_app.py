"""Baseline of the next question: a Textual app that refills a Label and an OptionList on Enter.

``python refilled_app.py FILE`` takes a JSON list of ``[label, [choices…]]``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Label, OptionList


class RefilledApp(App[None]):
    def __init__(self, questions: list[tuple[str, list[str]]]) -> None:
        super().__init__()
        self._questions = iter(questions)

    def compose(self) -> ComposeResult:
        yield Label("", markup=False)
        yield OptionList(markup=False)

    def on_mount(self) -> None:
        self.show_next()

    def on_option_list_option_selected(self) -> None:
        self.show_next()

    def show_next(self) -> None:
        label, choices = next(self._questions)
        self.query_one(Label).update(label)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(choices)
        options.highlighted = 0


if __name__ == "__main__":
    RefilledApp(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))).run()
