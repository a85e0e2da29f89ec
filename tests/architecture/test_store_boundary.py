"""Only ``survey_tui/store/journal`` uses the journal's index; other code reads documents."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = ("survey_tui", "sync/survey_sync", "plugins", "benchmarks")
INDEX_MODULE = "survey_tui.store.journal.index"


def index_uses(source: str) -> list[int]:
    """Lines that import the index, or that ask a journal or a stored table for it."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        imported = isinstance(node, ast.ImportFrom) and node.module == INDEX_MODULE
        named = isinstance(node, ast.Import) and any(name.name == INDEX_MODULE for name in node.names)
        asked = isinstance(node, ast.Attribute) and (
            (node.attr == "index" and "journal" in ast.unparse(node.value)) or node.attr == "index_entries"
        )
        if imported or named or asked:
            lines.append(node.lineno)  # type: ignore[attr-defined]
    return lines


def test_nothing_outside_the_journal_reads_its_index() -> None:
    outside = [
        path
        for program in PROGRAMS
        for path in sorted((ROOT / program).rglob("*.py"))
        if "survey_tui/store/journal" not in path.as_posix()
        and "survey_tui.store" in path.read_text(encoding="utf-8")
    ]
    assert len(outside) > 30
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in outside
        if (lines := index_uses(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_use_of_the_index_is_found() -> None:
    assert index_uses("self._journal.index.tables") == [1]
    assert index_uses("from survey_tui.store.journal.index import Index") == [1]
    assert index_uses("StoredTable(journal, 'responses').index_entries") == [1]
    assert index_uses("names.index(before)") == []
