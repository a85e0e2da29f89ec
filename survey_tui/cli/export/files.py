"""A file that appears whole or not at all, or standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from survey_tui.errors import StoreError

__all__ = ["target"]


@contextmanager
def target(path: Path | None) -> Iterator[BinaryIO]:
    """Something to write bytes to. A file is written beside its place and moved there once it is complete."""
    if path is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreError("cli_output", path=path, reason=error.strerror or type(error).__name__) from error
    finally:
        draft.unlink(missing_ok=True)
