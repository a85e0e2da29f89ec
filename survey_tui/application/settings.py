"""The surveyor's settings: one small JSON file in the home, replaced as a whole."""

from __future__ import annotations

import re
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
    """``one_key``: a choice of a single answer goes on at once, without Enter. ``contact``: whom to call
    for help; ``keep_days``: how long received responses stay on the device (0: for good); ``backup_dir``: the
    directory where the store is backed up ("": nowhere)."""

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
    """The settings in ``home``; the defaults where there are none or the file cannot be understood."""
    try:
        return msgspec.json.decode((home / _FILE).read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def save_settings(home: Path, settings: Settings) -> None:
    """Replace the settings file in one step. Raises :class:`StoreError` if the disk refuses."""
    target = home / _FILE
    try:
        replace_json(target, settings)
    except OSError as error:
        raise StoreError(
            "ui_settings_write", path=str(target), reason=error.strerror or str(error)
        ) from error
