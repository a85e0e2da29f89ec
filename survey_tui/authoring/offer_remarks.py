"""Remarks on what the code of a plugin offers: every hook is called, and its texts are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import signature

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.remarks import Remark, warning_remark
from survey_tui.plugins.form_files import form_file_readers
from survey_tui.plugins.hooks import Specification

LANGUAGES = ("vi", "en")
_TEXTS = ("title", "help", "label")
_PARTS = ("commands", "options")


def offer_remarks(workshop: Workshop) -> Iterator[Remark]:
    """Texts that lack a language. A hook that fails is a failure of the plugins of ``workshop``."""
    member = workshop.plugins.member(workshop.project.name)
    if member is None:
        return
    for hook in _hooks_without_arguments():
        for item in workshop.plugins.hook_result(member, hook, ()):
            for name, text in _texts(item, ""):
                for language in LANGUAGES:
                    if not text.get(language, "").strip():
                        yield warning_remark("offer_untranslated", f"{hook} {name}", language=language)
    form_file_readers(workshop.plugins)  # refuses a suffix that is not free


def _hooks_without_arguments() -> Iterator[str]:
    for name, hook in vars(Specification).items():
        if hasattr(hook, "survey_tui_spec") and len(signature(hook).parameters) == 1:  # ``self``
            yield name


def _texts(item: object, group: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """(name, text by language) of an offer and of its parts."""
    name = f"{group} {getattr(item, 'name', '') or getattr(item, 'id', '')}".strip()
    for key in _TEXTS:
        text = getattr(item, key, None)
        if isinstance(text, Mapping):
            yield name, text
    for key in _PARTS:
        for part in getattr(item, key, ()):
            yield from _texts(part, name)
