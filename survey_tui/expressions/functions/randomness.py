"""Random numbers, identifiers, and reproducible shuffles.

Random numbers come from the generator of the session, so that a replay draws the same. A shuffle is the
inside-out Fisher–Yates over the Park–Miller generator, as the XForms specification prescribes for
``randomize()``: every program gives the same order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Builder, Code, Entry, InnerContext, Nodeset
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Environment, Frame, Value

T = TypeVar("T")

_MODULUS, _FACTOR = 2**31 - 1, 16807


def shuffle(items: Sequence[T], seed: int) -> list[T]:
    """``items`` in an order that depends on ``seed`` alone."""
    order: list[T] = []
    state = math.fmod(float(seed), _MODULUS)
    draw = int(state) if state > 0 else int(state) + _MODULUS - 1
    for index, item in enumerate(items):
        draw = draw * _FACTOR % _MODULUS
        chosen = int((draw - 1) / (_MODULUS - 1) * (index + 1))
        order.append(item)
        order[index], order[chosen] = order[chosen], item
    return order


def seed_from_text(text: str) -> int:
    """A seed from text that is no number: the first 64 bits of its SHA-256, as JavaRosa takes them."""
    from hashlib import sha256

    return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)


_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 10_000


def _random(environment: Environment) -> float:
    return environment.random.random()


def _uuid(environment: Environment, length: float | None = None) -> str:
    """A version 4 UUID, or ``length`` random signs (0–9, A–Z)."""
    draw = environment.random
    if length is None:
        bits = draw.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62)
        digits = f"{bits:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    count = values.as_index(values.to_int(length))
    if count > _LONGEST:
        raise failure("too_long", length=count, limit=_LONGEST)
    return "".join(draw.choice(_SIGNS) for _ in range(count))


def _build_randomize(call: Call, builder: Builder) -> Code:
    """``randomize(nodes, seed)``: the nodes in an order that depends on the seed; without one, on chance."""
    nodes = builder.compile(call.args[0]).nodes
    if nodes is None:
        raise failure("not_a_path", call.pos, function="randomize")
    seed = builder.compile(call.args[1]).run if len(call.args) == 2 else None
    if seed is None:
        builder.mark_volatile()

    def find(frame: Frame, inner: InnerContext | None) -> list[Entry]:
        found = nodes.find(frame, inner)
        return shuffle(found, frame.env.random.getrandbits(31) if seed is None else _seed(seed(frame, inner)))

    def run(frame: Frame, inner: InnerContext | None) -> Value:
        found = find(frame, inner)
        if len(found) > 1:
            raise failure("repeated", call.pos, name="randomize()", count=len(found))
        return nodes.read(found[0], frame, inner) if found else ""

    return Code(run, nodes=lambda: Nodeset(find, nodes.read, nodes.targets))


def _seed(value: Value) -> int:
    number = values.to_int(value)
    return (
        seed_from_text(values.text(value))
        if math.isnan(number)
        else int(max(-(2.0**63), min(2.0**63, number)))
    )


FUNCTIONS = (
    Function("random", _random, most=0, kind="number", environment=True, volatile=True),
    Function("uuid", _uuid, most=1, takes=("number",), kind="text", environment=True, volatile=True),
    Function("randomize", least=1, most=2, build=_build_randomize),
)
