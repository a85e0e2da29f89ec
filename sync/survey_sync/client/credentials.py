"""Which server, and the token that it knows this device by: one file that only its owner may read.

The token never stands in a message, a log or a ``repr``.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from survey_sync.client.errors import EnrolmentError
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.protocol.messages import Role
from survey_tui.errors import StoreError, UsageError


class Credentials(Struct, frozen=True, kw_only=True):
    """What enrolment gave. ``since``: ISO 8601 by this device's clock."""

    url: str
    token: str
    device_id: str
    role: Role
    surveyor: str = ""
    server_name: str = ""
    since: str = ""

    def __repr__(self) -> str:
        return f"Credentials(url={self.url!r}, device_id={self.device_id!r}, role={self.role!r})"


def load(folder: SyncHome) -> Credentials:
    """The credentials of this home.

    Raises :class:`EnrolmentError` (``sync_not_enrolled``), and ``StoreError("sync_server_damaged")`` for a
    file that is not readable as such.
    """
    data = read_small(folder.credentials)
    if data is None:
        raise EnrolmentError("sync_not_enrolled")
    try:
        found = msgspec.json.decode(data, type=Credentials)
    except msgspec.DecodeError:
        raise StoreError("sync_server_damaged", path=str(folder.credentials)) from None
    return msgspec.structs.replace(found, url=server_url(found.url))


def save(folder: SyncHome, credentials: Credentials) -> None:
    """Keep them (mode 0600)."""
    write_private(folder.credentials, msgspec.json.encode(credentials) + b"\n")


def server_url(typed: str) -> str:
    """The address of a server as requests use it, without a slash at its end.

    Raises ``UsageError``: ``sync_bad_url`` (not an address, or with a name and password in it), and
    ``sync_not_https`` for a plain one that is not on this machine.
    """
    text = typed.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError("sync_bad_url", url=text) from None
    strange = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not host or strange or " " in text or not text.isprintable():
        shown = f"{parts.scheme}://{host}" if strange else text  # a password is not repeated
        raise UsageError("sync_bad_url", url=shown)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError("sync_not_https", url=text)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether this name or address is this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
