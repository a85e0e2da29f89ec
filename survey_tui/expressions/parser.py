"""Tokens → syntax tree: XPath 1.0 as JavaRosa reads it, with pyxform's ``${name}``.

Operators are put together with a stack of their own, so that only brackets nest Python calls; how deep they
may nest is limited, because an expression is somebody else's text.
"""

from __future__ import annotations

from survey_tui.errors import ExpressionError
from survey_tui.expressions.failures import A_NAME, A_VALUE, AN_OPERATOR, failure, syntax_failure
from survey_tui.expressions.lexer import Token, tokenize
from survey_tui.expressions.syntax import (
    PRECEDENCE,
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
    children,
)

__all__ = ["MAX_DEPTH", "parse"]

MAX_DEPTH = 100
"""How deep brackets may stand within each other; the tree may be twice as high."""

_PATH_CALLS = frozenset({"instance", "current"})
_NODE_TESTS = frozenset({"node", "text", "comment", "processing-instruction"})
_STEP_KINDS = frozenset({"name", "*any", ".", ".."})
_SIGN = 7


def parse(text: str) -> Expr:
    """The syntax tree of ``text``.

    :raises ExpressionError: with ``expression``, ``position`` (0-based), and for a syntax error ``found`` and
        ``expected``
    """
    try:
        return _Parser(tokenize(text)).whole()
    except ExpressionError as error:
        error.details["expression"] = text
        raise


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def whole(self) -> Expr:
        tree = self.expression()
        if self.token.kind != "end":
            raise self.expected(AN_OPERATOR)
        if len(self.tokens) > 2 * MAX_DEPTH:  # a tree is never higher than its text is long
            _check_height(tree)
        return tree

    def expected(self, what: str) -> ExpressionError:
        token = self.token
        return syntax_failure(
            token.pos, "''" if token.kind == "text" and not token.value else token.value, what
        )

    def accept(self, kind: str) -> bool:
        if self.token.kind != kind:
            return False
        self.at += 1
        return True

    def close(self, kind: str) -> None:
        if not self.accept(kind):
            raise self.expected(kind)

    def expression(self) -> Expr:
        """Operands and operators, up to what closes this level."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise failure("too_deep", self.token.pos, limit=MAX_DEPTH)
        operands: list[Expr] = []
        waiting: list[Token] = []  # operators and signs whose right side is not complete yet
        while True:
            while self.token.kind == "sign":
                waiting.append(self.token)
                self.at += 1
            operands.append(self.operand())
            if self.token.kind != "operator":
                break
            _reduce(operands, waiting, PRECEDENCE[self.token.value])
            waiting.append(self.token)
            self.at += 1
        _reduce(operands, waiting, 0)
        self.depth -= 1
        return operands[0]

    def operand(self) -> Expr:
        token = self.token
        match token.kind:
            case "number":
                self.at += 1
                return Number(token.value, pos=token.pos)
            case "text":
                self.at += 1
                return Text(token.value, pos=token.pos)
            case "(":
                self.at += 1
                inner = self.expression()
                self.close(")")
                return inner
            case "name" if self.tokens[self.at + 1].kind == "(":
                return self.call_or_path()
            case "reference" | "saved":
                self.at += 1
                return self.from_start(Reference(token.value, token.kind == "saved", pos=token.pos))
            case "/":
                self.at += 1
                return Path("/", self.steps(), pos=token.pos)
            case "name" | "*any" | "." | "..":
                return Path(".", self.steps(), pos=token.pos)
            case _:
                raise self.expected(A_VALUE)

    def call_or_path(self) -> Expr:
        name = self.token
        if name.value in _NODE_TESTS:
            raise failure("unsupported", name.pos, what=f"{name.value}()")
        self.at += 2
        args: list[Expr] = []
        if not self.accept(")"):
            args.append(self.expression())
            while self.accept(","):
                args.append(self.expression())
            self.close(")")
        call = Call(name.value, tuple(args), pos=name.pos)
        return self.from_start(call) if name.value in _PATH_CALLS else call

    def from_start(self, source: Reference | Call) -> Expr:
        """``source`` itself, or the path that begins there."""
        predicates = self.predicates()
        steps = self.steps() if self.accept("/") else ()
        if not predicates and not steps:
            return source
        return Path(Start(source, predicates, pos=source.pos), steps, pos=source.pos)

    def steps(self) -> tuple[Step, ...]:
        found = [self.step()]
        while self.accept("/"):
            found.append(self.step())
        return tuple(found)

    def step(self) -> Step:
        token = self.token
        if token.kind not in _STEP_KINDS:
            raise self.expected(A_NAME)
        self.at += 1
        if token.kind == ".":
            return Step("self", pos=token.pos)
        if token.kind == "..":
            return Step("parent", pos=token.pos)
        if self.token.kind in ("::", "("):
            raise failure("unsupported", token.pos, what=token.value + self.token.value)
        name = "*" if token.kind == "*any" else token.value
        return Step("child", name, self.predicates(), pos=token.pos)

    def predicates(self) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while self.accept("["):
            found.append(self.expression())
            self.close("]")
        return tuple(found)


def _reduce(operands: list[Expr], waiting: list[Token], level: int) -> None:
    """Apply the waiting operators that bind tighter than ``level``; equal ones become one operation."""
    while waiting and _binds(waiting[-1]) > level:
        top = _binds(waiting[-1])
        if top == _SIGN:
            operands.append(Negate(operands.pop(), pos=waiting.pop().pos))
            continue
        start = len(waiting) - 1
        while start and _binds(waiting[start - 1]) == top:
            start -= 1
        joined = waiting[start:]
        members = operands[-len(joined) - 1 :]
        rest = tuple((token.value, member) for token, member in zip(joined, members[1:], strict=True))
        del waiting[start:], operands[-len(members) :]
        operands.append(Operation(members[0], rest, pos=members[0].pos))


def _binds(token: Token) -> int:
    return _SIGN if token.kind == "sign" else PRECEDENCE[token.value]


def _check_height(tree: Expr) -> None:
    """Refuse a tree so high that walking it would exhaust the stack."""
    pending = [(tree, 1)]
    while pending:
        node, height = pending.pop()
        if height > 2 * MAX_DEPTH:
            raise failure("too_deep", node.pos, limit=MAX_DEPTH)
        pending.extend((child, height + 1) for child in children(node))
