"""Settings: kept as a whole, forgiving when read."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.application.settings import Settings, load_device_id, load_settings, save_settings
from survey_tui.errors import StoreError


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    settings = Settings(language="en", typing="vni", theme="ascii", mouse=False, surveyor="CM001")
    save_settings(tmp_path / "home", settings)
    assert load_settings(tmp_path / "home") == settings
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"theme": "pink"}', b"\xff\xfe", b'{"mouse": "maybe"}']
)
def test_a_damaged_file_means_defaults(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    assert load_settings(tmp_path) == Settings()


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path: Path) -> None:
    blocker = tmp_path / "home"
    blocker.write_text("not a directory")
    with pytest.raises(StoreError) as caught:
        save_settings(blocker, Settings())
    assert caught.value.code == "ui_settings_write"


def test_the_device_id_is_made_up_once(tmp_path: Path) -> None:
    first = load_device_id(tmp_path)
    assert len(first) == 16
    assert load_device_id(tmp_path) == load_settings(tmp_path).device == first


def test_a_device_id_that_cannot_be_kept_serves_one_run(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no directory")
    errors: list[StoreError] = []
    assert len(load_device_id(tmp_path / "home", on_failure=errors.append)) == 16
    assert [error.code for error in errors] == ["ui_settings_write"]
    with pytest.raises(StoreError):
        load_device_id(tmp_path / "home")
