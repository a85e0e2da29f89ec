"""Messages exist in every language with the same placeholders; keys in the source exist."""

from __future__ import annotations

import ast
import builtins
import string
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from survey_tui.locale import LANGUAGES

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "survey_tui" / "locale"
SOURCES = [path for path in ROOT.glob("survey_tui/**/*.py") if LOCALE not in path.parents]
SUBJECTS = sorted({path.stem for path in LOCALE.glob("*/*.py")} - {"__init__"})
CATALOGUE = {
    (language, subject): import_module(f"survey_tui.locale.{language}.{subject}").MESSAGES
    for language in LANGUAGES
    for subject in SUBJECTS
    if (LOCALE / language / f"{subject}.py").exists()
}


def placeholders(text: str) -> set[str]:
    return {
        name.partition(".")[0].partition("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name
    }


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_languages_have_the_same_messages(subject: str) -> None:
    for language in LANGUAGES:
        assert (language, subject) in CATALOGUE, f"locale/{language}/{subject}.py is missing"
    first, *others = [CATALOGUE[language, subject] for language in LANGUAGES]
    for other in others:
        assert sorted(first) == sorted(other)
        differing = [key for key in first if placeholders(first[key]) != placeholders(other[key])]
        assert differing == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_key_is_twice_in_a_file(subject: str) -> None:
    for language in LANGUAGES:
        tree = ast.parse((LOCALE / language / f"{subject}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                keys = [str(key.value) for key in node.keys if isinstance(key, ast.Constant)]
                assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)


def calls(tree: ast.Module) -> Iterator[tuple[str, str, ast.Call]]:
    """Calls in a module: called name, first argument if it is a string, node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for constant in _texts(node.args[0]):
                yield name, constant, node


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_errors_that_are_raised_have_messages(source: Path) -> None:
    messages = CATALOGUE[LANGUAGES[0], "errors"]
    for name, code, call in calls(ast.parse(source.read_text(encoding="utf-8"))):
        if not name.endswith("Error") or not code.isidentifier() or "_" not in code:
            continue
        if hasattr(builtins, name):
            continue
        assert code in messages, f"{source.name}:{call.lineno}: errors.{code} has no words"
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:
            missing = placeholders(messages[code]) - {name for name in given if name}
            assert not missing, f"{source.name}:{call.lineno}: errors.{code} needs {missing}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_keys_that_the_source_names_exist(source: Path) -> None:
    for _, text, call in calls(ast.parse(source.read_text(encoding="utf-8"))):
        subject, _, key = text.partition(".")
        if subject in SUBJECTS and key.isidentifier():
            assert key in CATALOGUE[LANGUAGES[0], subject], f"{source.name}:{call.lineno}: no message {text}"


@pytest.mark.parametrize(
    "source", sorted(ROOT.glob("survey_tui/forms/**/*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_findings_about_forms_have_messages(source: Path) -> None:
    for name, code, call in calls(ast.parse(source.read_text(encoding="utf-8"))):
        if name in ("error", "warning") and code.isidentifier():
            assert code in CATALOGUE[LANGUAGES[0], "check"], f"{source.name}:{call.lineno}: check.{code}"
