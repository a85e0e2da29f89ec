"""Former place of :mod:`survey_tui.authoring.project`, kept until version 1.0."""

import warnings

from survey_tui.authoring.project import Project, Workshop, open_project

__all__ = ["Project", "Workshop", "open_project"]

warnings.warn(
    "survey_tui.plugins.kit.project is now survey_tui.authoring.project; this name goes in 1.0",
    DeprecationWarning,
    stacklevel=2,
)
