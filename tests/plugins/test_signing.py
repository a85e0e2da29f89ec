"""Signatures: only exactly what a trusted key signed is taken, and verifying needs no further package."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from survey_tui.errors import PluginError
from survey_tui.plugins.archives import write_zip
from survey_tui.plugins.installation import inspect_archive, install_archive
from survey_tui.plugins.plugin_state import PluginState, change_state
from survey_tui.plugins.signing import SIGNATURE, find_signer, new_key, public_key, sign_files
from tests.support.plugins import Point, load

from .test_archives import GOOD

pytest.importorskip("cryptography")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    new_key(tmp_path / "key")
    return tmp_path / "key"


def signed(contents: dict[str, bytes], key: Path) -> dict[str, bytes]:
    return {**contents, SIGNATURE: sign_files(contents, key)}


def code(contents: dict[str, bytes], keys: dict[str, str]) -> str:
    with pytest.raises(PluginError) as caught:
        find_signer(contents, keys)
    return caught.value.code


def test_what_was_signed_is_taken_and_nothing_else(key: Path, tmp_path: Path) -> None:
    keys = {"Sở": public_key(key)}
    whole = signed(GOOD, key)
    assert find_signer(whole, keys) == "Sở"
    assert code(GOOD, keys) == "plugin_signature_none"
    assert code({**whole, "modules/part.toml": b"x"}, keys) == "plugin_signature_files"
    assert code({**whole, "modules/more.toml": b""}, keys) == "plugin_signature_files"
    assert code({name: whole[name] for name in ("plugin.toml", SIGNATURE)}, keys) == "plugin_signature_files"
    assert code({**whole, SIGNATURE: b"{}"}, keys) == "plugin_signature_damaged"
    assert code(whole, {"other": new_key(tmp_path / "other")}) == "plugin_signature_key"
    forged = whole[SIGNATURE].replace(public_key(tmp_path / "other").encode(), b"")
    assert forged == whole[SIGNATURE]
    swapped = whole[SIGNATURE].replace(public_key(key).encode(), public_key(tmp_path / "other").encode())
    assert (
        code({**whole, SIGNATURE: swapped}, {"other": public_key(tmp_path / "other")})
        == "plugin_signature_wrong"
    )


def test_the_key_file_is_private_and_never_overwritten(key: Path) -> None:
    assert key.stat().st_mode & 0o077 == 0
    before = key.read_bytes()
    with pytest.raises(PluginError) as caught:
        new_key(key)
    assert caught.value.code == "plugin_key_file"
    assert key.read_bytes() == before


def test_a_device_that_takes_signed_plugins_only(home: Path, tmp_path: Path, key: Path, point: Point) -> None:
    change_state(home, lambda _: PluginState(signed_only=True, keys={"Sở": public_key(key)}))
    path = tmp_path / "part.zip"
    write_zip(GOOD, path)
    with pytest.raises(PluginError) as caught:
        inspect_archive(path, load(home).state)
    assert caught.value.code == "plugin_signature_none"
    write_zip(signed(GOOD, key), path)
    parcel = inspect_archive(path, load(home).state)
    assert parcel.signer == "Sở"
    folder = install_archive(parcel, home, load(home).found)
    assert load(home).names == ["national", "part"]
    (folder / "modules" / "part.toml").write_bytes(b"")
    plugins = load(home, [point("trap", "raise AssertionError('imported')\n")])
    assert plugins.names == ["national"]
    assert [failure.code for failure in plugins.failures] == [
        "plugin_signature_none",
        "plugin_signature_files",
    ]


def test_a_wrong_signature_is_never_taken_for_none(tmp_path: Path, key: Path) -> None:
    write_zip(
        {**signed(GOOD, key), "modules/part.toml": b"name = 'part'\nversion = '1'\n"}, tmp_path / "x.zip"
    )
    with pytest.raises(PluginError) as caught:
        inspect_archive(tmp_path / "x.zip", PluginState())
    assert caught.value.code == "plugin_signature_files"


def test_without_cryptography_nothing_is_signed_and_nothing_trusted(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, keys = signed(GOOD, key), {"Sở": public_key(key)}
    for name in [name for name in sys.modules if name.startswith("cryptography")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for attempt in (lambda: find_signer(whole, keys), lambda: sign_files(GOOD, key)):
        with pytest.raises(PluginError) as caught:
            attempt()
        assert caught.value.code == "plugin_crypto"
