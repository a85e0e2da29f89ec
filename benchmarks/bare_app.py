"""The baseline: a Textual app with one Label and, when asked, one OptionList, refilled on Enter.

``python bare_app.py TEXT`` shows TEXT; ``python bare_app.py --questions FILE`` shows the first entry of a
JSON list of ``[label, [choices…]]`` and the next one at each Enter.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Label, OptionList


class OneLabel(App[None]):
    def compose(self) -> Iterable[Label]:
        yield Label(sys.argv[1], markup=False)


class Refilled(App[None]):
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
    if sys.argv[1] == "--questions":
        Refilled(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))).run()
    else:
        OneLabel().run()
