"""Import contracts (pyproject.toml), import cycles, and the size of modules and functions."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("survey_tui/**/*.py"), *ROOT.glob("questionnaires/**/*.py")])
LONGEST_FUNCTION = 60  # lines; most have fewer than 25
LONGEST_MODULE = 400


@pytest.mark.slow
def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def cyclic_modules(imports: dict[str, set[str]]) -> list[str]:
    """Modules on import cycles or between two of them: modules without imports, or without importers, are
    removed until none is left to remove."""
    left = set(imports)
    while True:
        importers = {name: {each for each in left if name in imports[each]} for name in left}
        loose = {name for name in left if not imports[name] & left or not importers[name]}
        if not loose:
            return sorted(left)
        left -= loose


def imports_of(*packages: str, type_checking: bool) -> dict[str, set[str]]:
    """Imports between the modules of ``packages``, those inside functions included."""
    graph = grimp.build_graph(*packages, cache_dir=None, exclude_type_checking_imports=not type_checking)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_cyclic_modules_are_found() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"a"}}
    assert cyclic_modules(imports) == ["b", "c"]


def test_no_module_takes_part_in_an_import_cycle() -> None:
    packages = ("survey_tui", "survey_questionnaires", "survey_sync")
    assert cyclic_modules(imports_of(*packages, type_checking=False)) == []


def test_screens_have_no_import_cycle_even_for_type_checking() -> None:
    found = imports_of("survey_tui", "survey_sync", type_checking=True)
    imports = {
        name: {each for each in imported if each.startswith("survey_tui.ui")}
        for name, imported in found.items()
        if name.startswith("survey_tui.ui")
    }
    assert "survey_tui.ui.screens.base" in imports["survey_tui.ui.app"]
    assert cyclic_modules(imports) == []


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    if "locale" not in source.parts:
        assert text.count("\n") <= LONGEST_MODULE
    long = [
        f"{function.name}: {lines} lines"
        for function in functions(ast.parse(text))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_names_are_declared_and_exist(source: Path) -> None:
    """Every name in ``__all__`` exists."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    defined = set(_names(tree))
    declared: list[str] = next((ast.literal_eval(value) for value in _values_of(tree, "__all__")), [])
    assert sorted(set(declared) - defined) == []


def _values_of(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            yield node.value


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
