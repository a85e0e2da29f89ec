"""What can go wrong with the server apart from a request: for the person who runs it."""

from __future__ import annotations

from survey_tui.errors import SurveyError

__all__ = ["ServerError"]


class ServerError(SurveyError):
    """The server or its database cannot do what was asked; the code begins with ``server_``."""
