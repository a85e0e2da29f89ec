"""The typing engine of an editor: new text from the text before the cursor and a key."""

from __future__ import annotations

from survey_tui.vietnamese.normal_form import nfc
from survey_tui.vietnamese.typing.orthography import place_tones
from survey_tui.vietnamese.typing.word_composer import Kind, Layout, compose, keys_for


class TypingEngine:
    """Vietnamese typing by one layout; defined for any text and key, and its results are NFC.

    ``modern`` places tones as in ``hoà, thuý`` instead of ``hòa, thúy``. The engine remembers the keys of the
    word that it composed last, to restore them when the word turns out not to be Vietnamese. It derives the
    keys of other text (the cursor moved). Each editor has its own engine.
    """

    def __init__(self, layout: Layout, *, modern: bool = False) -> None:
        self._layout = layout
        self._modern = modern
        self._forget()

    def _forget(self) -> None:
        self._shown = ""
        self._keys: str | None = ""  # None: the word is taken literally

    def feed(self, text: str, key: str) -> str:
        """The text after one key. ``text`` is the text before the cursor, or only its last word.

        A key that is not part of a word (a space, punctuation) ends the word (see ``finish``). More than one
        character at a time (a paste) is appended as it is.
        """
        if len(key) != 1 or not self._in_word(key):
            done = self.finish(text)
            return nfc(done + key)
        head, word = self._last_word(nfc(text))
        keys = self._keys_of(word)
        if keys is None:
            self._shown, self._keys = nfc(word + key), None
        else:
            self._keys = keys + key
            self._shown = nfc(compose(self._keys, self._layout, modern=self._modern).text)
        return nfc(head + self._shown)

    def backspace(self, text: str) -> str:
        """The text without its last character; the tone goes where the shorter word has it (``hòa``)."""
        head, word = self._last_word(nfc(text)[:-1])
        was_literal = self._keys_of(nfc(text)[len(head) :]) is None
        keys = None if was_literal and word else self._read(word)
        if keys is not None and word:
            word = compose(keys, self._layout, modern=self._modern).text
        self._shown, self._keys = word, keys
        return head + word

    def finish(self, text: str) -> str:
        """The text at the end of a word: marked letters that are no syllable become the keys as typed."""
        head, word = self._last_word(nfc(text))
        keys = self._keys
        known = word and word == self._shown
        self._forget()
        if known and keys and not compose(keys, self._layout, modern=self._modern).complete:
            return head + keys
        return head + word

    def _in_word(self, character: str) -> bool:
        return character.isalpha() or (self._layout.digits and character.isdigit())

    def _last_word(self, text: str) -> tuple[str, str]:
        start = len(text)
        while start and self._in_word(text[start - 1]):
            start -= 1
        return text[:start], text[start:]

    def _keys_of(self, word: str) -> str | None:
        return self._keys if word and word == self._shown else self._read(word)

    def _read(self, word: str) -> str | None:
        """Keys of a word that the engine did not make; ``None`` if composing them would change the word."""
        keys = keys_for(word, self._layout)
        composed = compose(keys, self._layout, modern=self._modern)
        if composed.kind is Kind.UNDONE:
            return None
        same = composed.text == word or composed.text == place_tones(word, modern=self._modern)
        return keys if same else None
