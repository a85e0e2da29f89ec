"""What an endpoint is: its address, who may use it, what it takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from survey_sync.protocol.messages import MEDIA_TYPE, Role
from survey_sync.server.auth import Principal
from survey_sync.server.problems import Rejected
from survey_sync.server.runtime import ServerState

__all__ = ["ANYBODY", "OCTETS", "Call", "Endpoint", "Handler", "Octets", "Parameter", "Reply", "Where"]

T = TypeVar("T")
Where = Literal["path", "query", "header"]
OCTETS = "application/octet-stream"
ANYBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``kind``: a type that :func:`msgspec.convert` reads from text, with its limits."""

    name: str
    where: Where
    kind: Any
    about: str
    required: bool = True
    default: object = None

    def read(self, text: str | None) -> object:
        """Its value; ``Rejected("malformed")`` names the parameter, never the value."""
        if text is None:
            if self.required:
                raise Rejected("malformed", f"{self.where} parameter {self.name} is missing")
            return self.default
        try:
            return msgspec.convert(text, self.kind, strict=False)
        except msgspec.ValidationError as error:
            raise Rejected("malformed", f"{self.where} parameter {self.name} is not valid") from error


@dataclass(frozen=True, slots=True)
class Octets:
    """A body of bytes as they are. ``limit``: the name of its limit in ``Limits``; ``least``: fewer make no
    sense."""

    limit: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and allowed."""

    server: ServerState
    address: str
    method: str
    values: Mapping[str, Any]
    sender: Principal | None = None
    body: Any = None

    @property
    def device(self) -> Principal:
        """Who asks; endpoints for anybody have none."""
        if self.sender is None:
            raise Rejected("unauthorised")
        return self.sender


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. ``content``: a message, text, bytes, or an iterator of bytes that is sent as it
    comes."""

    content: Struct | bytes | Iterator[bytes] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = MEDIA_TYPE


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the table.

    ``roles``: who may (empty: anybody). ``takes``: the message or :class:`Octets` in the body. ``gives``: the
    message, or the media type, of a reply with ``status`` (and ``also``). ``problems``: codes beyond those
    that every endpoint may answer. ``versioned``: below the protocol, so that its header is required."""

    method: str
    path: str
    name: str
    about: str
    handler: Handler
    roles: frozenset[Role] = ANYBODY
    takes: type[Struct] | Octets | None = None
    gives: type[Struct] | str | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()
    reply_headers: tuple[str, ...] = ()
    versioned: bool = True
