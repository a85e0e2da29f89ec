"""Fixture: a questionnaire directory of one survey."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.questionnaires import MODULE, SURVEY, Write


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
