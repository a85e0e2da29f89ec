"""Who may know whom: import-linter contracts (pyproject.toml), no cycles, functions of a readable size."""

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


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_takes_part_in_an_import_cycle() -> None:
    graph = grimp.build_graph("survey_tui", "survey_questionnaires", cache_dir=None)
    behind: dict[str, set[str]] = {
        module: graph.find_upstream_modules(module) for module in graph.modules if module.count(".")
    }
    cycles = sorted(module for module, upstream in behind.items() if module in upstream)
    assert not cycles, f"modules that import themselves by way of others: {cycles}"


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
    """``__all__`` names only what the module has."""
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
