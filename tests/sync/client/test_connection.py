"""Addresses, certificates and clocks that a device accepts."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from survey_sync.client.credentials import server_url

from survey_tui.errors import ExitCode, UsageError
from tests.support.devices import Home
from tests.support.misbehaving_server import HELLO, Answer, Asked, strange_server


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://thu.example.vn/", "https://thu.example.vn"),
        ("thu.example.vn", "https://thu.example.vn"),
        (" https://thu.example.vn:8443/sync ", "https://thu.example.vn:8443/sync"),
        ("http://127.0.0.1:8320", "http://127.0.0.1:8320"),
        ("http://[::1]:8320", "http://[::1]:8320"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert server_url(typed) == address


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://thu.example.vn", "sync_not_https"),
        ("http://127.0.0.1.example.vn", "sync_not_https"),
        ("http://192.168.1.5", "sync_not_https"),
        ("ftp://thu.example.vn", "sync_bad_url"),
        ("https://", "sync_bad_url"),
        ("https://u:secret@thu.example.vn", "sync_bad_url"),
        ("https://thu.example.vn/?a=1", "sync_bad_url"),
        ("https://thu.example.vn:port", "sync_bad_url"),
        ("https://thu example.vn", "sync_bad_url"),
        ("https://thu.example.vn/\x1b[31m", "sync_bad_url"),
        ("https://\u202env.example", "sync_bad_url"),
        ("", "sync_bad_url"),
    ],
)
def test_addresses_that_are_refused(typed: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        server_url(typed)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


def certificate(path: Path, *, days: int) -> None:
    """A self-signed certificate for 127.0.0.1, valid for ``days`` from a year ago."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=365)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)


@pytest.mark.server
@pytest.mark.parametrize("case", ["unknown", "expired", "trusted"])
def test_certificates(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    pem = tmp_path / "server.pem"
    certificate(pem, days=300 if case == "expired" else 3650)
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(str(self.headers.get("Authorization")))
            reply = Answer(HELLO, 503)
            self.send_response(reply.status)
            for header, value in reply.headers.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None: ...

    http = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    if case != "unknown":
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    home.fill(1)
    home.believe(f"https://127.0.0.1:{http.server_port}")
    try:
        report = home.push(deadline=60 if case != "trusted" else 0)
    finally:
        http.shutdown()
        http.server_close()
    assert report.error is not None
    if case == "trusted":
        assert report.error.code == "sync_busy_server"
        assert heard
        return
    assert report.exit_code == ExitCode.UNTRUSTED
    assert not heard  # the token never left
    assert home.statuses() == dict.fromkeys(home.statuses(), "final")


@pytest.mark.server
def test_a_clock_that_is_wrong_by_years_is_reported_and_changes_nothing(home: Home) -> None:
    home.fill(1)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/v1/hello":
            return Answer(HELLO.replace(b"2026-11-21", b"2019-01-01"))
        return Answer(
            b"",
            503,
            {"Date": "Tue, 01 Jan 2019 00:00:00 GMT", "Retry-After": "Tue, 01 Jan 2019 02:00:00 GMT"},
        )

    with strange_server(answer) as strange:
        home.believe(strange.url)
        report = home.push(deadline=5)
    assert report.seconds_off is not None
    assert report.seconds_off > 5 * 365 * 86400
    assert report.waiting == 1
