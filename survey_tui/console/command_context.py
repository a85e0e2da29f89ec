"""Command context: the application context with diagnostics and a passphrase prompt."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from survey_tui.application.context import AppContext
from survey_tui.console.diagnostics import Diagnostics
from survey_tui.locale import LANGUAGES

if TYPE_CHECKING:
    from survey_tui.store import KeyRing


class CommandContext(AppContext):
    """An :class:`AppContext` with ``diagnostics``."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.diagnostics = Diagnostics(lambda: self.words)
        super().__init__(environment, self.diagnostics, self._prompt_keys)

    @classmethod
    def for_arguments(cls, arguments: Sequence[str]) -> CommandContext:
        """A context with ``--home`` and ``--language``, even if the rest of the command line is wrong."""
        context = cls(os.environ)
        language = _find_option(arguments, "--language")
        context.language_option = language if language in LANGUAGES else None
        context.home_option = _find_option(arguments, "--home")
        return context

    def _prompt_keys(self, _context: AppContext) -> KeyRing:
        from survey_tui.console.passphrase_prompt import prompt_keys

        return prompt_keys(self, self.diagnostics)


def _find_option(arguments: Sequence[str], option: str) -> str | None:
    """The last value of ``option`` in an unparsed command line."""
    for index in range(len(arguments) - 1, -1, -1):
        if arguments[index] == option and index + 1 < len(arguments):
            return arguments[index + 1]
        if arguments[index].startswith(f"{option}="):
            return arguments[index].partition("=")[2]
    return None
