"""A questionnaire directory of one survey, written from a few lines of TOML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.forms.findings import Finding

SURVEY = """
id = "s"
version = "1"
title.vi = "Khảo sát"
title.en = "Survey"
languages = ["vi", "en"]
default_language = "vi"
modules = {modules}
"""

MODULE = """name = "m"
version = "1"
[[list]]
name = "yn"
choices = [
  { name = "1", label.vi = "Có", label.en = "Yes" },
  { name = "0", label.vi = "Không", label.en = "No" },
]
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write("…")``: a directory whose survey ``s`` has the module ``m``, a list ``yn`` and this body.

    Further files by path: ``write("…", {"lists/x.toml": "…"})``.
    """

    def write(body: str = "", files: dict[str, str] | None = None, modules: tuple[str, ...] = ("m",)) -> Path:
        root = tmp_path / "questionnaires"
        names = "[" + ", ".join(f'"{name}"' for name in modules) + "]"
        contents = {
            "surveys/s.toml": SURVEY.format(modules=names),
            "modules/m.toml": MODULE + body,
            **(files or {}),
        }
        for name, content in contents.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return root

    return write


def brief(findings: list[Finding]) -> list[str]:
    """Findings in one line each, to compare: ``error unknown_list a type``."""
    return [" ".join(filter(None, (each.severity, each.code, each.item, each.column))) for each in findings]
