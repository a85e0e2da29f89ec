"""What a program asks the system to do to files, written down call by call.

While a :class:`Recorder` is in force every call that changes a file or a name below ``root`` goes into
``trace``. What stood there before is taken for safe on the disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock


@dataclass(frozen=True)
class Call:
    """One call. For a file (by number): ``write`` (``data`` at ``offset``), ``cut`` (to ``offset`` bytes),
    ``sync``. For names: ``name`` (``path`` is that file from now on), ``unname``, ``rename`` (``path`` goes,
    ``target`` is that file), ``mkdir``. For a directory: ``sync_names``. ``note``: what the book says."""

    kind: str
    file: int = 0
    offset: int = 0
    data: bytes = b""
    path: str = ""
    target: str = ""
    note: Any = None


class Recorder:
    """``first_names`` (path → number of the file), ``directories``, ``contents``: those of the beginning."""

    def __init__(self, root: Path) -> None:
        self.trace: list[Call] = []
        self.contents: dict[int, bytes] = {}
        self.directories = {str(path) for path in (root, *root.rglob("*")) if path.is_dir()}
        self._root = str(root)
        self._names: dict[str, int] = {}
        self._sizes: dict[int, int] = {}
        self._descriptors: dict[int, int | str] = {}
        for path in sorted(root.rglob("*")):
            if path.is_file():
                number = self._new(str(path))
                self.contents[number] = path.read_bytes()
                self._sizes[number] = len(self.contents[number])
        self.first_names = dict(self._names)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Write calls down."""
        seen: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "close": self._closed,
            "write": self._written,
            "fsync": self._synced,
            "ftruncate": self._cut,
            "replace": self._renamed,
            "rename": self._renamed,
            "unlink": self._unnamed,
            "link": self._linked,
            "mkdir": self._made,
            "posix_fallocate": self._allocated,
        }
        watched: dict[str, Any] = {name: self._watched(name, see) for name, see in seen.items()}
        with mock.patch.multiple(os, **watched):
            yield

    def note(self, note: Any) -> None:
        """What the book says at this moment."""
        self.trace.append(Call("note", note=note))

    @staticmethod
    def _watched(name: str, see: Callable[..., None]) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            result = real(*arguments, **named)
            see(result, *arguments)
            return result

        return call

    def _new(self, path: str) -> int:
        number = len(self._sizes) + 1
        self._names[path] = number
        self._sizes[number] = 0
        return number

    def _file(self, descriptor: int) -> int | None:
        number = self._descriptors.get(descriptor)
        return number if isinstance(number, int) else None

    # --- each call: its result, then its arguments
    def _opened(self, descriptor: int, path: Any, flags: int, *_: Any) -> None:
        path = str(path)
        if not path.startswith(self._root):
            return
        if os.path.isdir(path):  # noqa: PTH112  a Path would be built for every call
            self._descriptors[descriptor] = path
            return
        number = self._names.get(path)
        if number is None:
            number = self._new(path)
            self.trace.append(Call("name", number, path=path))
        elif flags & os.O_TRUNC and self._sizes[number]:
            self._cut_file(number, 0)
        self._descriptors[descriptor] = number

    def _closed(self, _: None, descriptor: int) -> None:
        self._descriptors.pop(descriptor, None)

    def _written(self, count: int, descriptor: int, data: Any) -> None:
        number = self._file(descriptor)
        if number is not None:  # everything the store writes is appended
            self.trace.append(Call("write", number, self._sizes[number], bytes(data)[:count]))
            self._sizes[number] += count

    def _allocated(self, _: None, descriptor: int, offset: int, size: int) -> None:
        number = self._file(descriptor)
        if number is not None:
            self.trace.append(Call("write", number, offset, bytes(size)))
            self._sizes[number] = offset + size

    def _synced(self, _: None, descriptor: int) -> None:
        place = self._descriptors.get(descriptor)
        if isinstance(place, int):
            self.trace.append(Call("sync", place))
        elif place is not None:
            self.trace.append(Call("sync_names", path=place))

    def _cut(self, _: None, descriptor: int, size: int) -> None:
        number = self._file(descriptor)
        if number is not None:
            self._cut_file(number, size)

    def _cut_file(self, number: int, size: int) -> None:
        self.trace.append(Call("cut", number, size))
        self._sizes[number] = size

    def _renamed(self, _: None, old: Any, new: Any) -> None:
        old, new = str(old), str(new)
        if old in self._names:
            self._names[new] = number = self._names.pop(old)
            self.trace.append(Call("rename", number, path=old, target=new))

    def _linked(self, _: None, old: Any, new: Any, **__: Any) -> None:
        old, new = str(old), str(new)
        if old in self._names:
            self._names[new] = self._names[old]
            self.trace.append(Call("name", self._names[old], path=new))

    def _unnamed(self, _: None, path: Any) -> None:
        if self._names.pop(str(path), None) is not None:
            self.trace.append(Call("unname", path=str(path)))

    def _made(self, _: None, path: Any, *__: Any) -> None:
        if str(path).startswith(self._root):
            self.trace.append(Call("mkdir", path=str(path)))
