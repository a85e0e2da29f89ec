"""The coordinator's side of the line: what the devices are offered, said and told to forget.

Each request is repeated until it works or patience ends, and repeating changes nothing: a package or a
retraction is what it is, and a message whose reply was lost is looked for before it is sent again.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Self, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from survey_sync.client import credentials
from survey_sync.client.connection import ServerConnection, ServerReply, Timeouts, decode_reply
from survey_sync.client.errors import CoordinatorError, EnrolmentError, RetryableError, ServerProblemError
from survey_sync.client.package_build import PackageOffer
from survey_sync.client.package_download import decode_updates
from survey_sync.client.retry import Patience
from survey_sync.client.sync_home import SyncHome
from survey_sync.protocol.hashes import package_statement
from survey_sync.protocol.messages import (
    DeviceList,
    DeviceRecord,
    Hello,
    Message,
    MessagePosted,
    NewMessage,
    Package,
    Retraction,
    decoder,
    encode,
)

S = TypeVar("S", bound=Struct)

_hello, _devices, _package = decoder(Hello), decoder(DeviceList), decoder(Package)
_posted, _retraction = decoder(MessagePosted), decoder(Retraction)
_LONG = Timeouts(whole=7200.0)  # a package may be large and the line slow
_PATIENCE = 60.0
_PAGES = 1000

Signer = Callable[[bytes], str]


class Coordinator:
    """The server as a coordinator's device works with it.

    ``told`` hears of each failure that is being got over, and of the pause. Methods raise
    :class:`~survey_sync.client.errors.SyncError`; ``EnrolmentError("sync_not_coordinator")`` when this home
    is enrolled with another role.
    """

    def __init__(
        self,
        folder: SyncHome,
        told: Callable[[RetryableError, float], None] | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        given = credentials.load(folder)
        if given.role != "coordinator":
            raise EnrolmentError("sync_not_coordinator", role=given.role)
        self.server = given
        self._line = ServerConnection(given.url, given.token, _LONG)
        self._patience = Patience(patience, threading.Event(), told or (lambda _error, _pause: None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def offered(self) -> tuple[list[Message | Package], int]:
        """Everything that is offered, oldest first, and the last number among it."""
        return self._after(0)

    def devices(self) -> list[DeviceRecord]:
        """All devices."""
        return self._ask(_devices, "GET", "/v1/devices").devices

    def max_package_bytes(self) -> int:
        """How many bytes a package may have."""
        return self._ask(_hello, "GET", "/v1/hello").limits.package_bytes

    def send_message(self, text: str, surveyor: str, since: int) -> int:
        """Send a message, once; its number. ``since``: a number before which it cannot stand."""
        body = encode(NewMessage(text=text, surveyor=surveyor))
        tried = False

        def send() -> int:
            nonlocal tried
            if tried and (found := self._find(text, surveyor, since)):
                return found
            tried = True
            return self._once(_posted, "POST", "/v1/messages", body).seq

        return self._patience.run_until_success(send)

    def offer(
        self, wanted: PackageOffer, public: str, sign: Signer, told: Callable[[int], None] | None = None
    ) -> tuple[Package, bool]:
        """Offer a package signed with this key (hex), and whether that is new. ``told`` hears how many bytes
        have gone out."""
        statement = package_statement(
            wanted.content, wanted.name, wanted.version, wanted.sha256, len(wanted.data)
        )
        facts = {
            "content": wanted.content,
            "name": wanted.name,
            "version": wanted.version,
            "signature": base64.b64encode(bytes.fromhex(sign(statement))).decode(),
            "key": base64.b64encode(bytes.fromhex(public)).decode(),
        }
        path = f"/v1/packages/{wanted.sha256}?{urlencode(facts)}"
        headers = {"Content-Type": "application/octet-stream"}

        def send() -> tuple[Package, bool]:
            reply = self._request("PUT", path, wanted.data, headers, told)
            return decode_reply(_package, reply, self._line.host), reply.status == 201

        return self._patience.run_until_success(send)

    def retract(self, seq: int) -> Retraction:
        """Take a message or package back; ``CoordinatorError("sync_no_update")``: there is no such number."""
        try:
            return self._ask(_retraction, "DELETE", f"/v1/updates/{seq}")
        except CoordinatorError as error:
            if error.details.get("problem") == "not_found":
                raise CoordinatorError("sync_no_update", seq=seq) from error
            raise

    def _find(self, text: str, surveyor: str, since: int) -> int:
        items, _ = self._after(since, insist=False)
        for item in items:
            if isinstance(item, Message) and (item.text, item.surveyor) == (text, surveyor):
                return item.seq
        return 0

    def _after(self, since: int, *, insist: bool = True) -> tuple[list[Message | Package], int]:
        found: list[Message | Package] = []
        for _ in range(_PAGES):
            path = f"/v1/updates?since={since}"
            ask = self._ask if insist else self._once
            page = ask(decode_updates, "GET", path)
            found += [item for item in page.items if not isinstance(item, Retraction)]
            if not page.more or page.now <= since:
                return found, max(page.now, since)
            since = page.now
        return found, since

    def _ask(self, read: Callable[[bytes], S], method: str, path: str) -> S:
        return self._patience.run_until_success(lambda: self._once(read, method, path))

    def _once(self, read: Callable[[bytes], S], method: str, path: str, body: bytes | None = None) -> S:
        return decode_reply(read, self._request(method, path, body), self._line.host)

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        told: Callable[[int], None] | None = None,
    ) -> ServerReply:
        try:
            return self._line.request(method, path, body, headers, told=told)
        except ServerProblemError as error:
            if error.problem == "forbidden":
                raise EnrolmentError("sync_not_coordinator", role="–") from error
            detail = error.details.get("detail") or "–"
            raise CoordinatorError("sync_refused", problem=error.problem, detail=detail) from error
