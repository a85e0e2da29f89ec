"""A store under torture and a book of what it has acknowledged.

Before a change the bench writes down what may hold afterwards, after it that it does. Whatever happens in
between, a response must be as the book says: as before the change or as after it, and as after it once it was
acknowledged. The text of an answer follows from its response and number, so a wrong one is seen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, Started
from survey_tui.store import NO_KEYS, KeyRing, ResponseStore, check_store, is_locked

if TYPE_CHECKING:
    from survey_tui.store.crypto.passphrase import Cost


AT = "2026-11-21T08:30:00.000+07:00"
PASSPHRASE = "bốn từ ghép lại"
CANONICAL = b'{"values":[]}'
_HARMLESS = {"torn", "torn_tail", "set_aside", "migrated", "reserve_used", "backup_owes"}

Problem: TypeAlias = tuple[str, str]
Line: TypeAlias = list[object]


class Fact(NamedTuple):
    """A response: ``draft``, ``final``, ``received``, ``sealed`` or ``gone``, and how many answers it has."""

    status: str
    answers: int = 0


class Book:
    """What was acknowledged, and what the change under way may have done already.

    It is written as lines (lists of JSON values), so that another process can keep it.
    """

    def __init__(self) -> None:
        self.facts: dict[str, Fact] = {}
        self.perhaps: dict[str, Fact] = {}
        self.doing = ""
        self.backed_up: dict[str, Fact] = {}

    def read(self, line: Line) -> None:
        """``["doing", operation, {id: [status, answers]}]``, ``["done"]``, ``["refused"]``. A refused change
        may still come to light after a fault, until the next one is begun."""
        if line[0] == "doing":
            assert isinstance(line[2], dict)
            self.doing = str(line[1])
            self.perhaps = {key: Fact(*fact) for key, fact in line[2].items()}
        else:
            if line[0] == "done":
                self.facts |= self.perhaps
                if self.doing == "backup":
                    self.backed_up = dict(self.facts)
            if line[0] != "refused":
                self.perhaps = {}
            self.doing = ""

    def settle(self, actual: dict[str, Fact]) -> None:
        """After a fault, what is there now is what counts from now on."""
        self.facts = {key: actual.get(key, Fact("gone")) for key in self.facts | self.perhaps | actual}
        self.perhaps = {}
        self.doing = ""

    def copy(self) -> Book:
        """As it is now."""
        book = Book()
        book.facts, book.perhaps, book.doing = dict(self.facts), dict(self.perhaps), self.doing
        book.backed_up = dict(self.backed_up)
        return book


class Bench:
    """One home with a store, its book, and dice. ``tell`` gets every line of the book."""

    def __init__(
        self,
        root: Path,
        dice: random.Random,
        book: Book | None = None,
        tell: Callable[[Line], None] | None = None,
    ) -> None:
        self.root = root
        self.home = root / "home"
        self.card = root / "card"
        self.dice = dice
        self.book = book or Book()
        self.tell = tell
        self.store: ResponseStore | None = None

    def open(self) -> ResponseStore:
        """The store, opened when needed."""
        if self.store is None:
            self.store = ResponseStore.open(self.home, keys=keys_of(self.home))
        return self.store

    def close(self) -> None:
        """Close the store."""
        store, self.store = self.store, None
        if store is not None:
            store.close()

    def change(self, name: str, after: dict[str, Fact], action: Callable[[], object]) -> None:
        """Carry out a change that makes the book say ``after``; a refusal (``StoreError``) goes on up."""
        self._write(["doing", name, {key: list(fact) for key, fact in after.items()}])
        try:
            action()
        except StoreError:
            self._write(["refused"])
            raise
        self._write(["done"])

    def keys(self, *statuses: str) -> list[str]:
        """Responses in one of these states."""
        return [key for key, fact in self.book.facts.items() if fact.status in statuses]

    def begun(self) -> str:
        """Begin a response."""
        store = self.open()
        key = store.new_id()
        started = Started(AT, response_id=key, form_id="torture", form_version="1", commune="32059")
        self.change("insert", {key: Fact("draft")}, lambda: store.begin(started))
        return key

    def answered(self, key: str, size: int = 0) -> None:
        """One answer more."""
        store, number = self.open(), self.book.facts[key].answers
        event = Answered(
            AT, f"a/q{number}", answer_text(key, number, size or self.dice.choice((9, 90, 900, 9000)))
        )
        self.change("update", {key: Fact("draft", number + 1)}, lambda: store.record(key, event))

    def finalised(self, key: str) -> None:
        """Finish a response."""
        store, number = self.open(), self.book.facts[key].answers
        after = {key: Fact("final", number)}
        self.change("finalise", after, lambda: store.finalise(key, Finalised(AT), CANONICAL))

    def _write(self, line: Line) -> None:
        self.book.read(line)
        if self.tell is not None:
            self.tell(line)


def keys_of(home: Path) -> KeyRing:
    """What opens a store, locked or not."""
    if not is_locked(home):
        return NO_KEYS
    from survey_tui.store.crypto.device_lock import unlock

    return unlock(home, PASSPHRASE, best=cheap())


def cheap() -> Cost:
    """Cost of a lock in these runs."""
    from survey_tui.store.crypto.passphrase import Cost

    return Cost(memory=64, passes=1)


def answer_text(key: str, number: int, size: int) -> str:
    """The only right text of this answer: at least its response and number, then the same again."""
    unit = f"{key[-12:]} {number} "
    return (unit * (size // len(unit) + 2))[: max(size, len(unit))]


def problems_in(root: Path, book: Book) -> tuple[list[Problem], dict[str, Fact]]:
    """Open the store after a fault and compare it with the book; what is there."""
    home = root / "home"
    found: list[Problem] = []
    try:
        keys = keys_of(home)
        findings = check_store(home, keys)
        found += [("unreadable", f"check: {f.code}") for f in findings if f.severity == "error"]
        with ResponseStore.open(home, keys=keys) as store:
            if store.read_only:
                return [*found, ("unreadable", ", ".join(n.code for n in store.notices))], {}
            found += [("wrong", f"notice {n.code}") for n in store.notices if n.code not in _HARMLESS]
            actual = _facts_of(store, found)
            found += _in_the_clear(home, store, actual)
    except StoreError as error:
        return [*found, ("unreadable", str(error))], {}
    found += _compared(book, actual)
    return found, actual


def facts_in(home: Path) -> dict[str, Fact]:
    """What a store says."""
    with ResponseStore.open(home, keys=keys_of(home)) as store:
        return _facts_of(store, [])


def _facts_of(store: ResponseStore, found: list[Problem]) -> dict[str, Fact]:
    actual = {}
    for summary in store.search():
        key, status = summary.id, "sealed" if summary.sealed else summary.status
        answers = 0
        try:
            if status != "sealed":
                texts = [event.text for event in store.events(key) if isinstance(event, Answered)]
                answers = len(texts)
                found += [
                    ("wrong", f"answer {n}")
                    for n, text in enumerate(texts)
                    if text != answer_text(key, n, len(text))
                ]
            if status != "draft":
                bytes_ = store.final_bytes(key)
                if status != "sealed" and bytes_ != CANONICAL:
                    found.append(("wrong", "frozen bytes"))
        except StoreError as error:
            found.append(("lost", f"{key}: {error}"))
        actual[key] = Fact(status, answers)
    return actual


def _in_the_clear(home: Path, store: ResponseStore, actual: dict[str, Fact]) -> Iterator[Problem]:
    """Answers that no file of the store may show: those of a locked store, and of sealed responses."""
    locked = store.passphrase_lock.is_set
    content = b"".join(path.read_bytes() for path in (home / "store").iterdir())
    for key, fact in actual.items():
        if (locked or fact.status == "sealed") and f'"{key[-12:]} 0 '.encode() in content:
            yield "wrong", f"answers of {key} in the clear ({'locked' if locked else 'sealed'})"


def _compared(book: Book, actual: dict[str, Fact]) -> Iterator[Problem]:
    gone = Fact("gone")
    before = {key: _same(actual.get(key, gone), book.facts.get(key, gone)) for key in book.perhaps}
    after = {key: _same(actual.get(key, gone), fact) for key, fact in book.perhaps.items()}
    if book.perhaps and not all(before.values()) and not all(after.values()):
        yield "wrong", f"half of {book.doing}"
    for key, fact in book.facts.items():
        if key not in book.perhaps and not _same(actual.get(key, gone), fact):
            yield "lost", f"{key}: {fact} is {actual.get(key, gone)}"
    for key in actual.keys() - book.facts.keys() - book.perhaps.keys():
        yield "wrong", f"{key} was never begun"


def _same(actual: Fact, wanted: Fact) -> bool:
    if actual.status != wanted.status:
        return False
    return actual.status in {"gone", "sealed"} or actual.answers == wanted.answers
