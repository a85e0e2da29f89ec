"""The interview that the command line asks for."""

from __future__ import annotations

from msgspec import Struct


class StartRequest(Struct, frozen=True, kw_only=True):
    """An interview to open on top of Home: the response ``resume``, or a new one of ``survey``."""

    resume: str = ""
    survey: str = ""
    commune: str = ""
    area: str = ""
    household: str = ""
    surveyor: str = ""
