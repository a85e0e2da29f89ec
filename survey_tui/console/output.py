"""Standard output, for data only; everything written to it goes through this module.

Control characters are removed from text and escaped in JSON. A closed pipe raises :class:`ReaderGoneError`, a
full disk ``StoreError("cli_output")``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from survey_tui.errors import ExitCode, StoreError, SurveyError
from survey_tui.vietnamese import clean


class ReaderGoneError(SurveyError):
    """The reader of standard output has closed it; the program ends without a message."""

    exit_code = ExitCode.PIPE


def write_line(text: str = "") -> None:
    """Write one or several lines of text."""
    with _output_errors():
        sys.stdout.write("\n".join(clean(line) for line in text.split("\n")) + "\n")


def write_json(value: object) -> None:
    """Write an indented JSON document and a line end."""
    import msgspec

    write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def write_bytes(data: bytes) -> None:
    with _output_errors():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write columns aligned by spaces; tabs and line ends within a cell become spaces."""
    table = [list(head)] + [[" ".join(clean(cell).split()) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    with _output_errors():
        for row in table:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            sys.stdout.write("  ".join(cells).rstrip() + "\n")


def flush() -> None:
    with _output_errors():
        sys.stdout.flush()


def discard_stdout() -> None:
    """Redirect standard output to the null device, so that the interpreter can flush its buffer at exit."""
    with open(os.devnull, "wb") as null:  # noqa: PTH123
        os.dup2(null.fileno(), sys.stdout.fileno())


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError("cli_reader_gone") from error
    except OSError as error:
        raise StoreError(
            "cli_output", path="stdout", reason=error.strerror or type(error).__name__
        ) from error
