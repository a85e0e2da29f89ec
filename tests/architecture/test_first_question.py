"""Modules that the first question does not import: the second start of an interview in a fresh interpreter,
up to the state of the first screen, without Textual."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore

from .test_laziness import modules_after

UNNEEDED = (
    "base64",
    "difflib",
    "hashlib",
    "_hashlib",
    "secrets",
    "tomllib",
    "tinydb",
    "json",
    "importlib.metadata",
    "survey_tui.exports",
    "survey_tui.expressions.functions.geometry",
    "survey_tui.expressions.printer",
    "survey_tui.expressions.regex",
    "survey_tui.forms.composition",
    "survey_tui.forms.check",
    "survey_tui.interview.form_change",
    "survey_tui.interview.answer_input",
    "survey_tui.interview.outcome",
    "survey_tui.interview.outline",
    "survey_tui.interview.roster",
    "survey_tui.places.search",
    "survey_tui.signatures",
    "survey_tui.plugins.response_checks",
    "survey_tui.plugins.functions",
    "survey_tui.plugins.manifest",
    "survey_tui.plugins.offers",
    "survey_tui.store.backup",
    "survey_tui.store.integrity",
    "survey_tui.store.crypto",
    "survey_tui.store.crypto.aside",
    "survey_tui.store.backup_worker",
    "survey_tui.store.journal.migration",
    "survey_tui.store.erasure",
    "survey_tui.store.crypto.sealing",
    "survey_tui.store.journal.tinydb_storage",
    "survey_tui.store.queries",
    "survey_tui.store.response_table",
)

START = """
    from survey_tui.cli.commands.start import start
    from survey_tui.console.command_context import CommandContext
    from survey_tui.fieldwork.interviews import InterviewService, Visit
    program = CommandContext({'SURVEY_TUI_HOME': PLACE})
    program.catalogue.summary('xa_hoi_so')
    form = program.form('xa_hoi_so', '32059')
    fieldwork = InterviewService(program.store(), 'device', advisers=program.advisers)
    session = fieldwork.begin(form, Visit(commune='32059', area='32059-01', household='1'), 'vi')
    assert session.question(session.current).label and session.progress().relevant
"""


@pytest.mark.slow
def test_the_first_question_imports_only_what_it_needs(tmp_path: Path) -> None:
    code = START.strip().replace("PLACE", repr(str(tmp_path)))
    assert modules_after(code, tmp_path)
    loaded = modules_after(code, tmp_path)
    assert "survey_tui.interview.session" in loaded
    assert sorted(loaded & set(UNNEEDED)) == []


@pytest.mark.slow
def test_the_first_question_after_others_needs_no_tinydb(tmp_path: Path) -> None:
    """Values of ``last-saved`` and an unfinished erasure need no query."""
    moment = "2026-11-21T08:30:00.000+07:00"
    with ResponseStore.open(tmp_path) as store:
        for _ in range(2):
            key = store.new_id()
            store.begin(Started(moment, response_id=key, form_id="xa_hoi_so", commune="32059"))
            store.finalise(key, Finalised(moment), b'{"values":[["a/q","x"]]}\n')
        store.rights.withdraw([key], moment)
    loaded = modules_after(START.strip().replace("PLACE", repr(str(tmp_path))), tmp_path)
    assert "survey_tui.interview.session" in loaded
    assert sorted(loaded & {"tinydb", "survey_tui.store.queries", "survey_tui.store.response_table"}) == []
