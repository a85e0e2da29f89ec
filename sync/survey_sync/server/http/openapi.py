"""OpenAPI 3.1 description, generated from the endpoints and the protocol's messages."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec
from msgspec import Struct

from survey_sync.protocol.messages import (
    CONTENT_DIGEST,
    MEDIA_TYPE,
    PROBLEM_MEDIA_TYPE,
    PROTOCOL,
    PROTOCOL_HEADER,
    Problem,
)
from survey_sync.server.http.dispatch import OCTET_STREAM, Endpoint, Parameter, RawBody
from survey_sync.server.http.endpoints import ENDPOINTS
from survey_sync.server.problems import PROBLEMS

_REF = "#/components/schemas/{name}"
_ALWAYS = ("malformed", "rate_limited", "internal", "busy")
_DIGEST = {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"}
_VERSION = {"type": "string", "enum": [PROTOCOL]}


def openapi_document(server_name: str) -> dict[str, Any]:
    """The OpenAPI document as JSON values."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint)
    paths["/openapi.json"]["get"] = _itself()
    return {
        "openapi": "3.1.0",
        "info": {"title": server_name, "version": PROTOCOL, "description": "docs/sync-protocol.md"},
        "paths": dict(paths),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "parameters": _parameters(endpoint),
        "responses": _replies(endpoint),
    }
    if endpoint.takes is not None:
        operation["requestBody"] = _request_body(endpoint.takes)
    if endpoint.roles:
        operation["security"] = [{"token": []}]
        operation["x-roles"] = sorted(endpoint.roles)
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = [_parameter(each) for each in endpoint.parameters]
    if endpoint.versioned:
        found.append({"name": PROTOCOL_HEADER, "in": "header", "required": True, "schema": _VERSION})
    if endpoint.takes is not None:
        found.append({"name": CONTENT_DIGEST, "in": "header", "required": True, "schema": _DIGEST})
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "description": parameter.about,
        "schema": _ecma(msgspec.json.schema(parameter.kind)),
    }


def _request_body(takes: type[Struct] | RawBody) -> dict[str, Any]:
    if isinstance(takes, RawBody):
        content = {OCTET_STREAM: {"schema": {"type": "string", "format": "binary", "minLength": takes.least}}}
    else:
        content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name=takes.__name__)}}}
    return {"required": True, "content": content}


def _replies(endpoint: Endpoint) -> dict[str, Any]:
    replies: dict[str, Any] = {}
    for status in (endpoint.status, *endpoint.also):
        reply: dict[str, Any] = {"description": endpoint.about, "headers": _headers(endpoint)}
        if isinstance(endpoint.gives, str):
            reply["content"] = {endpoint.gives: {}}
        elif endpoint.gives is not None:
            schema = {"$ref": _REF.format(name=endpoint.gives.__name__)}
            reply["content"] = {MEDIA_TYPE: {"schema": schema}}
        replies[str(status)] = reply
    for status, codes in sorted(_problems(endpoint).items()):
        reply = {"description": "; ".join(f"{code}: {PROBLEMS[code][1]}" for code in codes)}
        if endpoint.method != "HEAD":
            reply["content"] = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
        replies[str(status)] = reply
    return replies


def _headers(endpoint: Endpoint) -> dict[str, Any]:
    version = {PROTOCOL_HEADER: {"required": True, "schema": _VERSION}}
    return version | {name: {"schema": {"type": "string"}} for name in endpoint.reply_headers}


def _problems(endpoint: Endpoint) -> dict[int, list[str]]:
    codes = [*_ALWAYS, *endpoint.problems]
    if endpoint.versioned:
        codes += ["protocol_missing", "protocol_unsupported"]
    if endpoint.roles:
        codes += ["unauthorised", "revoked", "forbidden"]
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[PROBLEMS[code][0]].append(code)
    return by_status


def _itself() -> dict[str, Any]:
    found = {"description": "This description", "content": {MEDIA_TYPE: {}}}
    return {"operationId": "openapi", "summary": "This description", "responses": {"200": found}}


def _schemas() -> dict[str, Any]:
    structures: set[type[Struct]] = {Problem}
    for endpoint in ENDPOINTS:
        structures.update(each for each in (endpoint.takes, endpoint.gives) if isinstance(each, type))
    ordered = sorted(structures, key=lambda each: each.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=_REF)
    return {name: _ecma(schema) for name, schema in schemas.items()}


def _ecma(schema: Any) -> Any:
    """Convert patterns to ECMA syntax, which ends a text with ``$``."""
    if isinstance(schema, dict):
        return {
            key: value.replace(r"\Z", "$") if key == "pattern" and isinstance(value, str) else _ecma(value)
            for key, value in schema.items()
        }
    return [_ecma(each) for each in schema] if isinstance(schema, list) else schema
