"""Parser: text → tokens → syntax tree; XPath 1.0 as in JavaRosa, with ``${name}``.

The preceding token decides the meaning of a sign: after a value, ``-`` subtracts, ``*`` multiplies, and
``and``, ``or``, ``div``, ``mod`` are operators even without a space after them; elsewhere they are a sign, a
wildcard and names. Operators are joined with an explicit stack, so that only brackets nest Python calls;
their depth is limited, because expressions come from others.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from survey_tui.errors import ExpressionError
from survey_tui.expressions.failures import A_NAME, A_VALUE, AN_OPERATOR, failure, syntax_failure
from survey_tui.expressions.syntax import (
    PRECEDENCE,
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
    children,
)

MAX_LENGTH = 100_000
"""Characters. The longest expression of a real form has some thousands."""

_STRAIGHT_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_SPACE = " \n\t\f\r"
_WORD_OPERATORS = ("and", "or", "div", "mod")
_REFERENCE = re.compile(r"\$\{(last-saved#)?([^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?)\}")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_RUN_OF_SPACES = re.compile(r"[ ]+")
_ENDS_VALUE = frozenset({"number", "text", "name", "reference", "saved", ")", "]", ".", "..", "*any"})


class Token(NamedTuple):
    """``kind`` is ``number``, ``text``, ``name``, ``reference``, ``saved`` (a last-saved reference),
    ``operator``, ``sign`` (a minus before a value), ``*any``, ``end``, or the sign itself: ``( ) [ ] , . ..
    / // @ ::``."""

    kind: str
    value: str
    pos: int


def tokenize(text: str) -> list[Token]:
    """Split ``text`` into tokens, an ``end`` token last.

    Typographic quotes count as straight ones and runs of spaces within a text as one, as pyxform does to
    every cell.

    :raises ExpressionError: ``expressions_syntax`` or ``expressions_too_long``
    """
    if len(text) > MAX_LENGTH:
        raise failure("too_long", length=len(text), limit=MAX_LENGTH)
    text = text.translate(_STRAIGHT_QUOTES)
    tokens: list[Token] = []
    at, after_value = 0, False
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
            continue
        token, at = _next(text, at, after_value)
        tokens.append(token)
        after_value = token.kind in _ENDS_VALUE
    tokens.append(Token("end", "", len(text)))
    return tokens


def _next(text: str, at: int, after_value: bool) -> tuple[Token, int]:
    char, pair = text[at], text[at : at + 2]
    if pair in ("!=", "<=", ">="):
        return Token("operator", pair, at), at + 2
    if char in "=<>+|" or (char in "-*" and after_value):
        return Token("operator", char, at), at + 1
    if char == "-":
        return Token("sign", char, at), at + 1
    if char == "*":
        return Token("*any", char, at), at + 1
    if pair in ("//", "..", "::"):
        return Token(pair, pair, at), at + 2
    if char in "/[](),@":
        return Token(char, char, at), at + 1
    if char in "0123456789.":
        return _number_or_dot(text, at)
    if char in "'\"":
        return _quoted_text(text, at)
    if char == "$":
        return _reference(text, at)
    return _word(text, at, after_value)


def _number_or_dot(text: str, at: int) -> tuple[Token, int]:
    match = _NUMBER.match(text, at)
    if match is None:
        return Token(".", ".", at), at + 1
    return Token("number", match.group(), at), match.end()


def _quoted_text(text: str, at: int) -> tuple[Token, int]:
    end = text.find(text[at], at + 1)
    if end < 0:
        raise syntax_failure(at, text[at : at + 20], text[at])
    value = _RUN_OF_SPACES.sub(" ", text[at + 1 : end])
    for space in "\n\r":
        value = value.replace(space, " ")
    return Token("text", value, at), end + 1


def _reference(text: str, at: int) -> tuple[Token, int]:
    match = _REFERENCE.match(text, at)
    if match is None:
        raise syntax_failure(at, text[at : at + 20], "${name}")
    return Token("saved" if match.group(1) else "reference", match.group(2), at), match.end()


def _word(text: str, at: int, after_value: bool) -> tuple[Token, int]:
    if after_value:
        for word in _WORD_OPERATORS:
            if text.startswith(word, at):
                return Token("operator", word, at), at + len(word)
        raise syntax_failure(at, text[at : at + 20], AN_OPERATOR)
    end = _name_end(text, at)
    if end == at:
        raise syntax_failure(at, text[at : at + 20], A_VALUE)
    if text.startswith(":", end) and _name_end(text, end + 1) > end + 1:
        end = _name_end(text, end + 1)
    return Token("name", text[at:end], at), end


def _name_end(text: str, at: int) -> int:
    """End of the name that begins at ``at``; ``at`` itself when none begins there."""
    end = at
    while end < len(text):
        char = text[end]
        starts = char == "_" or char.islower() or char.isupper()
        if not starts and (end == at or not (char.isdecimal() or char in ".-")):
            break
        end += 1
    return end


MAX_DEPTH = 100
"""Depth of nested brackets; the tree may be twice as high."""

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
            raise self.unexpected_token(AN_OPERATOR)
        if len(self.tokens) > 2 * MAX_DEPTH:  # a tree is never higher than its text is long
            _check_height(tree)
        return tree

    def unexpected_token(self, what: str) -> ExpressionError:
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
            raise self.unexpected_token(kind)

    def expression(self) -> Expr:
        """Operands and operators, up to the end of this level."""
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
                raise self.unexpected_token(A_VALUE)

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
        """``source`` itself, or the path that begins with it."""
        predicates = self.predicates()
        steps = self.steps() if self.accept("/") else ()
        if not predicates and not steps:
            return source
        return Path(PathStart(source, predicates, pos=source.pos), steps, pos=source.pos)

    def steps(self) -> tuple[PathStep, ...]:
        found = [self.step()]
        while self.accept("/"):
            found.append(self.step())
        return tuple(found)

    def step(self) -> PathStep:
        token = self.token
        if token.kind not in _STEP_KINDS:
            raise self.unexpected_token(A_NAME)
        self.at += 1
        if token.kind == ".":
            return PathStep("self", pos=token.pos)
        if token.kind == "..":
            return PathStep("parent", pos=token.pos)
        if self.token.kind in ("::", "("):
            raise failure("unsupported", token.pos, what=token.value + self.token.value)
        name = "*" if token.kind == "*any" else token.value
        return PathStep("child", name, self.predicates(), pos=token.pos)

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
