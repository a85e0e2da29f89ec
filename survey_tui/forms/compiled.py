"""A form made ready to run: the node tree, compiled expressions, and what depends on what."""

from __future__ import annotations

from survey_tui.forms.model import Form

__all__ = ["CompiledForm", "compile_form"]


class CompiledForm:
    """A form with everything that an interview needs of it; immutable, shared by any number of sessions."""

    form: Form


def compile_form(form: Form) -> CompiledForm:
    """Compile. Raises ``FormError("form_cycle", path=[names…])`` and ``ExpressionError``."""
    raise NotImplementedError
