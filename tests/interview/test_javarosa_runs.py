"""What a run of JavaRosa 5.1 (pyxform 4.5.0, Java 17) stored for forms made for the purpose."""

from __future__ import annotations

import datetime as dt

from survey_tui.forms.compiled import compile_form
from survey_tui.forms.xlsform import from_xlsform_rows
from survey_tui.interview.events import Started
from survey_tui.interview.session import Session

AT = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def _session(*rows: dict[str, object]) -> Session:
    form = compile_form(from_xlsform_rows(list(rows), [], {}))
    return Session(form, Started(AT.isoformat(), response_id="r", form_id="f"))


def _values(session: Session) -> dict[str, str]:
    return {node.path: node.text for node in session.states() if node.text}


def test_what_is_set_once_is_written_like_an_answer() -> None:
    session = _session(
        {"type": "integer", "name": "a", "label": "a"},
        {"type": "decimal", "name": "default_", "label": "b", "default": "1 + 1"},
        {"type": "decimal", "name": "calculated", "label": "c", "calculation": "7"},
        {"type": "integer", "name": "whole", "label": "d", "default": "7 div 2"},
        {"type": "text", "name": "text_", "label": "e", "default": "3000000000 + 1"},
        {"type": "decimal", "name": "triggered", "label": "f", "calculation": "${a} * 2", "trigger": "${a}"},
    )
    session.answer("a", "2", AT)
    assert _values(session) == {
        "a": "2",
        "default_": "2.0",
        "calculated": "7",
        "whole": "3",
        "text_": "3000000001",
        "triggered": "4.0",
    }
