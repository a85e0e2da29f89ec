"""Lines in and out: plain text, no control characters, whatever the input is connected to."""

from __future__ import annotations

from typing import BinaryIO

from survey_tui.console.output import write_line
from survey_tui.errors import AnswerError
from survey_tui.vietnamese import nfc

__all__ = ["LONGEST_LINE", "Lines"]

LONGEST_LINE = 100_000  # bytes; a longer one is not something that anybody typed


class Lines:
    """A conversation over a binary input and standard output.

    ``interactive`` is false for a pipe or file: then each line that is read is written out too, so that the
    transcript shows question and answer, and a wrong line must not be followed by a guess.
    """

    def __init__(self, source: BinaryIO, *, interactive: bool) -> None:
        self._source = source
        self.interactive = interactive
        self.number = 0

    def say(self, text: str = "") -> None:
        """Write a line, or several."""
        write_line(text)

    def read(self) -> str | None:
        """The next line without its end, in NFC; ``None`` at the end of the input.

        Raises :class:`AnswerError` for bytes that are not UTF-8 (``cli_not_text``), for control characters
        other than tab (the same) and for a line of more than :data:`LONGEST_LINE` bytes
        (``cli_line_too_long``).
        """
        raw = self._source.readline(LONGEST_LINE + 2)
        if not raw:
            return None
        self.number += 1
        if len(raw) > LONGEST_LINE:
            raise AnswerError("cli_line_too_long", line=self.number, limit=LONGEST_LINE)
        try:
            text = raw.decode("utf-8").removeprefix("\ufeff").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise AnswerError("cli_not_text", line=self.number) from error
        if any(ord(character) < 32 and character != "\t" for character in text):
            raise AnswerError("cli_not_text", line=self.number)
        if not self.interactive:
            self.say(f"> {text}")
        return nfc(text.strip())
