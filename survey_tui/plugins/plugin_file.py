"""The file that makes a folder a plugin: its name, and its bytes."""

from __future__ import annotations

import os

__all__ = ["MANIFEST", "MAX_MANIFEST", "read_manifest"]

MANIFEST = "plugin.toml"
MAX_MANIFEST = 512 * 1024
"""Bytes; 81 official figures written out take 40 KB."""


def read_manifest(folder: str) -> bytes:
    """The bytes of ``folder/plugin.toml``, one more than allowed at most. Raises ``OSError``."""
    path = os.path.join(folder, MANIFEST)  # noqa: PTH118  pathlib costs 10 ms at start-up
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(MAX_MANIFEST + 1)
