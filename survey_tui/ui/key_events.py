"""A key press, independent of the terminal that sent it."""

from __future__ import annotations

import sys
from typing import NamedTuple, Protocol


class KeyEvent(NamedTuple):
    """A key press. ``name`` is as in bindings (``enter``, ``ctrl+g``, ``a``); ``character`` is its text or
    ``""``."""

    name: str
    character: str = ""


class TextualKeyEvent(Protocol):
    """The part of a Textual key event that is used."""

    key: str
    character: str | None


def key_event_from_textual(event: TextualKeyEvent, erase: str = "\x7f") -> KeyEvent:
    """The key press of ``event``.

    A terminal sends the same byte for ``^H`` and for the Backspace key of some keyboards; ``erase``, the
    terminal's erase character (:func:`erase_character`), decides between them.
    """
    character = event.character or ""
    if event.key == "backspace" and character == "\x08" and erase != "\x08":
        return KeyEvent("ctrl+h")
    if character and character.isprintable():
        return KeyEvent(event.key if character == " " else character, character)
    return KeyEvent(event.key)


def erase_character() -> str:
    """The erase character of the terminal on standard input; ``"\\x7f"`` if there is no terminal."""
    try:
        import termios

        control_characters = termios.tcgetattr(sys.__stdin__.fileno())[6]  # type: ignore[union-attr]
        erase = control_characters[termios.VERASE]
    except (ImportError, OSError, ValueError, AttributeError, termios.error):
        return "\x7f"
    return erase.decode("latin-1") if isinstance(erase, bytes) else chr(erase)
