"""Directories as reproducible archives below ``data/``."""

from __future__ import annotations

import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

Unpack = Callable[[str], Path]

DATA = Path(__file__).parent / "data"


def pack(folder: Path, name: str) -> None:
    """Write ``folder`` to ``data/NAME.tar.xz``, sorted, without owners and times of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            info = archive.gettarinfo(path, str(path.relative_to(folder)))
            info.uid = info.gid = info.mtime = 0
            info.uname = info.gname = ""
            if info.isfile():
                with path.open("rb") as file:
                    archive.addfile(info, file)
            else:
                archive.addfile(info)
    DATA.joinpath(f"{name}.tar.xz").write_bytes(lzma.compress(buffer.getvalue(), preset=9))


def unpack(name: str, folder: Path) -> Path:
    """Extract ``data/NAME.tar.xz`` to ``folder``."""
    folder.mkdir(parents=True)
    data = lzma.decompress(DATA.joinpath(f"{name}.tar.xz").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")
    folder.chmod(0o700)
    return folder
