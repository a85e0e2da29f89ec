"""The description is true: it names every address, and a hostile client finds nothing that it does not
say."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, settings
from survey_sync.protocol.hashes import content_digest
from survey_sync.server.asgi import routes
from survey_sync.server.http.endpoints import ENDPOINTS
from survey_sync.server.monitoring import LOGGER
from survey_sync.server.pages.routes import PAGES
from survey_sync.server.runtime import ServerRuntime

from tests.support.collection_server import Make, Server

# What a well-formed request may meet: beside success, the state that the server is in.
MEANT = ["2xx", "403", "404", "409", "410", "413", "416", "422"]

schemathesis = pytest.importorskip("schemathesis", reason="install schemathesis")


@pytest.fixture
def description(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.client.get("/openapi.json").json()
    return found


def test_routes_and_description_agree(server: Server, description: dict[str, Any]) -> None:
    described = {(m.upper(), path) for path, methods in description["paths"].items() for m in methods}
    state = ServerRuntime(server.config, server.database, None, None, None)  # type: ignore[arg-type]
    routed = {
        (method, route.path)
        for route in routes(state)
        for method in route.methods or ()
        if (method, route.path) not in {(page.method, page.path) for page in PAGES}
    }
    # Starlette adds HEAD wherever GET is; it is refused where the table does not have it.
    assert routed - described == {("HEAD", path) for method, path in routed if method == "GET"} | {
        ("HEAD", page.path) for page in PAGES if page.method == "GET"
    }
    assert not described - routed


def test_roles_and_security_agree(description: dict[str, Any]) -> None:
    for endpoint in ENDPOINTS:
        operation = description["paths"][endpoint.path][endpoint.method.lower()]
        assert ("security" in operation) == bool(endpoint.roles)
        assert operation.get("x-roles", []) == sorted(endpoint.roles)
        assert ("401" in operation["responses"]) == bool(endpoint.roles)


def test_head_is_only_where_it_is_described(server: Server) -> None:
    assert server.nobody().send("HEAD", "/v1/hello").status_code == 405
    assert server.nobody().send("HEAD", "/health").status_code == 405


@pytest.fixture
def quiet() -> Iterator[None]:
    LOGGER.setLevel(logging.CRITICAL)
    yield
    LOGGER.setLevel(logging.NOTSET)


def test_a_hostile_client_finds_what_the_description_says(server: Server, make: Make, quiet: None) -> None:
    """schemathesis: every operation, right and wrong requests, every reply against the description."""
    tokens = {role: server.device(role, "anh").token for role in ("surveyor", "coordinator", "analyst")}
    server.device().push(make(1), make(1, text="khác"))
    config = schemathesis.Config.from_dict(
        {"checks": {"positive_data_acceptance": {"expected-statuses": MEANT}}}
    )
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json", config=config)
    failures: list[str] = []
    reached: dict[str, set[int]] = {}

    for result in schema.get_all_operations():
        operation = result.ok()
        roles = operation.definition.raw.get("x-roles", [])
        headers = {"Authorization": f"Bearer {tokens[roles[0]]}"} if roles else {}
        reached[operation.label] = probe(operation, headers, failures)
    assert not failures, "\n\n".join(failures[:20])
    assert set(reached) == {f"{e.method} {e.path}" for e in ENDPOINTS}
    assert {200, 201, 404, 400} <= {status for statuses in reached.values() for status in statuses}


def probe(operation: Any, headers: dict[str, str], failures: list[str]) -> set[int]:
    """Send cases of one operation; the statuses seen. What the description does not say goes to
    ``failures``."""
    from schemathesis.core.failures import FailureGroup

    seen: set[int] = set()

    # JSON Schema counts 1.0 among the integers, the protocol does not: such bodies are passed over.
    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @schemathesis_given(operation)  # type: ignore[untyped-decorator]
    def run(case: Any) -> None:
        assume(not isinstance(case.body, dict) or not any(isinstance(v, float) for v in case.body.values()))
        right_digest(case)
        response = case.call(headers=headers)
        seen.add(response.status_code)
        try:
            case.validate_response(response, headers=headers)
        except FailureGroup as group:
            told = (
                f"{response.request.method} {response.request.url} → {response.status_code} {response.text}"
            )
            failures.extend(f"{told}\n{each}" for each in group.exceptions)

    run()
    return seen


def schemathesis_given(operation: Any) -> Any:
    """Right and wrong cases of an operation."""
    from hypothesis import given
    from schemathesis.generation import GenerationMode

    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    try:
        return given(case=right | wrong)
    except TypeError:
        return given(case=right)


def right_digest(case: Any) -> None:
    """A random digest is never that of the body: put the right one where the header is valid at all."""
    headers = case.headers or {}
    given = headers.get("Content-Digest")
    if given is None or not str(given).startswith("sha-256=:"):
        return
    body = getattr(case.body, "data", case.body)
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    case.headers["Content-Digest"] = content_digest(body)
