"""Compiler: syntax tree → closures over the node tree of a form."""

from __future__ import annotations

import survey_tui.expressions.operators as operators
import survey_tui.expressions.paths as paths
import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Code, Eval, InnerContext, constant
from survey_tui.expressions.failures import failure, unknown_failure, unsupported_failure
from survey_tui.expressions.paths import code_for
from survey_tui.expressions.references import PathResolver, ResolvedPath, path_from_root, shared_repeat
from survey_tui.expressions.registry import (
    FunctionRegistry,
    argument_closure,
    call_closure,
    fold_constants,
    format_argument_count,
)
from survey_tui.expressions.syntax import (
    Call,
    Expr,
    Negate,
    Number,
    Operation,
    Path,
    PathStart,
    PathStep,
    Reference,
    Text,
)
from survey_tui.expressions.tree import Frame, Node, Value


class Compiler:
    """Compiles one expression and collects the nodes that it reads.

    ``context`` is the node where relative paths start: ``at`` at first, within a predicate the node that it
    filters, ``None`` within a predicate on rows of a list.
    """

    def __init__(
        self, at: Node, functions: FunctionRegistry, dot: Node | None = None, *, in_row: bool = False
    ) -> None:
        self.at = at
        self.context: Node | None = None if in_row else at
        self.functions = functions
        self.dot = dot
        self.reads: set[Node] = set()
        self.is_volatile = False
        self.in_predicate = in_row

    def compile(self, tree: Expr) -> Code:
        """The code of ``tree`` in the present context."""
        match tree:
            case Number(digits=digits):
                return constant(float(digits))
            case Text(value=value):
                return constant(self._check_quoted(value, tree.pos))
            case Negate(operand=operand):
                return fold_constants(operators.negate(code := self.compile(operand)), code)
            case Operation(first=first, rest=rest):
                return self._compile_operation(first, rest, tree.pos)
            case Call():
                return self._compile_call(tree)
            case Reference():
                return (
                    self._compile_last_saved(tree)
                    if tree.last_saved
                    else self._compile_path(Path(PathStart(tree, pos=tree.pos), (), pos=tree.pos))
                )
            case Path():
                return self._compile_path(tree)
            case _:
                raise failure("unsupported", tree.pos, what=type(tree).__name__)

    # The interface for functions that compile their own calls (``closures.Builder``)

    def mark_volatile(self) -> None:
        self.is_volatile = True

    def is_path(self, tree: Expr) -> bool:
        return isinstance(tree, (Path, Reference)) and not (isinstance(tree, Reference) and tree.last_saved)

    def own_value(self) -> Code:
        if self.context is None:
            raise failure("unsupported", what="()")
        return code_for([PathResolver(self.context, absolute=False).resolved_path()], self.dot)

    def node_named_by(self, tree: Expr) -> Node:
        if not isinstance(tree, Text):
            raise unsupported_failure(tree, tree.pos)
        name = tree.value.strip()
        if name.startswith("${") and name.endswith("}"):
            return self._only_node_named(name[2:-1], tree.pos)
        return self._only_node_named(name.rpartition("/")[2], tree.pos)

    def compile_indexed_repeat(self, call: Call) -> Code:
        """Compile ``indexed-repeat(field, repeat, number, …)``."""
        target = self._only_node(call.args[0])
        picks: dict[Node, Eval] = {}
        for group, index in zip(call.args[1::2], call.args[2::2], strict=True):
            number = self.compile(index).number()
            picks[self._only_node(group)] = lambda frame, inner, number=number: _instance_number(
                number(frame, inner)
            )
        resolver = PathResolver(self.context or self.at, absolute=True)
        path = path_from_root(target)
        stray = [node for node in picks if node not in path or node is target]
        if stray:
            raise failure("not_around", call.pos, field=target.name, repeat=stray[0].name)
        for node in path:
            resolver.to_child(node, pick=picks.get(node) if node.kind == "repeat" else None)
        self._add_reads(resolver.resolved_path())
        return code_for([resolver.resolved_path()], self.dot)

    # Parts

    def _check_quoted(self, value: str, pos: int) -> str:
        """A quoted text without ``${name}``, which would be taken literally by mistake."""
        if "${" in value:
            raise failure("quoted_name", pos, text=value)
        return value

    def _compile_operation(self, first: Expr, rest: tuple[tuple[str, Expr], ...], pos: int) -> Code:
        if rest[0][0] == "|":
            raise failure("unsupported", pos, what="|")
        codes = [self.compile(first), *(self.compile(operand) for _, operand in rest)]
        joined = operators.combine(
            codes[0], [(sign, code) for (sign, _), code in zip(rest, codes[1:], strict=True)]
        )
        return fold_constants(joined, *codes)

    def _compile_call(self, call: Call) -> Code:
        function = self.functions.get(call.name)
        if function is None:
            raise unknown_failure("unknown_function", call.pos, call.name, self.functions)
        count = len(call.args)
        if count < function.least or (function.most is not None and count > function.most):
            raise failure(
                "arguments", call.pos, name=call.name, given=count, wanted=format_argument_count(function)
            )
        self.is_volatile = self.is_volatile or function.volatile
        if function.build is not None:
            return function.build(call, self)
        codes = [self.compile(arg) for arg in call.args]
        takes = [function.takes[min(index, len(function.takes) - 1)] for index in range(count)]
        code = Code(
            call_closure(
                function, [argument_closure(*pair) for pair in zip(codes, takes, strict=True)], call.pos
            )
        )
        code.kind = function.kind
        return code if function.volatile or function.environment else fold_constants(code, *codes)

    def _compile_last_saved(self, tree: Reference) -> Code:
        node = self._only_node_named(tree.name, tree.pos)

        def run(frame: Frame, _inner: InnerContext | None) -> Value:
            return values.value_from_text(frame.env.last_saved(node.name), node.type)

        return Code(run)

    # Paths

    def _compile_path(self, path: Path) -> Code:
        resolvers, steps = self._beginning_of(path)
        if resolvers is None:
            return self._compile_list_path(path)
        for step in steps:
            resolvers = [further for resolver in resolvers for further in self._follow_step(resolver, step)]
        resolved = [resolver.resolved_path() for resolver in resolvers]
        for each in resolved:
            self._add_reads(each)
        return code_for(resolved, self.dot)

    def _beginning_of(self, path: Path) -> tuple[list[PathResolver] | None, tuple[PathStep, ...]]:
        """Resolvers at the beginning of the path, and its remaining steps; no resolvers for a path over the
        rows of a list."""
        start, steps = path.start, path.steps
        if start == "/":
            return self._from_root(steps), steps[1:]
        if isinstance(start, PathStart):
            if isinstance(start.source, Reference):
                return [self._resolve_reference(start.source, start)], steps
            if start.source.name == "current" and not start.source.args:
                return [PathResolver(self.at, absolute=False, origin=self.in_predicate)], steps
            return None, steps
        if self.context is None:
            return None, steps
        self._refuse_bare_word(steps)
        return [PathResolver(self.context, absolute=False)], steps

    def _from_root(self, steps: tuple[PathStep, ...]) -> list[PathResolver]:
        first, root = steps[0], self.at.root
        if first.axis != "child" or first.name not in (root.name, "*"):
            raise unknown_failure("unknown_name", first.pos, first.name, [root.name])
        resolver = PathResolver(self.context or self.at, absolute=True, origin=self.context is None)
        resolver.to_child(root)
        return [resolver]

    def _resolve_reference(self, reference: Reference, start: PathStart) -> PathResolver:
        if reference.last_saved:
            raise unsupported_failure(start, reference.pos)
        target = self._only_node_named(reference.name, reference.pos)
        context = self.context or self.at
        shared = shared_repeat(target, self.at)
        predicates = self._compile_predicates(target, start.predicates)
        if shared is not None:
            resolver = PathResolver(self.at, absolute=False, origin=self.in_predicate)
            while resolver.node is not shared:
                resolver.to_parent(reference.pos)
        else:
            resolver = PathResolver(context, absolute=True, origin=self.context is None)
        path = path_from_root(target)
        for node in path[path.index(shared) + 1 :] if shared is not None else path:
            resolver.to_child(node, predicates if node is target else ())
        return resolver

    def _follow_step(self, resolver: PathResolver, step: PathStep) -> list[PathResolver]:
        if step.axis == "self":
            return [resolver]
        if step.axis == "parent":
            resolver.to_parent(step.pos)
            return [resolver]
        members = resolver.node.children
        chosen = (
            resolver.wildcard_children()
            if step.name == "*"
            else [members[step.name]]
            if step.name in members
            else []
        )
        if not chosen:
            raise unknown_failure("unknown_name", step.pos, step.name, members)
        found = []
        for node in chosen:
            further = resolver.copy()
            further.to_child(node, self._compile_predicates(node, step.predicates))
            found.append(further)
        return found

    def _compile_predicates(self, node: Node | None, predicates: tuple[Expr, ...]) -> tuple[Eval, ...]:
        """Conditions compiled with ``node`` (or a row) as their context."""
        if not predicates:
            return ()
        context, inside = self.context, self.in_predicate
        self.context, self.in_predicate = node, True
        try:
            return tuple(self.compile(predicate).run for predicate in predicates)
        finally:
            self.context, self.in_predicate = context, inside

    def _compile_list_path(self, path: Path) -> Code:
        """``instance('list')/root/item[…]/column``, or a column of the present row."""
        if not isinstance(path.start, PathStart):
            return paths.code_for_column(path)
        call = path.start.source
        assert isinstance(call, Call)
        if (
            call.name != "instance"
            or len(call.args) != 1
            or not isinstance(call.args[0], Text)
            or len(path.steps) < 2
        ):
            raise unsupported_failure(path, path.pos)
        predicates = self._compile_predicates(None, path.steps[1].predicates)
        return paths.code_for_rows(call.args[0].value, predicates, path)

    def _refuse_bare_word(self, steps: tuple[PathStep, ...]) -> None:
        assert self.context is not None
        first = steps[0]
        if first.axis == "child" and self.context.kind == "leaf":
            known = self.context.nodes_named(first.name)
            suggestion = f"${{{first.name}}}" if known else f"'{first.name}'"
            if first.name in self.functions:
                suggestion = f"{first.name}()"
            raise failure("bare_word", first.pos, name=first.name, suggestion=suggestion)

    def _only_node_named(self, name: str, position: int) -> Node:
        found = [node for node in self.at.nodes_named(name) if node.kind != "root"]
        if not found:
            raise unknown_failure("unknown_name", position, name, self.at.names())
        if len(found) > 1:
            raise failure("ambiguous_name", position, name=name, paths=", ".join(node.path for node in found))
        return found[0]

    def _only_node(self, tree: Expr) -> Node:
        """The single node that an argument of ``indexed-repeat`` names, in any instance."""
        if not self.is_path(tree):
            raise failure("not_a_path", tree.pos, function="indexed-repeat")
        nodes = self.compile(tree).nodes
        if nodes is None or len(nodes.targets) != 1:
            raise failure("not_a_path", tree.pos, function="indexed-repeat")
        return nodes.targets[0]

    def _add_reads(self, path: ResolvedPath) -> None:
        self.reads.add(path.target)
        self.reads.update(level.node for level in path.levels if level.node.kind == "repeat")


def _instance_number(value: float) -> float:
    """The instance that ``indexed-repeat`` takes; a number that is no position counts as the first."""
    return float(max(1, values.as_index(values.to_int(value))))
