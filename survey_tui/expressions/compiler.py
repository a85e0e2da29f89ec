"""Syntax tree → closures, against the tree of names."""

from __future__ import annotations

import survey_tui.expressions.operators as operators
import survey_tui.expressions.paths as paths
import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Code, Eval, Inner, constant
from survey_tui.expressions.failures import failure, unknown, unsupported
from survey_tui.expressions.paths import code_for
from survey_tui.expressions.references import Route, Walk, shared_repeat, way_down
from survey_tui.expressions.registry import FunctionRegistry, application, folded, taken, wanted
from survey_tui.expressions.syntax import (
    Call,
    Expr,
    Negate,
    Number,
    Operation,
    Path,
    Reference,
    Start,
    Step,
    Text,
)
from survey_tui.expressions.tree import Frame, Node, Value


class Compiler:
    """Compiles one expression; collects on the way what it reads.

    ``context`` is the node from which relative paths go: ``at`` at first, within a predicate the node it
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
        """The closures for ``tree`` in the present context."""
        match tree:
            case Number(digits=digits):
                return constant(float(digits))
            case Text(value=value):
                return constant(self._plain(value, tree.pos))
            case Negate(operand=operand):
                return folded(operators.negate(code := self.compile(operand)), code)
            case Operation(first=first, rest=rest):
                return self._operation(first, rest, tree.pos)
            case Call():
                return self._call(tree)
            case Reference():
                return (
                    self._last_saved(tree)
                    if tree.last_saved
                    else self._path(Path(Start(tree, pos=tree.pos), (), pos=tree.pos))
                )
            case Path():
                return self._path(tree)
            case _:
                raise failure("unsupported", tree.pos, what=type(tree).__name__)

    # What functions with a form of their own ask for (see ``code.Builder``)

    def volatile(self) -> None:
        self.is_volatile = True

    def is_path(self, tree: Expr) -> bool:
        return isinstance(tree, (Path, Reference)) and not (isinstance(tree, Reference) and tree.last_saved)

    def own_value(self) -> Code:
        if self.context is None:
            raise failure("unsupported", what="()")
        return code_for([Walk(self.context, absolute=False).route()], self.dot)

    def node_named_by(self, tree: Expr) -> Node:
        if not isinstance(tree, Text):
            raise unsupported(tree, tree.pos)
        name = tree.value.strip()
        if name.startswith("${") and name.endswith("}"):
            return self._named(name[2:-1], tree.pos)
        return self._named(name.rpartition("/")[2], tree.pos)

    def indexed(self, call: Call) -> Code:
        """``indexed-repeat(field, repeat, number, …)``."""
        target = self._only_node(call.args[0])
        picks: dict[Node, Eval] = {}
        for group, index in zip(call.args[1::2], call.args[2::2], strict=True):
            number = self.compile(index).number()
            picks[self._only_node(group)] = lambda frame, inner, number=number: _instance_number(
                number(frame, inner)
            )
        walk = Walk(self.context or self.at, absolute=True)
        way = way_down(target)
        stray = [node for node in picks if node not in way or node is target]
        if stray:
            raise failure("not_around", call.pos, field=target.name, repeat=stray[0].name)
        for node in way:
            walk.down(node, pick=picks.get(node) if node.kind == "repeat" else None)
        self._note(walk.route())
        return code_for([walk.route()], self.dot)

    # Parts

    def _plain(self, value: str, pos: int) -> str:
        """A quoted text; a ``${name}`` in it would be taken literally, which nobody means."""
        if "${" in value:
            raise failure("quoted_name", pos, text=value)
        return value

    def _operation(self, first: Expr, rest: tuple[tuple[str, Expr], ...], pos: int) -> Code:
        if rest[0][0] == "|":
            raise failure("unsupported", pos, what="|")
        codes = [self.compile(first), *(self.compile(operand) for _, operand in rest)]
        joined = operators.combine(
            codes[0], [(sign, code) for (sign, _), code in zip(rest, codes[1:], strict=True)]
        )
        return folded(joined, *codes)

    def _call(self, call: Call) -> Code:
        function = self.functions.get(call.name)
        if function is None:
            raise unknown("unknown_function", call.pos, call.name, self.functions)
        count = len(call.args)
        if count < function.least or (function.most is not None and count > function.most):
            raise failure("arguments", call.pos, name=call.name, given=count, wanted=wanted(function))
        self.is_volatile = self.is_volatile or function.volatile
        if function.build is not None:
            return function.build(call, self)
        codes = [self.compile(arg) for arg in call.args]
        takes = [function.takes[min(index, len(function.takes) - 1)] for index in range(count)]
        code = Code(
            application(function, [taken(*pair) for pair in zip(codes, takes, strict=True)], call.pos)
        )
        code.kind = function.kind
        return code if function.volatile or function.environment else folded(code, *codes)

    def _last_saved(self, tree: Reference) -> Code:
        node = self._named(tree.name, tree.pos)

        def run(frame: Frame, _inner: Inner | None) -> Value:
            return values.value_from_text(frame.env.last_saved(node.name), node.type)

        return Code(run)

    # Paths

    def _path(self, path: Path) -> Code:
        walks, steps = self._begin(path)
        if walks is None:
            return self._of_list(path)
        for step in steps:
            walks = [further for walk in walks for further in self._stepped(walk, step)]
        routes = [walk.route() for walk in walks]
        for route in routes:
            self._note(route)
        return code_for(routes, self.dot)

    def _begin(self, path: Path) -> tuple[list[Walk] | None, tuple[Step, ...]]:
        """Where the path begins, and what is left of it; no walks for a path over the rows of a list."""
        start, steps = path.start, path.steps
        if start == "/":
            return self._from_root(steps), steps[1:]
        if isinstance(start, Start):
            if isinstance(start.source, Reference):
                return [self._referenced(start.source, start)], steps
            if start.source.name == "current" and not start.source.args:
                return [Walk(self.at, absolute=False, origin=self.in_predicate)], steps
            return None, steps
        if self.context is None:
            return None, steps
        self._refuse_bare_word(steps)
        return [Walk(self.context, absolute=False)], steps

    def _from_root(self, steps: tuple[Step, ...]) -> list[Walk]:
        first, root = steps[0], self.at.root
        if first.axis != "child" or first.name not in (root.name, "*"):
            raise unknown("unknown_name", first.pos, first.name, [root.name])
        walk = Walk(self.context or self.at, absolute=True, origin=self.context is None)
        walk.down(root)
        return [walk]

    def _referenced(self, reference: Reference, start: Start) -> Walk:
        if reference.last_saved:
            raise unsupported(start, reference.pos)
        target = self._named(reference.name, reference.pos)
        context = self.context or self.at
        shared = shared_repeat(target, self.at)
        predicates = self._predicates(target, start.predicates)
        if shared is not None:
            walk = Walk(self.at, absolute=False, origin=self.in_predicate)
            while walk.node is not shared:
                walk.up(reference.pos)
        else:
            walk = Walk(context, absolute=True, origin=self.context is None)
        way = way_down(target)
        for node in way[way.index(shared) + 1 :] if shared is not None else way:
            walk.down(node, predicates if node is target else ())
        return walk

    def _stepped(self, walk: Walk, step: Step) -> list[Walk]:
        if step.axis == "self":
            return [walk]
        if step.axis == "parent":
            walk.up(step.pos)
            return [walk]
        members = walk.node.children
        chosen = (
            walk.any_child() if step.name == "*" else [members[step.name]] if step.name in members else []
        )
        if not chosen:
            raise unknown("unknown_name", step.pos, step.name, members)
        found = []
        for node in chosen:
            further = walk.copy()
            further.down(node, self._predicates(node, step.predicates))
            found.append(further)
        return found

    def _predicates(self, node: Node | None, predicates: tuple[Expr, ...]) -> tuple[Eval, ...]:
        """Conditions compiled with ``node`` (or a row) as their context."""
        if not predicates:
            return ()
        context, inside = self.context, self.in_predicate
        self.context, self.in_predicate = node, True
        try:
            return tuple(self.compile(predicate).run for predicate in predicates)
        finally:
            self.context, self.in_predicate = context, inside

    def _of_list(self, path: Path) -> Code:
        """``instance('list')/root/item[…]/column``, or a column of the row at hand."""
        if not isinstance(path.start, Start):
            return paths.column(path)
        call = path.start.source
        assert isinstance(call, Call)
        if (
            call.name != "instance"
            or len(call.args) != 1
            or not isinstance(call.args[0], Text)
            or len(path.steps) < 2
        ):
            raise unsupported(path, path.pos)
        predicates = self._predicates(None, path.steps[1].predicates)
        return paths.rows(call.args[0].value, predicates, path)

    def _refuse_bare_word(self, steps: tuple[Step, ...]) -> None:
        assert self.context is not None
        first = steps[0]
        if first.axis == "child" and self.context.kind == "leaf":
            known = self.context.named(first.name)
            suggestion = f"${{{first.name}}}" if known else f"'{first.name}'"
            if first.name in self.functions:
                suggestion = f"{first.name}()"
            raise failure("bare_word", first.pos, name=first.name, suggestion=suggestion)

    def _named(self, name: str, position: int) -> Node:
        found = [node for node in self.at.named(name) if node.kind != "root"]
        if not found:
            raise unknown("unknown_name", position, name, self.at.names())
        if len(found) > 1:
            raise failure("ambiguous_name", position, name=name, paths=", ".join(node.path for node in found))
        return found[0]

    def _only_node(self, tree: Expr) -> Node:
        """The one node that an argument of ``indexed-repeat`` names, whatever its instances."""
        if not self.is_path(tree):
            raise failure("not_a_path", tree.pos, function="indexed-repeat")
        nodes = self.compile(tree).nodes
        if nodes is None or len(nodes.targets) != 1:
            raise failure("not_a_path", tree.pos, function="indexed-repeat")
        return nodes.targets[0]

    def _note(self, route: Route) -> None:
        self.reads.add(route.target)
        self.reads.update(level.node for level in route.levels if level.node.kind == "repeat")


def _instance_number(value: float) -> float:
    """Which instance ``indexed-repeat`` takes: what is no position counts as the first."""
    return float(max(1, values.as_index(values.to_int(value))))
