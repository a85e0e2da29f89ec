"""Credentials of this device: the server and the token, in a file that only its owner may read.

The token is in no message, log or ``repr``.
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
    """Result of enrolment. ``since``: its moment (ISO 8601, this device's clock)."""

    url: str
    token: str
    device_id: str
    role: Role
    surveyor: str = ""
    server_name: str = ""
    since: str = ""

    def __repr__(self) -> str:
        return f"Credentials(url={self.url!r}, device_id={self.device_id!r}, role={self.role!r})"


def load(sync_home: SyncHome) -> Credentials:
    """The credentials of this home.

    Raises :class:`EnrolmentError` (``sync_not_enrolled``), and ``StoreError("sync_server_damaged")`` for an
    unreadable file.
    """
    data = read_small(sync_home.credentials)
    if data is None:
        raise EnrolmentError("sync_not_enrolled")
    try:
        found = msgspec.json.decode(data, type=Credentials)
    except msgspec.DecodeError:
        raise StoreError("sync_server_damaged", path=str(sync_home.credentials)) from None
    return msgspec.structs.replace(found, url=server_url(found.url))


def save(sync_home: SyncHome, credentials: Credentials) -> None:
    """Write the credentials of this home (mode 0600). Raises ``StoreError``."""
    write_private(sync_home.credentials, msgspec.json.encode(credentials) + b"\n")


def server_url(typed: str) -> str:
    """The address of a server in the form that requests use, without a trailing slash.

    Raises ``UsageError``: ``sync_bad_url`` (no address, or one with user name and password), and
    ``sync_not_https`` for plain HTTP to another machine.
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
    """Whether a host name or address means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
