"""Table of all endpoints of the server."""

from __future__ import annotations

from survey_sync.server.http import coordinator_endpoints, device_endpoints, public_endpoints
from survey_sync.server.http.dispatch import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *public_endpoints.endpoints,
    *device_endpoints.endpoints,
    *coordinator_endpoints.endpoints,
)
