"""Every function is documented, and every error has a message."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from survey_tui.errors import ExpressionError
from survey_tui.expressions import BUILTINS, compile_expression
from survey_tui.locale import LANGUAGES, Translator

from .world import Household

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "expressions.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_function_is_documented(name: str) -> None:
    assert f"`{name}(" in REFERENCE


def test_every_deviation_is_documented() -> None:
    listed = tomllib.loads((ROOT / "tests" / "conformance" / "deviations.toml").read_text("utf-8"))
    assert not [case for table in listed.values() for case in table if case not in REFERENCE]


def test_examples_compile() -> None:
    home = Household()
    for line in REFERENCE.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
        if len(cells) > 3 and cells[2].startswith("`") and "→" in cells[2]:
            example = cells[2].split("→")[0].strip().strip("`").replace("\\|", "|")
            compile_expression(example, home.p_note if "position(..)" in example else home.result)


def _codes() -> set[str]:
    """The codes raised in the room, read from its source."""
    found: set[str] = set()
    for path in (ROOT / "survey_tui" / "expressions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id in ("failure", "unknown") and isinstance(first, ast.Constant):
                    found.add(f"expressions_{first.value!s}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_words(language: str) -> None:
    translator = Translator(language)
    extra = {
        f"expressions_{code}"
        for code in ("syntax", "syntax_end", "syntax_value", "syntax_operator", "syntax_name")
    }
    for code in sorted(_codes() | extra):
        translator(f"errors.{code}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "1 +",
        "1 2",
        "(1",
        "../",
        "${agee}",
        "${zzzz}",
        "foo()",
        "selecte()",
        "not(1, 2)",
        "age",
        "'${age}'",
        "1 | 2",
        "../../..",
        "sum(1)",
        "indexed-repeat(${age}, ${person}, 1)",
        "${p_age}",
        "selected(1, 'a')",
        "date('x')",
        "format-date(now(), '%Q')",
        "regex('a', '(')",
        "digest('a', 'X')",
        "area('x')",
        "-" * 500,
        "instance('x')/root/item/name",
        "weighted-checklist(1, 2, ${p_age}, 3)",
        "concat('{', date('{0}'))",
        "('a'",
    ],
)
def test_an_error_is_a_sentence_not_a_code(language: str, text: str) -> None:
    home = Household()
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, home.result).value(home.frame)
    message = Translator(language).error(caught.value)
    assert len(message) > 20
    assert caught.value.code not in message
