"""Make the fixtures with the program that is installed for an interpreter (see README.md).

    COMPATIBILITY_PYTHON=/…/bin/python python -m tests.compatibility.generate

New fixtures have new ids and times, so all golden files must be recorded again.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from pathlib import Path

from .archive import DATA, pack
from .program import nfd, run, serving
from .questionnaire import appendix, small_book

VISIT = ("--commune", "32059", "--surveyor", "CM001")
OPENING = ["", "", "1"]
MEMBERS = ["41", "nuôi tôm", "c", "12", "k"]


def make(directory: Path) -> None:
    homes = {name: directory / name for name in ("field", "second", "office", "locked", "sealed", "server")}
    _interviews(directory, homes["field"])
    _locked(directory, homes["locked"])
    _sealed(directory, homes["sealed"])
    usb = directory / "usb"
    usb.mkdir()
    _collection(directory, homes, usb)
    for name in ("field", "office", "locked", "sealed"):
        shutil.rmtree(homes[name] / "cache", ignore_errors=True)  # its keys are paths of this machine
        pack(homes[name], name)
    pack(usb, "usb")
    pack(directory / "keys", "keys")
    _pack_database(directory / "server.db", directory / "database")


def write(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def ask(
    home: Path, survey: str, *options: str, household: str = "", lines: list[str], status: int = 0
) -> str:
    """Conduct an interview; the id of its response."""
    visit = (*VISIT, "--area", "01", "--household", household) if household else ()
    run("survey-tui", "ask", survey, *visit, *options, home=home, lines=lines, status=status)
    newest = json.loads(run("survey-tui", "responses", "list", "--json", home=home).out)[0]
    return str(newest["id"])


def install(home: Path, files: dict[str, str], folder: Path) -> None:
    run("survey-tui", "plugins", "install", write(files, folder), "--yes", home=home)


def _interviews(directory: Path, home: Path) -> None:
    """Interviews in every state, with version 1.0 of the survey; 2.0 is a package later."""
    home.mkdir()
    settings = {
        "language": "vi", "typing": "telex", "theme": "dark", "mouse": False, "one_key": True,
        "surveyor": "CM001", "commune": "32059", "area": "01", "survey": "so_nho",
        "contact": nfd("chị Hoà, 0290 000 000"), "keep_days": 0,
    }  # fmt: skip
    (home / "settings.json").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    install(home, small_book("1.0"), directory / "one" / "so_nho")
    install(home, appendix(), directory / "one" / "phu_luc")
    done = [*OPENING, "42", "1 3", "2", "7,5", "2019-02-28", "Không có gì thêm", *MEMBERS, "c"]
    ask(home, "so_nho", household="1", lines=done)
    missing = [
        *OPENING,
        "/refused",
        "2",
        "/dk",
        "/refused",
        "",
        nfd("Phường Đông Hưng Thuận, đường Điện Biên Phủ"),
        "",
        "k",
        "c",
    ]
    ask(home, "so_nho", household="2", lines=missing)
    ask(home, "so_nho", household="3", lines=[
        *OPENING, "105", "c", "1", "/note " + nfd("hỏi lại bà Hoà sau bữa trưa"), "1", "12.25", "2020-12-01",
        "=SUM(A1)", "20", "-", "k", "c",
    ])  # fmt: skip
    ask(home, "so_nho", household="4", lines=[*OPENING[:2], "=0", "c"])
    ask(home, "vneid", household="5", lines=["", "", "", "=0", "=refuse", "c"])
    # Drafts: the first has answers that version 2.0 has no question for.
    ask(
        home,
        "so_nho",
        household="6",
        status=8,
        lines=[*OPENING, "33", "1 2", "=none", "3", "2018-05-04", "nhà xa"],
    )
    ask(
        home,
        "so_nho",
        household="7",
        status=8,
        lines=[*OPENING, "/note " + nfd("nghe không rõ"), "/dk", "3", "/back", "2"],
    )
    ask(
        home,
        "so_nho",
        household="8",
        lines=[*OPENING, "60", "1", "1", "/refused", "", "x", "61", nfd("làm ruộng"), "/quit"],
    )
    ask(home, "vneid", household="9", status=8, lines=["", "", ""])


def _collection(directory: Path, homes: dict[str, Path], usb: Path) -> None:
    """A server, three devices, and what they exchange."""
    field, second, office, server = (homes[name] for name in ("field", "second", "office", "server"))
    database = directory / "server.db"
    with serving(database, server) as url:
        for name, role in (("hoa", "coordinator"), ("phan_tich", "analyst"), ("cu", "analyst")):
            given = run(
                "survey-sync", "accounts", "add", name, "--role", role, "--database", database, home=server
            )
            (directory / "keys" / f"password-{name}").write_text(given.out, encoding="utf-8")
        run("survey-sync", "accounts", "disable", "cu", "--database", database, home=server)

        def enrol(home: Path, *options: str) -> None:
            given = run("survey-sync", "enrol-code", *options, "--json", "--database", database, home=server)
            code = json.loads(given.out)["code"]
            run("survey-sync", "enrol", url, code, "--name", nfd(f"máy {home.name}"), home=home)

        enrol(field, "--surveyor", "CM001")
        enrol(office, "--role", "coordinator")
        run("survey-sync", "enrol-code", "--surveyor", "CM009", "--database", database, home=server)
        other = _conflict(field, second)
        enrol(second, "--surveyor", "CM002")
        _attach(field)
        run("survey-sync", "push", home=field)
        run("survey-sync", "push", home=second, status=11)
        _updates(directory, office, field)
        run("survey-sync", "push", home=field)
        run("survey-sync", "push", home=office)
        _withdraw(field, 0)
        run("survey-sync", "push", home=field)
        _withdraw(field, 0)
    # Without the server:
    run("survey-sync", "push", "--patience", "0", home=field, status=10)
    _pending(directory, field)
    run("survey-sync", "push", "--patience", "0", home=field, status=10)
    for home, words in ((field, "USB thứ nhất"), (second, "USB thứ hai")):
        finish(home, other, words)
    _bundles(homes, usb)
    run("survey-tui", "plugins", "disable", "phu_luc", home=field)
    (usb / "backup").mkdir()
    run("survey-tui", "store", "backup", "--to", usb / "backup", home=field)
    (field / "store" / "responses.backups").unlink()  # it names the directory
    for command in (["responses", "list"], ["store", "check"]):
        run("survey-tui", *command, home=field)


def finish(home: Path, draft: str, words: str) -> None:
    run(
        "survey-tui", "ask", "so_nho", "--response", draft, home=home,
        lines=["1", "1", "5", "", words, "", "k", "c"],
    )  # fmt: skip


def _conflict(field: Path, second: Path) -> str:
    """Copy two drafts with their home, and finish one of them differently on both devices; the other's id."""
    drafts = [ask(field, "so_nho", household=each, status=8, lines=[*OPENING, "50"]) for each in ("20", "21")]
    shutil.copytree(field, second)
    shutil.rmtree(second / "sync", ignore_errors=True)
    settings = json.loads((second / "settings.json").read_bytes())
    settings["device"] = ""
    (second / "settings.json").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    for home, words in ((field, "bản thứ nhất"), (second, "bản thứ hai")):
        finish(home, drafts[0], words)
    return drafts[1]


def _attach(home: Path) -> None:
    finals = json.loads(run("survey-tui", "responses", "list", "--status", "final", "--json", home=home).out)
    for number, each in enumerate(finals[:2]):
        path = home / "attachments" / str(each["id"]) / f"anh_{number}.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(range(256)) * (number + 1))


def _updates(directory: Path, office: Path, field: Path) -> None:
    """Messages, one of them retracted, and a signed package that the device trusts."""
    run("survey-sync", "message", nfd("Chiều nay họp ở Ủy ban, mang theo máy."), home=office)
    run("survey-sync", "message", "Anh gọi lại văn phòng.", "--to", "CM001", home=office)
    wrong = run("survey-sync", "message", "Tin nhầm.", "--json", home=office)
    run("survey-sync", "retract", str(json.loads(wrong.out)["number"]), home=office)
    key = json.loads(run("survey-sync", "key", "--json", home=office).out)["key"]
    run("survey-sync", "trust", "van_phong", key, home=field)
    new = write(small_book("2.0"), directory / "two" / "so_nho")
    run("survey-tui", "plugins", "pack", new, directory, home=office)
    run("survey-sync", "offer", directory / "so_nho-2.0.zip", home=office)


def _withdraw(home: Path, which: int) -> None:
    """Erase a sent response of the small survey by its receipt code."""
    out = run("survey-tui", "responses", "export", "--format", "jsonl", "--survey", "so_nho", home=home).out
    codes = [
        values.get("m0/withdraw_code")
        for values in (dict(json.loads(line)["values"]) for line in out.splitlines())
    ]
    run("survey-tui", "responses", "withdraw", [code for code in codes if code][which], "--yes", home=home)


def _pending(directory: Path, field: Path) -> None:
    """A response and an attachment after the last exchange, which are pending."""
    newest = ask(
        field,
        "so_nho",
        household="30",
        lines=[*OPENING, "29", "1 2 3", "1", "9", "", nfd("gửi sau"), *MEMBERS, "c"],
    )
    path = field / "attachments" / newest / "anh_sau.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))


def _bundles(homes: dict[str, Path], usb: Path) -> None:
    """Bundles of two devices; the office receives them and writes receipts, which stay on the drive."""
    field, second, office = homes["field"], homes["second"], homes["office"]
    install(office, small_book("1.0"), usb.parent / "one" / "so_nho")
    ask(
        second,
        "so_nho",
        household="40",
        lines=[*OPENING, "71", "1", "1", "", "", nfd("từ USB"), "", "k", "c"],
    )
    for home in (field, second):
        run("survey-sync", "bundle", "--to", usb, home=home)
        mark = json.loads(run("survey-sync", "key", "--json", home=home).out)["fingerprint"]
        run("survey-sync", "receive", usb, "--accept", mark, home=office, status=None)


def _locked(directory: Path, home: Path) -> None:
    """A store with a passphrase, and a recovery key."""
    keys = directory / "keys"
    keys.mkdir()
    public = run("survey-tui", "keys", "new", keys / "recovery.pem", home=home).out.strip()
    (keys / "passphrase").write_text(nfd("mật khẩu của máy này") + "\n", encoding="utf-8")
    install(home, small_book("1.0"), directory / "one" / "so_nho")
    done = [*OPENING, "42", "1 3", "2", "7,5", "2019-02-28", nfd("Bà Rịa"), *MEMBERS, "c"]
    ask(home, "so_nho", household="1", lines=done)
    run(
        "survey-tui", "lock", "set", "--recovery-key", public, "--new-passphrase-file", keys / "passphrase",
        home=home,
    )  # fmt: skip
    given = ("--passphrase-file", keys / "passphrase")
    run(
        "survey-tui",
        "ask",
        "so_nho",
        *VISIT,
        "--area",
        "01",
        "--household",
        "2",
        *given,
        home=home,
        lines=done,
    )
    run(
        "survey-tui", "ask", "so_nho", *VISIT, "--area", "01", "--household", "3", *given, home=home,
        lines=[*OPENING, "18"], status=8,
    )  # fmt: skip


def _sealed(directory: Path, home: Path) -> None:
    """A survey whose final responses are sealed to the organisation's key."""
    key = directory / "keys" / "organisation.pem"
    public = run("survey-tui", "keys", "new", key, home=home).out.strip()
    install(home, small_book("1.0", survey="so_kin", seal_key=public), directory / "sealed_survey" / "so_nho")
    done = [*OPENING, "42", "1 3", "2", "7,5", "2019-02-28", nfd("kín"), *MEMBERS, "c"]
    ask(home, "so_kin", household="1", lines=done)
    ask(home, "so_kin", household="2", lines=[*OPENING, "/dk", "", "1", "/refused", "", "", "", "k", "c"])
    ask(home, "so_kin", household="3", status=8, lines=[*OPENING, "18"])


def _pack_database(database: Path, folder: Path) -> None:
    """Pack the database as one SQLite file without its log, and as SQL for PostgreSQL."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    folder.mkdir()
    shutil.copy(database, folder / "server.db")
    (folder / "server.sql").write_text(_dump(folder / "server.db"), encoding="utf-8")
    pack(folder, "database")


def _dump(database: Path) -> str:
    """SQL of the database in PostgreSQL: tables as the server makes them there, rows of the SQLite file."""
    import psycopg

    from tests.sync.postgres import Postgres

    with tempfile.TemporaryDirectory() as directory, Postgres(Path(directory)) as postgres:
        url = postgres.new()
        with serving(url, Path(directory) / "server"):
            pass
        with sqlite3.connect(database) as old, psycopg.connect(url) as new:
            for (table,) in old.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall():
                rows = old.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in rows.description]
                new.execute(f'DELETE FROM "{table}"')
                places = ", ".join(["%s"] * len(columns))
                statement = f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({places})'
                for row in rows:
                    new.execute(statement, row)
            new.execute("SELECT setval(pg_get_serial_sequence('pushes', 'seq'), max(seq)) FROM pushes")
        return postgres.dump(url)


def main() -> None:
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        make(Path(directory))


if __name__ == "__main__":
    main()
