"""The addresses of the pages."""

from __future__ import annotations

from starlette.routing import Route

from survey_sync.server.state import ServerState

__all__ = ["page_routes"]


def page_routes(server: ServerState) -> list[Route]:
    """Every page."""
    return []
