"""What may be on a disk when the power goes: every state that the calls before it allow.

What was synced is there. What was not may be there or not, in any combination: later data without earlier
data, a name without the data, the data without its name. A write reaches the disk sector by sector (of 512 or
4,096 bytes); where the file was made longer and a sector did not get there, zeros stand. Names of one
directory change in the order of the calls, as journals of file systems keep it, but may all be late.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from tests.store.torture.recorder import Call, Recorder

_OF_NAMES = {"name", "unname", "rename", "mkdir"}
_OF_CONTENT = {"write", "cut"}

Fate: TypeAlias = Literal["none", "all", "some"]


@dataclass(frozen=True)
class Variant:
    """What became of unsynced data and names. ``torn``: sector size by which the last write of each file was
    cut short (``prefix``) or lost sectors (not ``prefix``); 0: whole writes only."""

    name: str
    data: Fate
    names: Fate
    torn: int = 0
    prefix: bool = False


VARIANTS = (
    Variant("all lost", "none", "none"),
    Variant("nothing lost", "all", "all"),
    Variant("names without data", "none", "all"),
    Variant("data without names", "all", "none"),
    Variant("in any order", "some", "some"),
    Variant("torn at 512", "all", "all", 512, prefix=True),
    Variant("torn at 4,096", "all", "all", 4096, prefix=True),
    Variant("holes of 512", "all", "all", 512),
    Variant("holes of 4,096", "all", "some", 4096),
    Variant("in any order with holes of 512", "some", "some", 512),
)


def state_after(
    recorder: Recorder, length: int, variant: Variant, dice: random.Random
) -> dict[str, bytes | None]:
    """Path → content (``None``: a directory) after the first ``length`` calls and a loss of power."""
    calls = recorder.trace[:length]
    names: dict[str, int | None] = {**dict.fromkeys(recorder.directories), **recorder.first_names}
    for call in _surviving_names(calls, variant, dice):
        if call.kind == "mkdir":
            names[call.path] = None
        elif call.kind == "name":
            names[call.path] = call.file
        elif call.kind == "unname":
            names.pop(call.path, None)
        else:
            names.pop(call.path, None)
            names[call.target] = call.file
    state: dict[str, bytes | None] = {}
    top = min(recorder.directories, key=len)
    for path, file in sorted(names.items()):  # a directory comes before what is in it
        if path == top or str(Path(path).parent) in state:
            state[path] = None if file is None else _content(recorder, calls, file, variant, dice)
    return state


def lay_out(state: dict[str, bytes | None], old_root: str, root: Path) -> None:
    """Make these files below ``root`` instead of ``old_root``."""
    for path, content in state.items():
        place = root / Path(path).relative_to(old_root)
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.write_bytes(content)
            place.chmod(0o600)


def _surviving_names(calls: list[Call], variant: Variant, dice: random.Random) -> Iterator[Call]:
    """Changes of names that are on the disk: those before the last sync of their directory, and of the later
    ones of each directory a beginning."""
    synced = {call.path: at for at, call in enumerate(calls) if call.kind == "sync_names"}
    changes = [(at, call) for at, call in enumerate(calls) if call.kind in _OF_NAMES]
    late = Counter(_above(call) for at, call in changes if at > synced.get(_above(call), -1))
    kept = {
        directory: {"none": 0, "all": count, "some": dice.randint(0, count)}[variant.names]
        for directory, count in late.items()
    }
    for at, call in changes:
        if at > synced.get(_above(call), -1):
            kept[_above(call)] -= 1
            if kept[_above(call)] < 0:
                continue
        yield call


def _above(call: Call) -> str:
    return str(Path(call.path).parent)


def _content(
    recorder: Recorder, calls: list[Call], file: int, variant: Variant, dice: random.Random
) -> bytes:
    content = bytearray(recorder.contents.get(file, b""))
    mine = [(at, call) for at, call in enumerate(calls) if call.file == file]
    synced = max((at for at, call in mine if call.kind == "sync"), default=-1)
    changes = [(at, call) for at, call in mine if call.kind in _OF_CONTENT]
    for at, call in changes:
        if at <= synced:
            _apply(content, call)
    late = [call for at, call in changes if at > synced]
    for number, call in enumerate(late, 1):
        if variant.data == "none" or (variant.data == "some" and dice.random() < 0.5):
            continue
        if variant.torn and call.kind == "write" and (number == len(late) or not variant.prefix):
            _apply_torn(content, call, variant, dice)
        else:
            _apply(content, call)
    return bytes(content)


def _apply(content: bytearray, call: Call) -> None:
    if call.kind == "cut":
        del content[call.offset :]
        return
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    content[call.offset : call.offset + len(call.data)] = call.data


def _apply_torn(content: bytearray, call: Call, variant: Variant, dice: random.Random) -> None:
    """A write of which some sectors are missing; a cut goes where a sector ends on the disk."""
    ends = [*range(variant.torn - call.offset % variant.torn, len(call.data), variant.torn), len(call.data)]
    pieces = [(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    if variant.prefix:
        end = dice.choice([0, *ends])
        _apply(content, Call("write", call.file, call.offset, call.data[:end]))
        return
    lost = bytearray(call.data)
    for start, end in pieces:
        if dice.random() < 0.5:
            lost[start:end] = bytes(end - start)
    _apply(content, Call("write", call.file, call.offset, bytes(lost)))
