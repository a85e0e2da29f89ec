"""Former place of :func:`compared` and :func:`figure`, kept until version 1.0."""

import warnings

from survey_tui.plugins.baselines import NotComparableError, compared, figure

__all__ = ["NotComparableError", "compared", "figure"]

warnings.warn(
    "survey_tui.plugins.comparing is now survey_tui.plugins.baselines; this name goes in 1.0",
    DeprecationWarning,
    stacklevel=2,
)
