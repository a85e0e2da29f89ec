"""Texts use the words of the glossary, and each is used by the program.

The words that are not used are read from the tables of docs/glossary.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest
from survey_sync.cli import root as sync_root

from survey_tui.cli.root import root as tui_root
from survey_tui.locale import LANGUAGES

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "survey_tui" / "locale"
SUBJECTS = sorted({path.stem for path in LOCALE.glob("*/*.py")} - {"__init__"})
PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "README.md",
    *sorted(ROOT.glob("plugins/*/README.md")),
    *sorted(ROOT.glob("survey_tui/authoring/blank/**/*.txt")),  # what an author's new plugin consists of
]
GLOSSARY = ROOT / "docs" / "glossary.md"

TITLES = {"en": "English", "vi": "Vietnamese"}

# (language, message or page, word): why it is right there
ALLOWED = {
    (
        "vi",
        "plugins/ba_ria_vung_tau/README.md",
        "thiết bị",
    ): "a question about smart devices in the household",
    ("vi", "errors.plugin_archive_link", "thiết bị"): "a device file, as in the file system",
}

# message: who uses it, when it is not the program itself
OUTSIDE = {
    "check.reader": "readers of file types, in plugins, report their findings under it",
}


def messages(language: str) -> Iterator[tuple[str, str]]:
    for subject in SUBJECTS:
        for key, text in import_module(f"survey_tui.locale.{language}.{subject}").MESSAGES.items():
            yield f"{subject}.{key}", text


@cache
def unused_words(language: str) -> tuple[str, ...]:
    """First column of the language's table in the glossary; several words are separated by commas."""
    page = GLOSSARY.read_text(encoding="utf-8")
    table = re.search(rf"^### {TITLES[language]}\n\n\| not.*\n\| -.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    assert table, f"docs/glossary.md has no table of words that are not used in {TITLES[language]}"
    cells = (row.split("|")[1] for row in table[1].splitlines())
    return tuple(word.strip() for cell in cells for word in cell.split(","))


def found_words(text: str, language: str) -> Iterator[str]:
    text = re.sub(r"\{\w*\}", "", text)  # placeholders are no words
    for word in unused_words(language):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
            yield word


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_use_the_words_of_the_glossary(language: str) -> None:
    wrong = [
        (language, key, word) for key, text in messages(language) for word in found_words(text, language)
    ]
    assert [each for each in wrong if each not in ALLOWED] == []


def test_exceptions_are_still_needed() -> None:
    texts = {language: dict(messages(language)) for language in LANGUAGES}
    for language, place, word in ALLOWED:
        text = texts[language].get(place) or (ROOT / place).read_text(encoding="utf-8")
        assert word in found_words(text, language), (
            f"{place} no longer contains “{word}”: remove the exception"
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_use_the_words_of_the_glossary(page: Path) -> None:
    if page == GLOSSARY:
        pytest.skip("lists the words that are not used")
    text = page.read_text(encoding="utf-8")
    code = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)
    lines = code.sub(lambda match: "\n" * match[0].count("\n"), text).splitlines()
    wrong = [
        f"line {number}: {word}"
        for number, line in enumerate(lines, start=1)
        for language in LANGUAGES
        for word in found_words(line, language)
        if (language, str(page.relative_to(ROOT)), word) not in ALLOWED
    ]
    assert wrong == []


# --- keys
Pattern = tuple[str | None, ...]
"""A composed key: its literal parts, with ``None`` for a part that is filled in at run time."""


@cache
def sources() -> tuple[frozenset[str], frozenset[Pattern]]:
    """Text constants and composed texts of both programs and of the server's templates."""
    constants: set[str] = set()
    patterns: set[Pattern] = set()
    for path in [*ROOT.glob("survey_tui/**/*.py"), *ROOT.glob("sync/survey_sync/**/*.py")]:
        if LOCALE not in path.parents:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            patterns |= set(_composed(tree))
            constants |= set(_constants(tree))
    for path in ROOT.glob("sync/survey_sync/**/*.html"):
        text = path.read_text(encoding="utf-8")
        constants |= set(re.findall(r"""['"]([\w.-]+)['"]""", text))
        patterns |= {(prefix, None) for prefix in re.findall(r"'(\w+_)' ~", text)}
    constants |= {each.partition(".")[2] for each in constants if re.fullmatch(r"[a-z]+\.\w+", each)}
    constants |= {each.removeprefix("store_") for each in constants}  # an error of the store as a finding
    return frozenset(constants), frozenset(patterns)


def _constants(tree: ast.AST) -> Iterator[str]:
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value
        elif isinstance(node, ast.ClassDef):  # members of an enumeration: ``name.lower()``
            for each in node.body:
                if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                    yield each.targets[0].id.lower()


def _composed(tree: ast.AST) -> Iterator[Pattern]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield tuple(str(part.value) if isinstance(part, ast.Constant) else None for part in node.values)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for left in _texts(node.left):
                yield (left, None)
            for right in _texts(node.right):
                yield (None, right)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def composes(pattern: Pattern, key: str) -> bool:
    """True when ``key`` is ``pattern`` with texts of the program filled in."""
    match = expression(pattern).fullmatch(key)
    return match is not None and all(is_part(group) for group in match.groups())


@cache
def expression(pattern: Pattern) -> re.Pattern[str]:
    return re.compile("".join(r"([\w-]*)" if part is None else re.escape(part) for part in pattern))


@cache
def is_part(text: str) -> bool:
    """True when ``text`` is a constant of the program, or composed of constants."""
    constants, _ = sources()
    return not text or text in constants or any(composes(pattern, text) for pattern in parts_of_keys())


@cache
def parts_of_keys() -> tuple[Pattern, ...]:
    """Patterns whose literal text is long enough to be a part of a key by itself."""
    _, patterns = sources()
    return tuple(
        each for each in patterns if re.fullmatch("[a-z_]{4,}", "".join(part or "" for part in each))
    )


def help_keys() -> Iterator[str]:
    """Keys of the help of every command and option."""
    for subject, group in (("cli", tui_root), ("sync", sync_root)):
        yield from _help_keys(group, click.Context(group), subject, "help")


def _help_keys(command: click.Command, ctx: click.Context, subject: str, key: str) -> Iterator[str]:
    for own in (subject, "cli"):  # options that both programs share have their words in ``cli``
        yield f"{own}.option_help"
        for param in command.params:
            if isinstance(param, click.Option):
                yield f"{own}.option_" + max(param.opts, key=len).lstrip("-").replace("-", "_")
    yield f"{subject}.{key}"
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            assert child is not None
            yield from _help_keys(child, ctx, subject, f"{key}_{name}")


def is_used(subject: str, key: str, helped: set[str]) -> bool:
    constants, patterns = sources()
    full = f"{subject}.{key}"
    if full in constants or full in helped or full in OUTSIDE:
        return True
    own = (each for each in patterns if (each[0] or "").startswith(f"{subject}."))
    return any(composes(each, full) for each in own) or any(composes(each, key) for each in parts_of_keys())


@pytest.mark.slow
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_message_is_used(subject: str) -> None:
    helped = set(help_keys())
    keys = import_module(f"survey_tui.locale.{LANGUAGES[0]}.{subject}").MESSAGES
    assert [key for key in keys if not is_used(subject, key, helped)] == [], "delete them, in every language"


@pytest.mark.slow
def test_an_unused_message_is_found() -> None:
    assert not is_used("sync", "package_forgotten", set())
    assert not is_used("errors", "plugin_of_yesterday", set())
    assert not is_used("home", "weather", set())
