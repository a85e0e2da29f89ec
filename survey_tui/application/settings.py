"""Settings of the surveyor: a JSON file in the home, replaced atomically."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from survey_tui.errors import StoreError
from survey_tui.files import replace_json

Theme = Literal["auto", "dark", "light", "16", "ascii"]
Typing = Literal["off", "telex", "vni"]
THEMES: tuple[Theme, ...] = ("auto", "dark", "light", "16", "ascii")
TYPING: tuple[Typing, ...] = ("off", "telex", "vni")
SURVEYOR_CODE = re.compile(r"[A-Z]{2}[0-9]{3}")
_FILE = "settings.json"


class Settings(Struct, frozen=True, kw_only=True):
    """``one_key``: the key of a choice also confirms it, without Enter. ``contact``: whom to call for help.
    ``keep_days``: days that received responses stay on the device (0: without limit). ``backup_dir``:
    directory of the automatic backup (``""``: none). ``device``: the device's id in responses."""

    language: Literal["vi", "en"] = "vi"
    typing: Typing = "off"
    theme: Theme = "auto"
    mouse: bool = True
    one_key: bool = False
    surveyor: str = ""
    commune: str = ""
    area: str = ""
    survey: str = ""
    contact: str = ""
    device: str = ""
    keep_days: int = 0
    backup_dir: str = ""


def load_settings(home: Path) -> Settings:
    """The settings in ``home``; the defaults where the file is missing or damaged."""
    try:
        return msgspec.json.decode((home / _FILE).read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def save_settings(home: Path, settings: Settings) -> None:
    """Replace the settings file. Raises ``StoreError("ui_settings_write")`` if the disk refuses."""
    target = home / _FILE
    try:
        replace_json(target, settings)
    except OSError as error:
        raise StoreError(
            "ui_settings_write", path=str(target), reason=error.strerror or str(error)
        ) from error


def load_device_id(home: Path, *, on_failure: Callable[[StoreError], object] | None = None) -> str:
    """Id of this device in every response, created once and kept in the settings.

    If it cannot be saved, ``on_failure`` gets the error and the id is used for this run only; without
    ``on_failure``, :class:`StoreError` is raised.
    """
    settings = load_settings(home)
    if settings.device:
        return settings.device
    import secrets

    settings = msgspec.structs.replace(settings, device=secrets.token_hex(8))
    try:
        save_settings(home, settings)
    except StoreError as error:
        if on_failure is None:
            raise
        on_failure(error)
    return settings.device
