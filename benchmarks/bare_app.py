"""Baseline of the start: a Textual app with one Label. ``python bare_app.py TEXT`` shows TEXT."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from textual.app import App
from textual.widgets import Label


class OneLabel(App[None]):
    def compose(self) -> Iterable[Label]:
        yield Label(sys.argv[1], markup=False)


if __name__ == "__main__":
    OneLabel().run()
