"""Checks for questions that can never be asked and comparisons with impossible answers.

Only certain faults are reported. A relevance is taken as a conjunction, and only terms that require choices
of one select are used. A required answer in turn requires its own question to be relevant.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from survey_tui.expressions.syntax import Call, Expr, Number, Operation, Text
from survey_tui.forms.check.expressions import parse_cell, reference_name, walk
from survey_tui.forms.columns import EXPRESSION_COLUMNS, nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import ChoiceList, Form, Group, Question, Repeat

_MAX_STEPS = 200


class _Place(Struct, frozen=True):
    """An item with the groups and repeats around it, outermost first."""

    item: Question | Group | Repeat
    around: tuple[Group | Repeat, ...]

    @property
    def repeats(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.around if isinstance(each, Repeat))


class _Need(Struct, frozen=True):
    """A relevance (that of the item ``at``) needs the question ``name`` to have one of these answers."""

    name: str
    values: frozenset[str]
    at: str


def check_reachability(form: Form, findings: Findings) -> None:
    """Report relevances that are never true and comparisons with choices that are not in the list."""
    places = {place.item.name: place for place in _places(form.children, ())}
    for place in places.values():
        _comparisons(place.item, form, places, findings)
        if place.item.relevant:
            _reachable(place, form, places, findings)


def _places(
    items: tuple[Question | Group | Repeat, ...], around: tuple[Group | Repeat, ...]
) -> Iterator[_Place]:
    for item in items:
        yield _Place(item, around)
        if not isinstance(item, Question):
            yield from _places(item.children, (*around, item))


def _comparisons(
    item: Question | Group | Repeat, form: Form, places: dict[str, _Place], findings: Findings
) -> None:
    for column in EXPRESSION_COLUMNS:
        tree = parse_cell(getattr(item, column, ""))
        for part in walk(tree) if tree is not None else ():
            name, values = _comparison(part)
            choices = _choices(name, form, places)
            if choices is None:
                continue
            known = [choice.name for choice in choices.choices]
            for value in sorted(values - set(known) - {""}):
                findings.error(
                    "not_a_choice",
                    item.source,
                    item.name,
                    column,
                    question=name,
                    choice=value[:60],
                    list=choices.name,
                    nearest=nearest(value, known),
                )


def _choices(name: str, form: Form, places: dict[str, _Place]) -> ChoiceList | None:
    place = places.get(name)
    if place is None or not isinstance(place.item, Question):
        return None
    return form.lists.get(place.item.list_name)


def _comparison(part: Expr) -> tuple[str, frozenset[str]]:
    """Name and value of ``${q} = 'a'``, ``${q} != 'a'``, ``selected(${q}, 'a')``."""
    if isinstance(part, Operation) and len(part.rest) == 1 and part.rest[0][0] in ("=", "!="):
        sides = (part.first, part.rest[0][1])
        for one, other in (sides, sides[::-1]):
            if reference_name(one) and isinstance(other, Text):
                return reference_name(one), frozenset({other.value})
    if isinstance(part, Call) and part.name == "selected" and len(part.args) == 2:
        value = part.args[1]
        if reference_name(part.args[0]) and isinstance(value, Text):
            return reference_name(part.args[0]), frozenset({value.value})
    return "", frozenset()


def _reachable(place: _Place, form: Form, places: dict[str, _Place], findings: Findings) -> None:
    item = place.item
    tree = parse_cell(item.relevant)
    if tree is not None and _constant(tree) is False:
        findings.error("never_relevant", item.source, item.name, "relevant", relevant=item.relevant[:200])
        return
    needed: dict[str, _Need] = {}
    for need in _needs(place, form, places):
        earlier = needed.get(need.name)
        if earlier is None:
            needed[need.name] = need
            continue
        both = earlier.values & need.values
        if not both:
            one, other = sorted((earlier, need), key=lambda each: each.at != item.name)
            findings.error(
                "unreachable",
                item.source,
                item.name,
                "relevant",
                question=need.name,
                needs=_join_values(one.values),
                other=other.at,
                other_needs=_join_values(other.values),
            )
            return
        needed[need.name] = _Need(need.name, both, need.at)


def _join_values(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)[:5]) or "—"


def _needs(place: _Place, form: Form, places: dict[str, _Place]) -> Iterator[_Need]:
    """Answers that ``place`` needs before it is asked, through groups and earlier questions."""
    pending, seen = [place], {place.item.name}
    for _ in range(_MAX_STEPS):
        if not pending:
            return
        current = pending.pop()
        for item in (*current.around, current.item):
            if item is not current.item and item.name in seen:
                continue
            seen.add(item.name)
            for need in _needs_of_item(item, form, places):
                asked = places.get(need.name)
                # A question in another repeat is a set of answers: one of them may be right.
                if asked is None or asked.repeats != current.repeats[: len(asked.repeats)]:
                    continue
                yield need
                if need.name not in seen and "" not in need.values:
                    seen.add(need.name)
                    pending.append(asked)


def _needs_of_item(item: Question | Group | Repeat, form: Form, places: dict[str, _Place]) -> Iterator[_Need]:
    tree = parse_cell(item.relevant)
    for part in _parts(tree, "and") if tree is not None else ():
        alternatives = [_answers_allowed_by(each, form, places) for each in _parts(part, "or")]
        names = {name for name, _ in alternatives}
        if len(names) == 1 and "" not in names:
            values = frozenset().union(*(values for _, values in alternatives))
            yield _Need(names.pop(), values, item.name)


def _parts(tree: Expr, operator: str) -> Iterator[Expr]:
    """The operands of a chain of ``and`` (or of ``or``), nested ones too."""
    if isinstance(tree, Operation) and all(sign == operator for sign, _ in tree.rest):
        for part in (tree.first, *(operand for _, operand in tree.rest)):
            yield from _parts(part, operator)
    else:
        yield tree


def _answers_allowed_by(part: Expr, form: Form, places: dict[str, _Place]) -> tuple[str, frozenset[str]]:
    """The question that ``part`` asks about and the answers that make it true; ``("", …)`` if unsure."""
    name, values = _comparison(part)
    place = places.get(name)
    if place is None or not isinstance(place.item, Question) or place.item.type != "select_one":
        return "", frozenset()
    choices = form.lists.get(place.item.list_name)
    if choices is None:
        return "", frozenset()
    if isinstance(part, Operation) and part.rest[0][0] == "!=":
        known = frozenset(choice.name for choice in choices.choices) | {""}
        return name, known - values
    return name, values


def _constant(tree: Expr) -> bool | None:
    """The truth of an expression of constants; ``None`` when it depends on an answer."""
    if isinstance(tree, Call) and not tree.args and tree.name in ("true", "false"):
        return tree.name == "true"
    if isinstance(tree, Number):
        return float(tree.digits) != 0
    if isinstance(tree, Text):
        return tree.value != ""
    if not isinstance(tree, Operation):
        return None
    signs = {sign for sign, _ in tree.rest}
    operands = (tree.first, *(operand for _, operand in tree.rest))
    if signs == {"and"}:
        truths = [_constant(operand) for operand in operands]
        return False if False in truths else True if all(truths) else None
    if signs == {"or"}:
        truths = [_constant(operand) for operand in operands]
        return True if True in truths else False if not any(truth is None for truth in truths) else None
    if len(operands) == 2 and signs <= {"=", "!="}:
        return _equality(operands[0], operands[1], equal=signs == {"="})
    return None


def _equality(one: Expr, other: Expr, *, equal: bool) -> bool | None:
    if isinstance(one, Text) and isinstance(other, Text):
        return (one.value == other.value) is equal
    if isinstance(one, Number) and isinstance(other, Number):
        return (float(one.digits) == float(other.digits)) is equal
    return None
