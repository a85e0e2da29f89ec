"""Input and output of a terminal that may send anything and may be gone.

Bytes that are not text are no key, Esc is a key of its own however fast the next one follows, and pasted
escape sequences stay text.
"""

from __future__ import annotations

import os
import re
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

if TYPE_CHECKING:
    from io import TextIOWrapper


class TerminalOutput:
    """A terminal that accepts writes after it was closed and drops them.

    Textual writes in its own thread behind a short queue. An error would end the thread, the queue would fill
    up, and the program would wait for it forever instead of ending.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> int:
        if not self._gone:
            try:
                self._file.write(text)
            except OSError:
                self._gone = True
        return len(text)

    def flush(self) -> None:
        if not self._gone:
            try:
                self._file.flush()
            except OSError:
                self._gone = True

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


_ESCAPE = "\x1b"
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_TICK = 0.1
"""Seconds after which an Esc that nothing followed is the key."""
_LOST_END = 30
"""Ticks of silence after which a paste is taken to have ended."""

# Not what begins a sequence (CSI, SS3), and what Alt makes of keys that edit (word left and right, delete
# word, Shift+Tab). This program has no other key with Alt.
_ALONE = re.compile(r"\x1b(?![\[Obf\x7f\t])")


class TerminalInput:
    """Converts bytes to key events, mouse events and pasted text, and hands them to ``deliver``.

    Textual's parser takes Esc and a key in one burst for a key with Alt, and loses the beginning of a paste
    that has an escape sequence in it; it gets neither of them from here.
    """

    def __init__(self, parser: XTermParser, deliver: Callable[[Message], None]) -> None:
        self._parser = parser
        self._deliver = deliver
        self._decoder = getincrementaldecoder("utf-8")("ignore")
        self._held = ""  # may be the beginning of a paste, or Esc
        self._paste: str | None = None
        self._silent_ticks = 0

    def feed(self, data: bytes) -> None:
        """Handle bytes from the terminal."""
        self._silent_ticks = 0
        text = self._held + self._decoder.decode(data)
        self._held = ""
        while text:
            text = self._handle_typed(text) if self._paste is None else self._handle_paste(self._paste + text)
        self._tick()

    def handle_timeout(self) -> None:
        """Handle a tick without input."""
        self._silent_ticks += 1
        if self._paste is not None and self._silent_ticks >= _LOST_END:
            self._end_paste(self._paste)
        held, self._held = self._held, ""
        if held == _ESCAPE:
            self._deliver(events.Key("escape", _ESCAPE))
        elif held:
            self._parse(held)
        self._tick()

    def _handle_typed(self, text: str) -> str:
        """Handle text up to a paste; return the rest."""
        before, begins, rest = text.partition(_PASTE_BEGINS)
        if begins:
            self._paste = ""
        else:
            lengths = range(len(_PASTE_BEGINS) - 1, 0, -1)
            kept = next((length for length in lengths if text.endswith(_PASTE_BEGINS[:length])), 0)
            cut = len(text) - kept
            before, self._held = text[:cut], text[cut:]
        self._keys(before)
        return rest

    def _keys(self, text: str) -> None:
        begin = 0
        for found in _ALONE.finditer(text):
            self._parse(text[begin : found.start()])
            self._deliver(events.Key("escape", _ESCAPE))
            begin = found.end()
        self._parse(text[begin:])

    def _handle_paste(self, text: str) -> str:
        """Collect pasted text; return the text after it."""
        body, ends, rest = text.partition(_PASTE_ENDS)
        if ends:
            self._end_paste(body)
        else:
            self._paste = text
        return rest

    def _end_paste(self, text: str) -> None:
        self._paste = None
        self._deliver(events.Paste(text.replace("\x00", "")))

    def _parse(self, text: str) -> None:
        if text:  # nothing would mean the end to the parser
            for message in self._parser.feed(text):
                self._deliver(message)

    def _tick(self) -> None:
        for message in self._parser.tick():
            self._deliver(message)


class TerminalDriver(LinuxDriver):
    """Textual's driver with :class:`TerminalInput` between the terminal and its parser. Textual decodes
    strictly: one byte that is not UTF-8 (noise on a serial line, another encoding) would end the
    interview."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if self._file is not None:
            self._file = cast("TextIOWrapper", TerminalOutput(self._file))

    def _sigcont_application(self, *_: object) -> None:
        # A terminal that closes sends SIGCONT too, to a program that was never suspended. Textual would start
        # its threads a second time, and the first reader would keep the program from ending.
        if self._must_signal_resume:
            super()._sigcont_application()

    def _run_input_thread(self) -> None:
        # Textual would print a traceback, and the app would not know why it ended.
        try:
            self.run_input_thread()
        except Exception as error:  # isolation border: the thread's failure becomes the app's
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        arriving = TerminalInput(XTermParser(self._debug), self.process_message)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                data = os.read(self.fileno, 4096) if selector.select(_TICK) else None
                if data:
                    arriving.feed(data)
                else:
                    arriving.handle_timeout()
                    if data is not None:  # the end of a pipe stays readable
                        self.exit_event.wait(_TICK)
