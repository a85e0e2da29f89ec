"""Names of modules, classes and functions follow ``docs/glossary.md``; docstrings begin with the point."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .vocabulary import EXCEPTIONS, SHARED_CONCEPTS, known_words, split_words

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "survey_tui", ROOT / "sync" / "survey_sync")
REPLACED = frozenset(
    (
        *("beside", "desk", "house", "keeper", "mend", "mended", "nobody", "parcel", "parcels", "parked"),
        *("patience", "shelf", "shelves", "somebody", "spare", "stick", "sticks", "told", "untold"),
        "whoever",
    )
)
VAGUE_STARTS = ("What", "Where", "Who", "How", "Nothing", "It", "One", "Whoever", "Nobody", "Somebody")
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of both programs by its path; texts and the scaffold of new plugins are left out."""
    paths = (path for package in PACKAGES for path in sorted(package.rglob("*.py")))
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
        if path.parent.parent.name != "locale" and "blank" not in path.parts
    }


def definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Classes, methods and functions with their dotted names; no functions inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from definitions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.If | ast.Try):
            yield from definitions(node, prefix)


def names() -> Iterator[tuple[str, str]]:
    """``path:name`` and the last part of the name, for every module, class and function."""
    for path, tree in trees().items():
        file = Path(path)
        stem = file.parent.name if file.stem == "__init__" else file.stem
        yield path, stem
        for name, _ in definitions(tree):
            yield f"{path}:{name}", name.rpartition(".")[2]


def is_public(where: str) -> bool:
    return not any(part.startswith("_") for part in where.partition(":")[2].split("."))


def test_names_have_no_replaced_word() -> None:
    assert sorted(where for where, name in names() if REPLACED & set(split_words(name))) == []


def test_public_names_are_made_of_known_words() -> None:
    unknown = defaultdict(list)
    for where, name in names():
        for word in split_words(name) if is_public(where) else ():
            if word not in known_words():
                unknown[word].append(where)
    assert unknown == {}, "use a word of docs/glossary.md, or add the concept there"


def test_exceptions_are_used() -> None:
    used = {word for where, name in names() if is_public(where) for word in split_words(name)}
    assert sorted(word for words in EXCEPTIONS.values() for word in words.split() if word not in used) == []


def test_a_module_name_used_twice_is_one_concept_in_several_layers() -> None:
    counts = Counter(Path(path).stem for path in trees() if not path.endswith("__init__.py"))
    assert sorted(name for name, count in counts.items() if count > 1) == sorted(SHARED_CONCEPTS)


def test_a_public_class_name_is_used_once() -> None:
    places = defaultdict(set)
    for path, tree in trees().items():
        for name, node in definitions(tree):
            if isinstance(node, ast.ClassDef) and "." not in name and not name.startswith("_"):
                places[name].add(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_docstrings_begin_with_the_effect_or_the_result() -> None:
    vague = [
        f"{path}:{name}"
        for path, tree in trees().items()
        for name, node in [("module", tree), *definitions(tree)]
        if re.match(rf"(?:{'|'.join(VAGUE_STARTS)})\b", ast.get_docstring(node) or "")
    ]
    assert vague == []
