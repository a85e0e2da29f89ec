"""Everything that is wrong with a form, found in one go.

:func:`check_form` looks at a composed form, :mod:`survey_tui.forms.check.questionnaire_files` at files. The
words of the
findings are in ``locale/<language>/check.py``; :mod:`survey_tui.forms.check.words` puts them together.
"""

from __future__ import annotations

from survey_tui.expressions import BUILTINS, FunctionRegistry
from survey_tui.forms.check.expressions import check_formulas
from survey_tui.forms.check.names import check_names
from survey_tui.forms.check.parameters import check_settings
from survey_tui.forms.check.reachability import check_reach
from survey_tui.forms.check.structure import check_choices
from survey_tui.forms.check.texts import check_texts
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Form

__all__ = ["check_form"]


def check_form(form: Form, findings: Findings, functions: FunctionRegistry = BUILTINS) -> None:
    """Report what is wrong with ``form`` in ``findings``, after what reading its rows has put there.

    ``functions`` are those that its expressions may call.
    """
    check_names(form, findings)
    check_texts(form, findings)
    check_choices(form, findings)
    check_settings(form, findings)
    check_formulas(form, findings, functions)
    check_reach(form, findings)
