"""Names and modes of all files in the homes of a device and an office after a day's work."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from .golden import same_as_recorded
from .program import run, serving
from .questionnaire import appendix, small_book

pytestmark = [pytest.mark.slow, pytest.mark.server]

DONE = ["", "", "1", "42", "1", "1", "5", "", "3", "", "k", "c"]
VISIT = ("--commune", "32059", "--area", "01", "--household", "12", "--surveyor", "CM012")


def names(home: Path) -> str:
    """Names of files and directories in a home, without ids, digests and times; each pattern once."""
    found = set()
    for path in home.rglob("*"):
        if path.name.startswith("content-"):
            continue  # cached only for questionnaires that have not changed for a while
        name = str(path.relative_to(home))
        for pattern, instead in VARIABLE.items():
            name = re.sub(pattern, instead, name)
        mode = stat.filemode(path.stat().st_mode)
        if name.startswith(("plugins/", "attachments/")) or path.is_dir():
            mode = mode[0]  # those of the source, or of the umask
        found.add(f"{mode} {name}")
    return "".join(f"{line}\n" for line in sorted(found, key=lambda line: line.split()[1]))


VARIABLE = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "ID",
    r"\b[0-9a-f]{64}\b": "SHA256",
    r"\b[0-9a-f]{12,16}\b": "HEX",
    r"-[0-9a-f]{8}\.json$": "-HEX.json",
    r"\d{8}-\d{6}[^/]*$": "MOMENT",
}


def write(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


class Day:
    """A day's work; ``sections`` are the names after each part of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.device, self.office, self.server = (
            root / "device",
            root / "office",
            root / "server",
        )
        self.database = root / "server.db"
        self.sections: list[str] = []

    def note(self, title: str, home: Path) -> None:
        self.sections.append(f"=== {title}\n{names(home)}")

    def ask(self, *options: str | Path, lines: list[str], status: int = 0) -> None:
        run("survey-tui", "ask", "so_nho", *VISIT, *options, home=self.device, lines=lines, status=status)

    def interviews(self) -> None:
        for name, files in {"so_nho": small_book("1.0"), "phu_luc": appendix()}.items():
            run(
                "survey-tui",
                "plugins",
                "install",
                write(files, self.root / "1" / name),
                home=self.device,
            )
        self.ask(lines=DONE)
        self.ask(lines=DONE[:4], status=8)
        self.note("a device after interviews", self.device)

    def enrol(self, home: Path, url: str, *options: str) -> None:
        given = run(
            "survey-sync", "enrol-code", *options, "--json", "--database", self.database, home=self.server
        )
        run("survey-sync", "enrol", url, json.loads(given.out)["code"], home=home)

    def attach(self) -> None:
        finals = run("survey-tui", "responses", "list", "--status", "final", "--json", home=self.device).out
        photograph = self.device / "attachments" / json.loads(finals)[0]["id"] / "anh.jpg"
        photograph.parent.mkdir(parents=True)
        photograph.write_bytes(bytes(1000))

    def sending(self) -> None:
        with serving(self.database, self.server) as url:
            self.enrol(self.device, url, "--surveyor", "CM012")
            self.enrol(self.office, url, "--role", "coordinator")
            self.note("a device that is enrolled", self.device)
            self.attach()
            run("survey-sync", "message", "Chào buổi sáng.", home=self.office)
            package = write(small_book("2.0"), self.root / "2" / "so_nho")
            run("survey-tui", "plugins", "pack", package, self.root, home=self.office)
            key = json.loads(run("survey-sync", "key", "--json", home=self.office).out)["key"]
            run("survey-sync", "trust", "van_phong", key, home=self.device)
            run("survey-sync", "offer", self.root / "so_nho-2.0.zip", home=self.office)
            run("survey-sync", "push", home=self.device)
            run("survey-sync", "push", home=self.office)
        self.note("a device that has sent and heard", self.device)
        run("survey-sync", "install", home=self.device)

    def bundle(self) -> None:
        usb = self.root / "usb"
        usb.mkdir()
        self.ask(lines=[*DONE[:7], "", "9", "", "k", "c"])
        run("survey-sync", "bundle", "--to", usb, home=self.device)
        self.note("a device that has written to a stick", self.device)
        mark = json.loads(run("survey-sync", "key", "--json", home=self.device).out)["fingerprint"]
        run("survey-sync", "receive", usb, "--accept", mark, home=self.office)
        self.note("an office that has received a stick", self.office)

    def damage(self) -> None:
        card, phrase = self.root / "card", self.root / "phrase"
        card.mkdir()
        run("survey-tui", "store", "backup", "--to", card, "--remember", home=self.device)
        self.note("a memory card", card)
        phrase.write_text("một câu khá dài\n", encoding="utf-8")
        run("survey-tui", "lock", "set", "--new-passphrase-file", phrase, home=self.device)
        self.note("a device that is locked", self.device)
        self.note("a memory card of a device that is locked", card)
        given = ("--passphrase-file", phrase)
        journal = self.device / "store" / "responses.journal"
        journal.write_bytes(journal.read_bytes()[:-7])
        self.ask(*given, lines=DONE[:4], status=8)
        self.note("a device after a torn write", self.device)
        data = bytearray(journal.read_bytes())
        data[-200] ^= 0xFF
        journal.write_bytes(data)
        run("survey-tui", "store", "repair", *given, home=self.device, status=None)
        self.note("a device that was repaired", self.device)


def test_names_after_a_days_work(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.interviews()
    day.sending()
    day.bundle()
    day.damage()
    database_files = sorted(path.name for path in tmp_path.glob("server.db*"))
    assert database_files == ["server.db"]
    same_as_recorded("names.txt", "".join(day.sections))
