"""The server as a coordinator's device uses it: messages, packages, retractions, list of devices.

Each request is retried until it succeeds or the deadline passes. Repeating one changes nothing: packages and
retractions are idempotent, and before a message is sent again it is searched for on the server.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Self, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from survey_sync.client import credentials
from survey_sync.client.connection import ServerConnection, ServerReply, Timeouts, decode_reply
from survey_sync.client.errors import CoordinatorError, EnrolmentError, RetryableError, ServerProblemError
from survey_sync.client.package_build import PackageOffer
from survey_sync.client.package_download import decode_updates
from survey_sync.client.retry import Retry
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
_TIMEOUTS = Timeouts(whole=7200.0)  # a package may be large and the connection slow
_DEADLINE_SECONDS = 60.0
_MAX_PAGES = 1000

Signer = Callable[[bytes], str]


class Coordinator:
    """The server of this home, for its coordinator.

    ``on_failure`` is called with each error that is retried, and the pause in seconds. Methods raise
    :class:`~survey_sync.client.errors.SyncError`; ``EnrolmentError("sync_not_coordinator")`` when this home
    is enrolled with another role.
    """

    def __init__(
        self,
        sync_home: SyncHome,
        on_failure: Callable[[RetryableError, float], None] | None = None,
        deadline: float = _DEADLINE_SECONDS,
    ) -> None:
        server = credentials.load(sync_home)
        if server.role != "coordinator":
            raise EnrolmentError("sync_not_coordinator", role=server.role)
        self.server = server
        self._connection = ServerConnection(server.url, server.token, _TIMEOUTS)
        self._retry = Retry(deadline, on_failure=on_failure)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def list_updates(self) -> tuple[list[Message | Package], int]:
        """Messages and packages that are not retracted, oldest first, and the last number among them."""
        return self._updates_since(0)

    def list_devices(self) -> list[DeviceRecord]:
        """Enrolled devices, revoked ones included."""
        return self._request_message(_devices, "GET", "/v1/devices").devices

    def max_package_bytes(self) -> int:
        """The server's limit for a package."""
        return self._request_message(_hello, "GET", "/v1/hello").limits.package_bytes

    def send_message(self, text: str, surveyor: str, since: int) -> int:
        """Send a message exactly once; its number, which is above ``since``."""
        body = encode(NewMessage(text=text, surveyor=surveyor))
        tried = False

        def send() -> int:
            nonlocal tried
            if tried and (found := self._find_message(text, surveyor, since)):
                return found
            tried = True
            return self._try_message(_posted, "POST", "/v1/messages", body).seq

        return self._retry.run_until_success(send)

    def offer_package(
        self,
        offer: PackageOffer,
        public: str,
        sign: Signer,
        on_bytes_sent: Callable[[int], None] | None = None,
    ) -> tuple[Package, bool]:
        """Offer a package signed with the key ``public`` (hex); the package, and whether it is new."""
        statement = package_statement(offer.content, offer.name, offer.version, offer.sha256, len(offer.data))
        query = {
            "content": offer.content,
            "name": offer.name,
            "version": offer.version,
            "signature": base64.b64encode(bytes.fromhex(sign(statement))).decode(),
            "key": base64.b64encode(bytes.fromhex(public)).decode(),
        }
        path = f"/v1/packages/{offer.sha256}?{urlencode(query)}"
        headers = {"Content-Type": "application/octet-stream"}

        def send() -> tuple[Package, bool]:
            reply = self._request("PUT", path, offer.data, headers, on_bytes_sent)
            return decode_reply(_package, reply, self._connection.host), reply.status == 201

        return self._retry.run_until_success(send)

    def retract(self, seq: int) -> Retraction:
        """Retract a message or package; ``CoordinatorError("sync_no_update")`` without such a number."""
        try:
            return self._request_message(_retraction, "DELETE", f"/v1/updates/{seq}")
        except CoordinatorError as error:
            if error.details.get("problem") == "not_found":
                raise CoordinatorError("sync_no_update", seq=seq) from error
            raise

    def _find_message(self, text: str, surveyor: str, since: int) -> int:
        items, _ = self._updates_since(since, retry=False)
        for item in items:
            if isinstance(item, Message) and (item.text, item.surveyor) == (text, surveyor):
                return item.seq
        return 0

    def _updates_since(self, since: int, *, retry: bool = True) -> tuple[list[Message | Package], int]:
        found: list[Message | Package] = []
        for _ in range(_MAX_PAGES):
            path = f"/v1/updates?since={since}"
            request = self._request_message if retry else self._try_message
            page = request(decode_updates, "GET", path)
            found += [item for item in page.items if not isinstance(item, Retraction)]
            if not page.more or page.now <= since:
                return found, max(page.now, since)
            since = page.now
        return found, since

    def _request_message(self, read: Callable[[bytes], S], method: str, path: str) -> S:
        return self._retry.run_until_success(lambda: self._try_message(read, method, path))

    def _try_message(
        self, read: Callable[[bytes], S], method: str, path: str, body: bytes | None = None
    ) -> S:
        return decode_reply(read, self._request(method, path, body), self._connection.host)

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        on_bytes_sent: Callable[[int], None] | None = None,
    ) -> ServerReply:
        try:
            return self._connection.request(method, path, body, headers, on_bytes_sent=on_bytes_sent)
        except ServerProblemError as error:
            if error.problem == "forbidden":
                raise EnrolmentError("sync_not_coordinator", role="–") from error
            detail = error.details.get("detail") or "–"
            raise CoordinatorError("sync_refused", problem=error.problem, detail=detail) from error
