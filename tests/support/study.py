"""A home with a catalogue of surveys of its own."""

from __future__ import annotations

from pathlib import Path

from survey_tui.forms.catalogue import Catalogue
from survey_tui.interview.session import Session
from survey_tui.store import ResponseStore

COMMUNE = "32059"  # Khánh An, Cà Mau


SURVEY = """
id = "{name}"
version = "1"
title.vi = "Khảo sát {name}"
title.en = "Survey {name}"
languages = ["vi", "en"]
default_language = "vi"
modules = ["{name}"]
"""


class Study:
    """A home with a catalogue of its own."""

    def __init__(self, root: Path) -> None:
        self.forms = root / "forms"
        self.home = root / "home"

    def add(self, name: str, module: str) -> None:
        """A survey of one module, written as TOML."""
        for folder in ("surveys", "modules"):
            (self.forms / folder).mkdir(parents=True, exist_ok=True)
        (self.forms / "surveys" / f"{name}.toml").write_text(SURVEY.format(name=name), encoding="utf-8")
        text = f'name = "{name}"\nversion = "1"\n{module}'
        (self.forms / "modules" / f"{name}.toml").write_text(text, encoding="utf-8")

    def store(self) -> ResponseStore:
        return ResponseStore.open(self.home)

    def answers(self, response_id: str | None = None) -> dict[str, str]:
        """Path → text of every answer on the disk, of the last response or of this one."""
        with ResponseStore.open(self.home, read_only=True) as store:
            response_id = response_id or store.search()[0].id
            form = Catalogue([self.forms]).form(store.summary(response_id).form_id)
            from survey_tui.forms.compiled import compile_form

            session = Session.replay(compile_form(form), store.events(response_id))
        return {path: text for path, text in session.submission() if text is not None}
