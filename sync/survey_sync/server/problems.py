"""Refusals of a whole request: each has a code, a status and words (RFC 9457); see
``docs/sync-protocol.md``.

What can go wrong with the server apart from a request: for the person who runs it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from survey_sync.protocol.messages import Problem
from survey_tui.errors import SurveyError

PROBLEMS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "protocol_missing": (400, "The request carries no Survey-Sync header"),
        "protocol_unsupported": (400, "This server does not speak that version of the protocol"),
        "malformed": (400, "The body or a parameter is not what this request takes"),
        "digest_missing": (400, "The request carries no Content-Digest with sha-256"),
        "digest_mismatch": (400, "The body is not the one that Content-Digest describes"),
        "encoding_broken": (400, "The body cannot be decompressed"),
        "unauthorised": (401, "A valid token is needed"),
        "revoked": (403, "This device was revoked"),
        "forbidden": (403, "This role may not do that"),
        "code_invalid": (403, "The enrolment code is unknown, used or expired"),
        "not_found": (404, "There is no such thing"),
        "unknown_response": (404, "The response of this attachment has not arrived"),
        "method_not_allowed": (405, "This address does not take that method"),
        "timeout": (408, "The body stopped coming"),
        "offset_mismatch": (409, "The server holds another number of bytes; see Upload-Offset"),
        "length_mismatch": (409, "The part lies beyond Upload-Length, or Upload-Length has changed"),
        "withdrawn": (410, "The response was withdrawn"),
        "retracted": (410, "The package was taken back"),
        "too_large": (413, "The body is larger than this server takes"),
        "media_type": (415, "The body has another Content-Type than this request takes"),
        "encoding_unsupported": (415, "The body has a Content-Encoding that this server does not read"),
        "range_invalid": (416, "The range lies outside"),
        "digest_wrong": (422, "The whole is not what its digest describes; it was discarded"),
        "rate_limited": (429, "Too many requests; wait"),
        "internal": (500, "The server failed; nothing of this request was kept"),
        "busy": (503, "The server cannot work just now; try again"),
    }
)


class Rejected(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """This request gets no further; nothing of it was stored.

    ``detail`` says what exactly, in English, and never repeats content; ``headers`` go with the reply.
    """

    def __init__(self, code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.status, self.title = PROBLEMS[code]

    def problem(self, request_id: str) -> Problem:
        """The body of the reply."""
        return Problem(
            status=self.status, code=self.code, title=self.title, detail=self.detail, request_id=request_id
        )


class ServerError(SurveyError):
    """The server or its database cannot do what was asked; the code begins with ``server_``."""
