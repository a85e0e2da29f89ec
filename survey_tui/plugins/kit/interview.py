"""Former place of :mod:`survey_tui.authoring.scripted_interview`, kept until version 1.0."""

import warnings

from survey_tui.authoring.scripted_interview import ExpectationError, Expected, Interview

__all__ = ["ExpectationError", "Expected", "Interview"]

warnings.warn(
    "survey_tui.plugins.kit.interview is now survey_tui.authoring.scripted_interview; this name goes in 1.0",
    DeprecationWarning,
    stacklevel=2,
)
