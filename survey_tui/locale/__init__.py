"""Texts of both programs: Vietnamese (default) and English.

A message has a key ``<subject>.<name>``; its text in language ``vi`` is in ``locale/vi/<subject>.py``, an
entry of the dictionary ``MESSAGES``. A subject is imported with its first message, so start-up imports those
of the first screen only. Placeholders are named ones of ``str.format``. Vocabulary: ``docs/glossary.md``.
"""

from __future__ import annotations

from importlib import import_module

from survey_tui.errors import SurveyError

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Translator"]

DEFAULT_LANGUAGE = "vi"
LANGUAGES = ("vi", "en")


class Translator:
    """Messages in one language.

    ``translator("home.title")`` is the text; keyword arguments fill its placeholders. An unknown key raises
    ``KeyError``.
    """

    def __init__(self, language: str = DEFAULT_LANGUAGE) -> None:
        self.language = language if language in LANGUAGES else DEFAULT_LANGUAGE
        self._subjects: dict[str, dict[str, str]] = {}

    def __call__(self, key: str, **details: object) -> str:
        subject, _, name = key.partition(".")
        if subject not in self._subjects:
            self._subjects[subject] = import_module(f"survey_tui.locale.{self.language}.{subject}").MESSAGES
        text = self._subjects[subject][name]
        return text.format(**details) if details else text

    def error(self, error: SurveyError) -> str:
        """The message of an error: its cause, its place, and the remedy."""
        return self(f"errors.{error.code}", **error.details)
