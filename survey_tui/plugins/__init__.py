"""Plugins: what others may add, found and called so that none of them can take the program down.

For authors: :data:`hookimpl`, the hooks of :class:`~survey_tui.plugins.hooks.Specification`, the values of
:mod:`~survey_tui.plugins.offers` and the format of :mod:`~survey_tui.plugins.manifest`.
For the program: :meth:`Plugins.load`, and :class:`~survey_tui.plugins.survey_catalogue.Surveys` for what is
asked where.
"""

from __future__ import annotations

from survey_tui.plugins.hooks import API_VERSION, hookimpl
from survey_tui.plugins.manager import Plugins

__all__ = ["API_VERSION", "Plugins", "hookimpl"]
