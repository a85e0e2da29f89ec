"""Plugins: discovery, loading and isolated calls, so that no plugin can take the program down.

For authors: :data:`hookimpl`, the hooks of :class:`~survey_tui.plugins.hooks.Specification`, the values of
:mod:`~survey_tui.plugins.offers` and the format of :mod:`~survey_tui.plugins.manifest`.
For the program: :meth:`Plugins.load`, and :class:`~survey_tui.plugins.survey_catalogue.Surveys` for surveys
with the additions of plugins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_tui.plugins.metadata import API_VERSION

if TYPE_CHECKING:
    from survey_tui.plugins.hooks import hookimpl
    from survey_tui.plugins.manager import Plugins

__all__ = ["API_VERSION", "Plugins", "hookimpl"]


def __getattr__(name: str) -> object:
    """Import pluggy only for those who need it; ``--help`` reads no more than the files of plugins."""
    if name == "hookimpl":
        from survey_tui.plugins.hooks import hookimpl

        return hookimpl
    if name == "Plugins":
        from survey_tui.plugins.manager import Plugins

        return Plugins
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
