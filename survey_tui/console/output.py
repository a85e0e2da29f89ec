"""The one module that writes to standard output: data and nothing else.

Text for people is cleaned of what could drive a terminal; JSON escapes control characters by itself. What the
other end of a pipe or a full disk does is told by :class:`ReaderGoneError` and ``StoreError("cli_output")``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from survey_tui.errors import ExitCode, StoreError, SurveyError
from survey_tui.vietnamese import clean


class ReaderGoneError(SurveyError):
    """Whoever read standard output has closed it: nothing to tell, nobody to tell it to."""

    exit_code = ExitCode.PIPE


def write_line(text: str = "") -> None:
    """One line (or several, as they are) of text."""
    with _translated():
        sys.stdout.write("\n".join(clean(line) for line in text.split("\n")) + "\n")


def write_json(value: object) -> None:
    """One JSON document, indented, with a line end."""
    import msgspec

    write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def write_bytes(data: bytes) -> None:
    """Bytes exactly as they are."""
    with _translated():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns aligned by spaces under their headings; tabs and line ends within a cell become spaces."""
    table = [list(head)] + [[" ".join(clean(cell).split()) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    with _translated():
        for row in table:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            sys.stdout.write("  ".join(cells).rstrip() + "\n")


def flush() -> None:
    """Hand over what is still buffered."""
    with _translated():
        sys.stdout.flush()


def forget() -> None:
    """Give up what is still buffered, so that the interpreter does not try again at its end."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError("cli_reader_gone") from error
    except OSError as error:
        raise StoreError(
            "cli_output", path="stdout", reason=error.strerror or type(error).__name__
        ) from error
