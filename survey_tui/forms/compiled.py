"""Compiled form: the node tree, compiled expressions, and their dependencies.

Relevances and calculations are compiled immediately, because the order of calculation needs them; every other
expression and every text with ``${…}`` is compiled when it is first used, so that a long form opens quickly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from survey_tui.errors import ExpressionError
from survey_tui.expressions import (
    BUILTINS,
    ChoiceFilter,
    Expression,
    FunctionRegistry,
    compile_choice_filter,
    compile_expression,
)
from survey_tui.expressions.tree import Frame, Node, new_root
from survey_tui.forms.dependencies import DependencyGraph, Task
from survey_tui.forms.model import Form, Group, Question, Repeat

AnyItem: TypeAlias = Question | Group | Repeat
Table: TypeAlias = Sequence[Mapping[str, str]]
"""Rows by column name."""

_NO_TABLES: Mapping[str, Table] = MappingProxyType({})
HIDDEN_TYPES = frozenset({"calculate", "hidden", "start", "end", "today", "deviceid", "username"})
_NODE_TYPES = MappingProxyType(
    {"start": "dateTime", "end": "dateTime", "today": "date", "select_one_from_file": "select_one"}
)
_REFERENCE = re.compile(r"\$\{\s*[^}\s]+\s*\}")
_HYPHENATED = frozenset({"date", "dateTime", "time", "geopoint", "geotrace", "geoshape"})
# A call, a reference, a predicate or an operator makes a default dynamic; the rule is pyxform's.
_DYNAMIC = re.compile(r"\w\(|\$\{|\[[^\]]*\]|(?<=[\w)'\]])\s*[*+|]\s*(?=[\w(.'/])|(?<=\s)(?:div|mod)(?=\s)")
_MINUS = re.compile(r"(?<![\w-])-(?!\d)|(?<=[\w)])\s+-\s*(?=[\w(])|(?<=\))-")
_LITERALS = re.compile(r"'[^']*'|\"[^\"]*\"")


class CompiledItem:
    """A question, group or repeat with its expressions, evaluated in the frame that has its node."""

    def __init__(self, item: AnyItem, node: Node, functions: FunctionRegistry, default_language: str) -> None:
        self.item = item
        self.node = node
        self._functions = functions
        self._default_language = default_language
        self._expressions: dict[tuple[str, str], Expression] = {}
        self._templates: dict[str, tuple[str | Expression, ...]] = {}

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def question(self) -> Question | None:
        """The question, if this is one."""
        return self.item if isinstance(self.item, Question) else None

    @property
    def is_visible(self) -> bool:
        """Whether a surveyor can see it; groups and repeats count as visible."""
        return not isinstance(self.item, Question) or self.item.type not in HIDDEN_TYPES

    @property
    def is_answerable(self) -> bool:
        """Whether it is a question that can be given an answer."""
        return isinstance(self.item, Question) and self.is_visible and self.item.type != "note"

    def expression(self, column: str) -> Expression | None:
        """The compiled expression of a column; ``None`` when the cell is empty.

        ``repeat_count`` is evaluated in the frame around the repeat, every other column in the item's own.
        """
        text: str = getattr(self.item, column, "")
        return self.compile(text, column) if text else None

    def compile(self, text: str, column: str = "") -> Expression:
        """Compile an expression as a cell of this item; the result is kept."""
        key = (column, text)
        known = self._expressions.get(key)
        if known is None:
            at = self.node.parent if column == "repeat_count" and self.node.parent is not None else self.node
            dot = self.node if column in ("constraint", "warning") else None
            known = self._expressions[key] = compile_expression(text, at, functions=self._functions, dot=dot)
        return known

    @cached_property
    def choice_filter(self) -> ChoiceFilter | None:
        """The compiled choice filter; ``None`` when there is none."""
        text = self.item.choice_filter if isinstance(self.item, Question) else ""
        return compile_choice_filter(text, self.node, functions=self._functions) if text else None

    def text(self, column: str, language: str, frame: Frame) -> str:
        """A translatable cell in ``language`` (else the form's default, else any), references filled in."""
        translations: Mapping[str, str] = getattr(self.item, column, {})
        return self.render(self.translation(translations, language), frame) if translations else ""

    def translation(self, translations: Mapping[str, str], language: str) -> str:
        """The text for ``language``, else for the form's default language, else any."""
        text = translations.get(language) or translations.get(self._default_language)
        return text or next(filter(None, translations.values()), "")

    def render(self, template: str, frame: Frame) -> str:
        """``template`` with every ``${name}`` replaced by its value's text, seen from this item."""
        if "${" not in template:
            return template
        parts = self._templates.get(template)
        if parts is None:
            parts = self._templates[template] = tuple(self._parts(template))
        return "".join(part if isinstance(part, str) else _text_or_empty(part, frame) for part in parts)

    def _parts(self, template: str) -> Iterator[str | Expression]:
        end = 0
        for match in _REFERENCE.finditer(template):
            yield template[end : match.start()]
            yield self.compile(match.group())
            end = match.end()
        yield template[end:]


class CompiledForm:
    """A form compiled for interviews; shared by any number of sessions.

    ``by_path`` finds a node by its path without instance numbers (``household/person/p_age``); ``children``
    lists the children of root, groups and repeats in order, ``position`` is a node's index in that list;
    ``triggered`` are the nodes set when a question is answered; ``tables`` are the rows for ``pulldata``, by
    name.
    """

    def __init__(self, form: Form, functions: FunctionRegistry, tables: Mapping[str, Table]) -> None:
        self.form = form
        self.functions = functions
        self.tables = tables
        self.root = new_root()
        self.items: dict[Node, CompiledItem] = {}
        self.by_path: dict[str, Node] = {}
        self.children: dict[Node, tuple[Node, ...]] = {}
        self.position: dict[Node, int] = {}
        self._add_children(self.root, form.children, "")
        self.graph = DependencyGraph(self._tasks())
        self.triggered: Mapping[Node, tuple[Node, ...]] = self._triggers()
        self.dynamic_defaults: tuple[Node, ...] = tuple(self._dynamic_defaults())

    def find_node(self, name: str) -> Node | None:
        """The first node of this name in document order."""
        return next((node for node in self.items if node.name == name), None)

    def _add_children(self, parent: Node, children: tuple[AnyItem, ...], prefix: str) -> None:
        nodes: list[Node] = []
        for item in children:
            if isinstance(item, Question) and item.type == "audit":
                continue  # the event log is the audit
            node = self._add(parent, item)
            path = prefix + item.name
            self.by_path[path] = node
            self.position[node] = len(nodes)
            nodes.append(node)
            if not isinstance(item, Question):
                self._add_children(node, item.children, path + "/")
        self.children[parent] = tuple(nodes)

    def _add(self, parent: Node, item: AnyItem) -> Node:
        if isinstance(item, Question):
            node = parent.add(item.name, "leaf", _node_type(item), item.list_name)
        else:
            node = parent.add(item.name, "group" if isinstance(item, Group) else "repeat")
        self.items[node] = CompiledItem(item, node, self.functions, self.form.default_language)
        return node

    def _tasks(self) -> Iterator[Task]:
        for node, compiled in self.items.items():
            relevant = compiled.expression("relevant")
            if relevant is not None:
                yield Task("relevant", node, relevant)
            question = compiled.question
            if question is not None and question.calculation and not question.trigger:
                calculation = compiled.expression("calculation")
                assert calculation is not None
                yield Task("calculate", node, calculation)

    def _triggers(self) -> dict[Node, tuple[Node, ...]]:
        triggered: dict[Node, tuple[Node, ...]] = {}
        for node, compiled in self.items.items():
            question = compiled.question
            for name in question.trigger if question is not None else ():
                source = self.find_node(name)
                if source is not None:
                    compiled.expression("calculation")
                    triggered[source] = (*triggered.get(source, ()), node)
        return triggered

    def _dynamic_defaults(self) -> Iterator[Node]:
        """Nodes with dynamic defaults, those outside repeats first, as ODK Collect evaluates them."""
        for node, compiled in sorted(self.items.items(), key=lambda entry: entry[0].frame is not self.root):
            question = compiled.question
            if question is None or not question.default:
                continue
            if is_dynamic_default(question.default, question.type):
                compiled.expression("default")
                yield node


def _text_or_empty(part: Expression, frame: Frame) -> str:
    """The text of a reference in a label; empty where it fails, so that the question can still be asked."""
    try:
        return part.text(frame)
    except ExpressionError:
        return ""


def _node_type(question: Question) -> str:
    if question.type == "range":
        numbers = (question.parameters.get(name, "") for name in ("start", "end", "step"))
        return "decimal" if any("." in number for number in numbers) else "integer"
    return _NODE_TYPES.get(question.type, question.type)


def is_dynamic_default(text: str, question_type: str) -> bool:
    """Whether a default is an expression to evaluate and not a plain value; the rule is pyxform's."""
    bare = _LITERALS.sub("''", text)
    if _DYNAMIC.search(bare):
        return True
    return question_type not in _HYPHENATED and _MINUS.search(bare) is not None


def compile_form(
    form: Form, functions: FunctionRegistry = BUILTINS, tables: Mapping[str, Table] = _NO_TABLES
) -> CompiledForm:
    """Compile a form. ``tables`` (name → rows) are for ``pulldata``, such as the communes of the country.

    Raises ``FormError("form_cycle", path=[names…])`` and ``ExpressionError``.
    """
    return CompiledForm(form, functions, tables)
