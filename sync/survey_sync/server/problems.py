"""Problems: refusals of requests with code, status and title (RFC 9457); server errors.

The codes are listed in ``docs/sync-protocol.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from survey_sync.protocol.messages import Problem
from survey_tui.errors import SurveyError

PROBLEMS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "protocol_missing": (400, "The request has no Survey-Sync header"),
        "protocol_unsupported": (400, "This server does not support that version of the protocol"),
        "malformed": (400, "The body or a parameter is not valid for this request"),
        "digest_missing": (400, "The request has no Content-Digest with sha-256"),
        "digest_mismatch": (400, "The body does not match Content-Digest"),
        "encoding_broken": (400, "The body cannot be decompressed"),
        "unauthorised": (401, "A valid token is needed"),
        "revoked": (403, "This device was revoked"),
        "forbidden": (403, "Not permitted for this role"),
        "code_invalid": (403, "The enrolment code is unknown, used or expired"),
        "not_found": (404, "Not found"),
        "unknown_response": (404, "The response of this attachment has not arrived"),
        "method_not_allowed": (405, "This address does not support that method"),
        "timeout": (408, "The body stopped arriving"),
        "offset_mismatch": (409, "The server has a different number of bytes; see Upload-Offset"),
        "length_mismatch": (409, "The part is beyond Upload-Length, or Upload-Length has changed"),
        "withdrawn": (410, "The response was withdrawn"),
        "retracted": (410, "The package was retracted"),
        "too_large": (413, "The body is larger than this server accepts"),
        "media_type": (415, "The Content-Type is not accepted by this request"),
        "encoding_unsupported": (415, "The Content-Encoding is not supported by this server"),
        "range_invalid": (416, "The range is outside the content"),
        "digest_wrong": (422, "The whole file does not match its digest; it was discarded"),
        "rate_limited": (429, "Too many requests; try again later"),
        "internal": (500, "The server failed; nothing of this request was kept"),
        "busy": (503, "The server is temporarily unavailable; try again"),
    }
)


class ProblemError(Exception):
    """Refuse the request; nothing of it was stored.

    ``detail`` is in English and never repeats content; ``headers`` are added to the reply.
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
    """An error of the server or its database for its operator; the code begins with ``server_``."""
