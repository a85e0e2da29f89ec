"""Files on a USB drive that were made to harm the machine that reads them."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from survey_sync.client.bundles.file_format import BundleHeader, read_header
from survey_sync.client.device_keys import SigningKey, fingerprint
from survey_sync.client.errors import BundleError

from tests.support.devices import Home, Run
from tests.sync.client.bundles import seal, take, write


def forged(home: Home, path: Path, body: bytes = b"", head: bytes | None = None, count: int = 1) -> Path:
    """A bundle that is signed as it should be, whatever is in it."""
    key = SigningKey(home.folder)
    said = BundleHeader(
        kind="responses",
        device="evil",
        name="evil",
        key=key.public,
        created="2026-11-21T01:00:00Z",
        count=count,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
    )
    first = b"survey-sync bundle 1\n%s\n" % (head or msgspec.json.encode(said))
    path.write_bytes(first + key.sign(first).encode() + b"\n" + body)
    return path


def refusal(office: Home, path: Path) -> str:
    with pytest.raises(BundleError) as caught:
        take(office, path)
    return caught.value.code


@pytest.mark.skipif(os.name == "nt", reason="links and pipes")
def test_a_link_on_the_usb_drive_leads_nowhere(tmp_path: Path) -> None:
    device, office, drive = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "usb"
    seal(device, 1)
    bundle = write(device, drive).path
    assert bundle is not None
    precious = tmp_path / "precious"
    precious.write_text("mine")
    back = f"{bundle.stem}-{fingerprint(SigningKey(office.folder).public)}.svr"
    for end in ("", ".part", ".body"):
        (drive / (f".{back}{end}" if end else back)).symlink_to(precious)
    assert take(office, bundle).receipts == drive / back
    assert precious.read_text() == "mine"
    assert read_header(drive / back).kind == "receipts"
    assert not (drive / back).is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="links and pipes")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    office = Home(tmp_path / "office")
    os.mkfifo(tmp_path / "pipe.svb")
    (tmp_path / "zero.svb").symlink_to("/dev/zero")
    (tmp_path / "loop.svb").symlink_to("loop.svb")
    assert refusal(office, tmp_path / "pipe.svb") == "sync_bundle_not"
    assert refusal(office, tmp_path / "zero.svb") == "sync_bundle_not"
    assert refusal(office, tmp_path / "loop.svb") == "sync_bundle_unreadable"


def _spaces(size: int) -> Iterable[bytes]:
    yield from (b" " * (1 << 20) + b"\n" for _ in range(size >> 20))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "count", "code"),
    [
        (b"\n" * 1_000_000, 1_000_000, "sync_bundle_damaged"),
        ((b" " * 60 + b"\n") * 3, 2, "sync_bundle_damaged"),
        (b"".join(_spaces(100 << 20)), 100, "sync_bundle_too_large"),
        (b" " * (9 << 20), 1, "sync_bundle_too_large"),
    ],
    ids=("line feeds", "more than said", "bomb", "long line"),
)
def test_a_bomb_is_left_in_the_middle(tmp_path: Path, lines: bytes, count: int, code: str) -> None:
    office = Home(tmp_path / "office")
    path = forged(Home(tmp_path / "evil"), tmp_path / "a.svb", gzip.compress(lines), count=count)
    assert refusal(office, path) == code


def test_a_header_nested_too_deeply(tmp_path: Path) -> None:
    head = b'{"kind":"responses","device":"d","name":"d","key":"%s","created":"","x":' % (b"0" * 64)
    path = forged(
        Home(tmp_path / "evil"), tmp_path / "a.svb", head=head + b"[" * 100_000 + b"]" * 100_000 + b"}"
    )
    assert refusal(Home(tmp_path / "office"), path) == "sync_bundle_damaged"


RID = "01890000-0000-7000-8000-000000000001"
HOSTILE = (
    b'"values":[["a",%s]]' % (b"1" * 6000),
    b'"values":[["a",%s]]' % (b"[" * 900 + b"]" * 900),
    b'"values":7,"notes":7,"missing":[]',
    b'"values":[[1,2],5]',
    b'"values":[["../a\\u0000[1]/b","2"]]',
    b'"values":[],"started":"9999-12-31T23:59:59-12:00","finished":"0001-01-01T00:00:00+14:00"',
)


@pytest.mark.slow
@pytest.mark.parametrize("facts", HOSTILE, ids=("number", "deep", "no pairs", "no names", "path", "moments"))
def test_a_response_unlike_any_that_a_form_makes_hides_no_other(
    tmp_path: Path, run: Run, facts: bytes
) -> None:
    office = Home(tmp_path / "office")
    (honest,) = office.fill(1)
    line = b'{"response_id":"%s","form_id":"xa_hoi_so",%s}\n' % (RID.encode(), facts)
    taken = take(office, forged(Home(tmp_path / "evil"), tmp_path / "a.svb", gzip.compress(line)))
    assert taken.counts == {"stored": 1}
    for arguments in (("list",), ("export", "--format", "csv")):
        told = run("survey-tui", "responses", *arguments, at=office.path).stdout
        assert honest in told
        assert RID in told
    run("survey-tui", "responses", "show", RID, at=office.path)
    table = tmp_path / "table.csv"
    run("survey-tui", "responses", "export", "--format", "csv", "--output", str(table), at=office.path)
    assert {path.parent for path in tmp_path.rglob("*.csv")} == {tmp_path}
