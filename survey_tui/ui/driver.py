"""Keys read without trust: bytes that are no text are no key, and a failure ends as any other does."""

from __future__ import annotations

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable
from functools import partial

from textual.drivers import linux_driver

__all__ = ["TerminalDriver"]


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual decodes what it reads strictly, so that one byte that is not UTF-8 (line noise on a serial
    line, a terminal in another encoding, a pasted file) would end the interview. Such bytes are left out."""

    def _run_input_thread(self) -> None:
        # Textual would print a traceback, and the app would not know why it ended.
        linux_driver.getincrementaldecoder = _forgiving  # type: ignore[attr-defined, assignment]
        try:
            self.run_input_thread()
        except Exception as error:  # isolation border: the thread's failure becomes the app's
            self._app.call_later(self._app._handle_exception, error)


def _forgiving(encoding: str) -> Callable[[], IncrementalDecoder]:
    return partial(getincrementaldecoder(encoding), "ignore")
