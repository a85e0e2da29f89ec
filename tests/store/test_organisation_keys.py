"""Key files of the office."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.store.crypto.organisation_keys import (
    key_id,
    new_private_key,
    public_key,
    public_text,
    read_private_keys,
    rotate_private_key,
    write_private_keys,
)


def test_a_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path, key = tmp_path / "office.pem", new_private_key()
    write_private_keys(path, [key])
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreError, match="key_file_exists"):
        write_private_keys(path, [new_private_key()])
    text = public_text(key.public_key())
    assert list(read_private_keys(path)) == [key_id(text)]
    assert public_key(text).public_bytes_raw() == key.public_key().public_bytes_raw()
    assert [entry.name for entry in tmp_path.iterdir()] == ["office.pem"]


def test_rotating_keeps_the_old_keys_behind_the_new_one(tmp_path: Path) -> None:
    path, first = tmp_path / "office.pem", new_private_key()
    write_private_keys(path, [first])
    second = rotate_private_key(path)
    assert list(read_private_keys(path)) == [key_id(second), key_id(public_text(first.public_key()))]


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "office.pem"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="key_bad_private"):
        read_private_keys(path)
    with pytest.raises(StoreError, match="key_unreadable"):
        read_private_keys(tmp_path / "none.pem")


@pytest.mark.parametrize(
    "text", ["", "hpke-x25519:", "hpke-x25519:AAAA", "A" * 55, "hpke-x25519:" + "é" * 43]
)
def test_a_text_of_something_else_is_no_public_key(text: str) -> None:
    with pytest.raises(StoreError, match="key_bad_public"):
        key_id(text)
