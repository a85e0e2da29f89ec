"""A coordinator: plugins in several versions, offered, and taken back, over the real server."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from survey_sync.client import credentials
from survey_sync.client.connection import ServerConnection, ServerReply
from survey_sync.client.device_keys import trust
from survey_sync.protocol.hashes import package_statement
from survey_sync.protocol.messages import MessagePosted, NewMessage, Package, encode

from survey_tui.plugins.archives import write_zip
from tests.support.devices import Home

COMMUNE = "32062"  # Cà Mau
MANIFEST = """
name = "{name}"
version = "{version}"
requires_api = 1
title.vi = "Phần riêng {name}"
title.en = "Own part {name}"

[area]
communes = ["32062"]

[[addition]]
module = "{name}"
after = "b"
"""
MODULE = """
name = "{name}"
version = "{version}"

[[question]]
type = "{kind}"
name = "{name}_n"
label.vi = "Bao nhiêu, bản {version}?"
label.en = "How many, version {version}?"
"""
CODE = """
from survey_tui.expressions import Function
from survey_tui.plugins import hookimpl

VERSION = {version!r}

@hookimpl
def expression_functions():
    return {{"{name}-version": Function("{name}-version", call=lambda: VERSION, least=0, most=0)}}
"""


def plugin(name: str, version: str, kind: str = "integer") -> dict[str, bytes]:
    """Files of a declarative plugin; a ``kind`` that does not exist makes it one that the checker refuses."""
    return {
        "plugin.toml": MANIFEST.format(name=name, version=version).encode(),
        f"modules/{name}.toml": MODULE.format(name=name, version=version, kind=kind).encode(),
    }


def wheel(name: str, version: str, needs: str = "") -> dict[str, bytes]:
    """Files of a Python plugin with one expression function."""
    info = f"{name}-{version}.dist-info"
    manifest = MANIFEST.format(name=name, version=version).partition("[[addition]]")[0]
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    return {
        f"put_{name}/__init__.py": CODE.format(name=name, version=version).encode(),
        f"put_{name}/plugin.toml": manifest.replace(
            "requires_api = 1", 'requires_api = 1\nhooks = ["expression_functions"]'
        ).encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}".encode(),
        f"{info}/entry_points.txt": f"[survey_tui]\n{name} = put_{name}\n".encode(),
    }


def archive(contents: dict[str, bytes], room: Path) -> bytes:
    """The same as a zip file."""
    path = room / "packed.zip"
    write_zip(contents, path)
    return path.read_bytes()


def described(content: bytes, key: Ed25519PrivateKey, name: str, version: str, said: bytes = b"") -> Package:
    """A signed announcement; ``said`` is signed instead of the truth."""
    sha256 = hashlib.sha256(content).hexdigest()
    statement = said or package_statement("plugin", name, version, sha256, len(content))
    return Package(
        seq=0,
        at="2026-11-21T01:00:00Z",
        content="plugin",
        name=name,
        version=version,
        sha256=sha256,
        size=len(content),
        signature=base64.b64encode(key.sign(statement)).decode(),
        key=base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )


def ask(
    home: Home, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> ServerReply:
    """Something that a coordinator's device asks."""
    given = credentials.load(home.folder)
    with ServerConnection(given.url, given.token) as line:
        return line.request(method, path, body, headers)


def put(home: Home, package: Package, content: bytes) -> int:
    """Offer this; its number."""
    fields = ("content", "name", "version", "signature", "key")
    query = urlencode({field: getattr(package, field) for field in fields})
    headers = {"Content-Type": "application/octet-stream"}
    reply = ask(home, "PUT", f"/v1/packages/{package.sha256}?{query}", content, headers)
    return msgspec.json.decode(reply.body, type=Package).seq


class Office:
    """Its device at the server, and its key."""

    def __init__(self, home: Home, room: Path) -> None:
        self.home = home
        self.room = room
        self.key = Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    def trusted_by(self, home: Home) -> None:
        trust(home.folder, "office", self.public)

    def offer(self, name: str, version: str, kind: str = "integer") -> int:
        """Offer a declarative plugin; its number."""
        return self.offer_files(name, version, plugin(name, version, kind))

    def offer_files(self, name: str, version: str, contents: dict[str, bytes]) -> int:
        return self.offer_bytes(name, version, archive(contents, self.room))

    def offer_bytes(self, name: str, version: str, content: bytes) -> int:
        return put(self.home, described(content, self.key, name, version), content)

    def write(self, text: str, surveyor: str = "") -> int:
        """A message; its number."""
        reply = ask(self.home, "POST", "/v1/messages", encode(NewMessage(text=text, surveyor=surveyor)))
        return msgspec.json.decode(reply.body, type=MessagePosted).seq

    def take_back(self, seq: int) -> None:
        ask(self.home, "DELETE", f"/v1/updates/{seq}")
