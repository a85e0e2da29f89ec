"""``survey-sync offer``: a questionnaire or plugin for the devices."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_sync.client.errors import DeskError
from survey_sync.client.folder import Folder
from survey_sync.commands.desking import open_desk, suggested_name
from survey_sync.commands.telling import size_in_words
from survey_sync.commands.words import SyncCommand
from survey_tui.cli.output import write_json, write_line
from survey_tui.cli.program import Program
from survey_tui.cli.words import shared_options

if TYPE_CHECKING:
    from survey_sync.client.offering import Prepared
    from survey_sync.protocol import Content, Package
    from survey_tui.locale import Translator

__all__ = ["offer"]

_PATIENT = 1.0  # seconds after which somebody who waits is told how far it is
_STEP = 0.5


@click.command(cls=SyncCommand)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--key", "key_file", metavar="KEYFILE", type=click.Path(path_type=Path))
@click.option("--as", "content", type=click.Choice(("survey", "plugin")))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def offer(
    program: Program, path: Path, key_file: Path | None, content: Content | None, as_json: bool
) -> None:
    """Judge, sign, send; the number is the first line of the answer."""
    from survey_sync.client.keys import SigningKey
    from survey_sync.client.offering import before, prepare
    from survey_sync.reach import reach

    line = _Line(program)
    with open_desk(program, line.leave) as desk:
        key = SigningKey(Folder(program.home), key_file)
        with line.while_it(lambda: program.words("desk.checking", path=path)):
            wanted = prepare(path, program.home, key.file, content)
            items, _ = desk.offered()
            old = before(items, wanted)
            most = desk.most()
        if len(wanted.data) > most:
            raise DeskError("sync_offer_too_large", path=path, size=len(wanted.data), limit=most)
        _tell_plan(program, wanted, old)
        sent = _Sent(program.words, len(wanted.data))
        with line.while_it(sent.text):
            package, new = desk.offer(wanted, key.public, key.sign, sent.count)
        devices = reach(package, desk.devices()).devices
        name = suggested_name(desk.server)
    if as_json:
        write_json({"package": package, "new": new, "devices": len(devices), **_facts(key.public, name)})
    else:
        _tell(program, package, key.public)
    program.diagnostics.note("desk.offer_new" if new else "desk.offer_known", count=len(devices))
    program.diagnostics.note("desk.offer_trust", command=_facts(key.public, name)["trust"])


def _facts(public: str, name: str) -> dict[str, str]:
    from survey_sync.client.keys import fingerprint

    trust = f"survey-sync trust {name} {public}"
    return {"public": public, "fingerprint": fingerprint(public), "trust": trust}


def _tell_plan(program: Program, wanted: Prepared, old: Package | None) -> None:
    """What will come of it, before it does."""
    note, words = program.diagnostics.note, program.words
    title = wanted.title.get(program.language) or next(iter(wanted.title.values()), "–")
    note(
        "desk.offer_plan",
        name=wanted.name,
        version=wanted.version,
        kind=words(f"desk.kind_{wanted.content}"),
        title=title,
        size=size_in_words(len(wanted.data)),
    )
    if old is not None and (old.sha256, old.version) != (wanted.sha256, wanted.version):
        note("desk.offer_replaces", seq=old.seq, version=old.version)
    if wanted.python:
        note("desk.offer_python")
    if wanted.foreign:
        note("desk.offer_foreign")


def _tell(program: Program, package: Package, public: str) -> None:
    facts = {
        "number": package.seq,
        "name": package.name,
        "version": package.version,
        "kind": program.words(f"desk.kind_{package.content}"),
        "sha256": package.sha256,
        "fingerprint": _facts(public, "")["fingerprint"],
    }
    heads = {name: program.words(f"desk.field_{name}") for name in facts}
    width = max(map(len, heads.values()))
    for name, value in facts.items():
        write_line(f"{heads[name]:{width}}  {value}")


class _Line:
    """A line that is drawn over, where somebody looks on and it takes longer than a moment."""

    def __init__(self, program: Program) -> None:
        self._say = program.diagnostics.progress
        self._drawn = False

    @contextmanager
    def while_it(self, says: Callable[[], str]) -> Iterator[None]:
        """Draw what ``says`` says, asked from another thread, until the block ends."""
        done = threading.Event()
        drawer = threading.Thread(target=self._draw, args=(says, done), daemon=True)
        if sys.stderr is not None and sys.stderr.isatty():
            drawer.start()
        try:
            yield
        finally:
            done.set()
            if drawer.ident is not None:
                drawer.join()
            self.leave()

    def leave(self) -> None:
        """Go on below it."""
        if self._drawn:
            self._drawn = False
            self._say("", last=True)

    def _draw(self, says: Callable[[], str], done: threading.Event) -> None:
        wait = _PATIENT
        while not done.wait(wait):
            self._say(says())
            self._drawn = True
            wait = _STEP


class _Sent:
    """How much has gone out, and since when."""

    def __init__(self, words: Translator, total: int) -> None:
        self._words = words
        self._total = total
        self._began = time.monotonic()
        self.bytes = 0

    def count(self, sent: int) -> None:
        """``sent`` bytes have gone out."""
        self.bytes = sent

    def text(self) -> str:
        """In words."""
        return self._words(
            "desk.sending",
            part=f"{self.bytes / self._total:4.0%}",
            sent=size_in_words(self.bytes),
            total=size_in_words(self._total),
            seconds=round(time.monotonic() - self._began),
        )
