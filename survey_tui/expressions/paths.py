"""Closures for resolved paths: one value where its slot is known, else a nodeset.

Rows of choice lists and tables are paths too: ``instance('list')/root/item[…]/column``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import survey_tui.expressions.moments as moments
from survey_tui.expressions.closures import Code, Entry, Eval, InnerContext, Kind, Nodeset
from survey_tui.expressions.failures import failure, unsupported_failure
from survey_tui.expressions.references import PathLevel, ResolvedPath
from survey_tui.expressions.syntax import Path
from survey_tui.expressions.tree import Frame, Node, Value
from survey_tui.expressions.values import as_index, number

_TEXT_TYPES = ("text", "select_one", "select_multiple", "rank", "barcode", "file", "image", "note")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("integer", "decimal", "range"), "numeric"),
    **dict.fromkeys(_TEXT_TYPES, "text"),
}
_MOMENT_TYPES = frozenset({"date", "dateTime", "time", "start", "end", "today"})


def code_for(paths: Sequence[ResolvedPath], dot: Node | None) -> Code:
    """The code of a path, which may have several targets after a wildcard."""
    if len(paths) == 1 and not paths[0].levels:
        return _single(paths[0], dot)
    nodeset = _nodeset(paths, dot)
    find, read = nodeset.find, nodeset.read

    def run(frame: Frame, inner: InnerContext | None) -> Value:
        found = find(frame, inner)
        if not found:
            return ""
        if len(found) > 1:
            raise failure("repeated", name=paths[0].target.name, count=len(found))
        return read(found[0], frame, inner)

    return Code(run, nodes=lambda: nodeset)


def _single(path: ResolvedPath, dot: Node | None) -> Code:
    """A value with a known place: a list index, some frames up."""
    target, slot = path.target, path.target.slot

    def nodeset() -> Nodeset:
        return _nodeset([path], dot)

    if target.kind != "leaf":
        return Code(lambda _frame, _inner: "", "text", nodes=nodeset)
    frame_of = _base_frame(path)
    run: Eval
    if frame_of is None:
        run = lambda frame, _inner: frame.values[slot]  # noqa: E731
    elif not path.origin and path.context.frame.outer is path.base:
        run = lambda frame, _inner: frame.parent.values[slot]  # noqa: E731
    else:
        run = lambda frame, inner: frame_of(frame, inner).values[slot]  # noqa: E731
    run = _convert_moments(run, target)
    if target is dot:
        return Code(_candidate(run), nodes=nodeset)
    return Code(
        run,
        _KINDS.get(target.type, "value"),
        nodes=nodeset,
        slot=slot if frame_of is None and target.type not in _MOMENT_TYPES else None,
    )


def _candidate(run: Eval) -> Eval:
    """The candidate value of a constraint, where there is one."""

    def candidate(frame: Frame, inner: InnerContext | None) -> Value:
        if inner is None or inner.dot is None or frame is not inner.origin:
            return run(frame, inner)
        return _as_moment(inner.dot, frame)

    return candidate


def _convert_moments(run: Eval, node: Node) -> Eval:
    if node.type not in _MOMENT_TYPES:
        return run
    return lambda frame, inner: _as_moment(run(frame, inner), frame)


def _as_moment(value: Value, frame: Frame) -> Value:
    if isinstance(value, (str, float, bool)):
        return value
    return moments.local_moment(value, frame.env.now)


def _base_frame(path: ResolvedPath) -> Callable[[Frame, InnerContext | None], Frame] | None:
    """A function from the frame of the context to that of ``path.base``; ``None`` when it is the same."""
    hops, node = 0, path.context.frame
    while node is not path.base:
        assert node.outer is not None
        hops, node = hops + 1, node.outer
    if not hops and not path.origin:
        return None

    def climb(frame: Frame, inner: InnerContext | None) -> Frame:
        if path.origin and inner is not None:
            frame = inner.origin
        for _ in range(hops):
            frame = frame.parent  # type: ignore[assignment]
        return frame

    return climb


def _nodeset(paths: Sequence[ResolvedPath], dot: Node | None) -> Nodeset:
    finders = [_finder(path) for path in paths]
    find = finders[0]
    if len(finders) != 1:

        def find(frame: Frame, inner: InnerContext | None) -> list[Entry]:
            return [entry for finder in finders for entry in finder(frame, inner)]

    def read(entry: Entry, frame: Frame, inner: InnerContext | None) -> Value:
        holder, node = entry
        if node.kind != "leaf":
            return ""
        if node is dot and inner is not None and inner.dot is not None and holder is inner.origin:
            return _as_moment(inner.dot, frame)
        value: Value = holder.values[node.slot]
        return _as_moment(value, frame) if node.type in _MOMENT_TYPES else value

    return Nodeset(find, read, tuple(path.target for path in paths))


def _finder(path: ResolvedPath) -> Callable[[Frame, InnerContext | None], list[Entry]]:
    base_frame, target, levels = _base_frame(path), path.target, path.levels
    is_relevant = _relevance(target)

    def find(frame: Frame, inner: InnerContext | None) -> list[Entry]:
        frames = [frame if base_frame is None else base_frame(frame, inner)]
        for level in levels:
            frames = _descend(level, frames, frame, inner)
        return [(each, target) for each in frames if is_relevant(each)]

    return find


def _descend(
    level: PathLevel, frames: list[Frame], context: Frame, inner: InnerContext | None
) -> list[Frame]:
    """The frames one level further down."""
    found: list[Frame] = []
    for frame in frames:
        members = _pick_instances(level, frame, context, inner) if level.node.kind == "repeat" else (frame,)
        found.extend(
            _filter_frames(level.predicates, members, context, inner) if level.predicates else members
        )
    return found


def _filter_frames(
    predicates: tuple[Eval, ...], members: Sequence[Frame], context: Frame, inner: InnerContext | None
) -> Sequence[Frame]:
    """Frames for which every predicate is true. A predicate with a number or text accepts none, as in
    JavaRosa: ``[1]`` is no position."""
    origin, dot = (context, None) if inner is None else (inner.origin, inner.dot)
    positions = [frame.position if frame.node.kind == "repeat" else 1 for frame in members]
    for predicate in predicates:
        members = [
            frame
            for frame, position in zip(members, positions, strict=True)
            if predicate(frame, InnerContext(origin, dot, position)) is True
        ]
        positions = list(range(1, len(members) + 1))
    return members


def _pick_instances(
    level: PathLevel, frame: Frame, context: Frame, inner: InnerContext | None
) -> Sequence[Frame]:
    instances = frame.instances.get(level.node, [])
    if level.pick == "all":
        return instances
    if level.pick == "same":
        around: Frame | None = context
        while around is not None and around.node is not level.node:
            around = around.parent
        position = 1 if around is None else around.position
    else:
        position = as_index(number(level.pick(context, inner)))
    return instances[position - 1 : position]


def _relevance(target: Node) -> Callable[[Frame], bool]:
    """A check whether the node in a frame, and everything around it, is relevant."""
    chain: list[tuple[int, ...]] = []
    node: Node | None = target
    while node is not None:
        slots = [node.slot]
        while node.frame is not node:
            assert node.parent is not None
            node = node.parent
            slots.append(node.slot)
        chain.append(tuple(slots))
        node = node.parent

    def check(frame: Frame) -> bool:
        around: Frame | None = frame
        for slots in chain:
            assert around is not None
            relevant = around.relevant
            for slot in slots:
                if not relevant[slot]:
                    return False
            around = around.parent
        return True

    return check


Row = Mapping[str, str]


def code_for_column(path: Path) -> Code:
    """A column of the present row, by its name; ``.`` is the row itself, whose text is empty."""
    names = [step.name for step in path.steps if step.axis == "child"]
    if len(names) > 1 or any(step.axis == "parent" or step.predicates for step in path.steps):
        raise unsupported_failure(path, path.pos)
    name = names[0] if names else ""

    def run(_frame: Frame, inner: InnerContext | None) -> Value:
        row = None if inner is None else inner.row
        return row.get(name, "") if row is not None else ""

    return Code(run, "text")


def code_for_rows(name: str, predicates: tuple[Eval, ...], path: Path) -> Code:
    """The rows of list ``name`` that satisfy all predicates, or one column of them."""
    steps = path.steps[2:]
    if len(steps) > 1 or any(step.axis != "child" or step.predicates for step in (path.steps[0], *steps)):
        raise unsupported_failure(path, path.pos)
    wanted = steps[0].name if steps else ""

    def find(frame: Frame, inner: InnerContext | None) -> list[Entry]:
        found = frame.env.rows(name)
        if found is None:
            raise failure("no_list", path.pos, name=name)
        return [
            (row, wanted)
            for row in _filter_rows(found, predicates, frame, inner)
            if not wanted or wanted in row
        ]

    def read(entry: Entry, _frame: Frame, _inner: InnerContext | None) -> Value:
        row, key = entry
        value: str = row.get(key, "")
        return value

    def run(frame: Frame, inner: InnerContext | None) -> Value:
        found = find(frame, inner)
        if len(found) > 1:
            raise failure("repeated", path.pos, name=wanted or name, count=len(found))
        return read(found[0], frame, inner) if found else ""

    return Code(run, "text", nodes=lambda: Nodeset(find, read))


def _filter_rows(
    found: Sequence[Row], predicates: tuple[Eval, ...], frame: Frame, inner: InnerContext | None
) -> Sequence[Row]:
    for predicate in predicates:
        found = [row for number, row in enumerate(found, 1) if accepts(predicate, frame, inner, row, number)]
    return found


def accepts(predicate: Eval, frame: Frame, inner: InnerContext | None, row: Row, number: int) -> bool:
    """Whether a predicate accepts a row: only a true condition does."""
    origin, dot = (frame, None) if inner is None else (inner.origin, inner.dot)
    return predicate(frame, InnerContext(origin, dot, number, row)) is True
