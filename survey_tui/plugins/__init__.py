"""Plugins: what others may add, found and called so that none of them can take the program down.

For authors: :data:`hookimpl` and the hooks of :class:`~survey_tui.plugins.hooks.Specification`.
For the program: :meth:`Plugins.load`, then the methods named after what they collect.
"""

from __future__ import annotations

from survey_tui.plugins.hooks import hookimpl
from survey_tui.plugins.manager import Plugins

__all__ = ["Plugins", "hookimpl"]
