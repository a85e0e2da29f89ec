"""The session's own words (``locale/<language>/review.py``), in the language of the interview."""

from __future__ import annotations

from survey_tui.errors import SurveyError
from survey_tui.interview.environment import Surroundings
from survey_tui.locale import Translator

__all__ = ["Words"]


class Words:
    """``words("required")`` gives the message in the running language, Vietnamese if there is none."""

    def __init__(self, env: Surroundings) -> None:
        self._env = env
        self._translators: dict[str, Translator] = {}

    def __call__(self, name: str, **details: object) -> str:
        return self._translator(f"review.{name}", **details)

    def error(self, error: SurveyError) -> str:
        """What happened and what to do, for the surveyor."""
        return self._translator.error(error)

    @property
    def _translator(self) -> Translator:
        language = self._env.language
        if language not in self._translators:
            self._translators[language] = Translator(language)
        return self._translators[language]
