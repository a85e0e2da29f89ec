"""What the person who runs the server relies on: migrations, accounts, backups, logs, metrics."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect
from survey_sync.protocol.messages import NewCode
from survey_sync.server import admin
from survey_sync.server.admin import backup
from survey_sync.server.auth import check_password, hash_password
from survey_sync.server.db import Database
from survey_sync.server.db.database import database_url
from survey_sync.server.db.migrations import STEPS, MigrationStep, migrate
from survey_sync.server.db.tables import METADATA
from survey_sync.server.monitoring import LOGGER, JsonLogFormatter
from survey_sync.server.problems import ServerError

from survey_tui.locale import LANGUAGES, Translator
from tests.support.collection_server import Make, Server, batch


# --- the database
def test_the_steps_lead_to_the_tables_that_queries_expect(where: str) -> None:
    database = Database.open(where)
    with database.read() as connection:
        found = inspect(connection)
        assert set(found.get_table_names()) == set(METADATA.tables)
        for table in METADATA.sorted_tables:
            columns = {each["name"]: each for each in found.get_columns(table.name)}
            assert list(columns) == [column.name for column in table.columns], table
            for column in table.columns:
                assert columns[column.name]["nullable"] == column.nullable, column
                kinds = (columns[column.name]["type"].python_type, column.type.python_type)
                assert kinds[0] == kinds[1], column
            key = found.get_pk_constraint(table.name)["constrained_columns"]
            assert key == [column.name for column in table.primary_key], table
            unique = {tuple(each["column_names"]) for each in found.get_unique_constraints(table.name)}
            expected = {("id", "sha256")} if table.name == "responses" else set()
            assert unique == expected | ({("token_sha256",)} if table.name == "devices" else set())
    database.close()


def test_a_later_step_is_taken_once(where: str) -> None:
    database = Database.open(where)
    later = (
        *STEPS,
        MigrationStep(99, "a column", ("ALTER TABLE devices ADD COLUMN note TEXT NOT NULL DEFAULT ''",)),
    )
    with database.write() as connection:
        assert migrate(connection, later) == 1
    with database.write() as connection:
        assert migrate(connection, later) == 0
    database.close()
    with pytest.raises(ServerError, match="server_newer_database"):
        Database.open(where)


def test_a_step_that_fails_changes_nothing(where: str) -> None:
    database = Database.open(where)
    broken = (
        *STEPS,
        MigrationStep(99, "broken", ("CREATE TABLE half (x TEXT)", "CREATE TABLE devices (x TEXT)")),
    )
    with pytest.raises(Exception, match="devices"), database.write() as connection:
        migrate(connection, broken)
    with database.read() as connection:
        assert not inspect(connection).has_table("half")
    database.close()


def test_processes_may_start_at_once(where: str) -> None:
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(Database.open(where))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    for database in opened:
        database.close()


def test_sqlite_is_durable_and_private(sqlite: str) -> None:
    database = Database.open(sqlite)
    assert Path(sqlite).stat().st_mode & 0o077 == 0
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    database.close()


@pytest.mark.parametrize("where", ["mysql://x/y", "sqlite://", "://", "http://x"])
def test_databases_that_are_none(where: str) -> None:
    with pytest.raises(ServerError, match="server_bad_database"):
        database_url(where)


def test_a_password_in_the_url_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ServerError) as caught:
        Database.open("postgresql://user:hunter2@127.0.0.1:9/x")
    assert caught.value.code == "server_no_database"
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ServerError, match="server_no_database"):
        Database.open(str(tmp_path / "missing" / "x.db"))


# --- people and devices
def test_accounts(where: str) -> None:
    password = admin.add_account(where, "chi", "coordinator")
    with pytest.raises(ServerError, match="server_account_exists"):
        admin.add_account(where, "chi", "analyst")
    with pytest.raises(ServerError, match="server_account_role"):
        admin.add_account(where, "dung", "surveyor")
    assert admin.set_password(where, "chi") != password
    admin.disable_account(where, "chi")
    (account,) = admin.account_list(where)
    assert (account.name, account.role, bool(account.disabled)) == ("chi", "coordinator", True)
    with pytest.raises(ServerError, match="server_no_account"):
        admin.set_password(where, "nobody")


def test_devices_by_name_or_beginning_of_their_id(server: Server) -> None:
    first, second = server.device(name="máy 1"), server.device(name="máy 1")
    with pytest.raises(ServerError, match="server_many_devices"):
        admin.revoke_device(server.where, "máy 1")
    assert admin.revoke_device(server.where, first.id[:13]).id == first.id
    assert admin.revoke_device(server.where, "máy 1").id == second.id
    with pytest.raises(ServerError, match="server_no_such_device"):
        admin.revoke_device(server.where, "máy 1")
    assert all(each.revoked for each in admin.device_list(server.where))


def test_passwords_are_hashed() -> None:
    stored = hash_password("mật khẩu")
    assert "mật" not in stored
    assert check_password("mật khẩu", stored)
    assert not check_password("mat khau", stored)
    assert not check_password("", "")


def test_secrets_are_not_in_the_database(server: Server) -> None:
    code = admin.issue_enrolment_code(server.where, NewCode()).code
    token = server.device().token
    password = admin.add_account(server.where, "chi", "coordinator")
    server.database.purge_erased()
    content = Path(server.where).read_bytes()
    for secret in (code, code.replace("-", ""), token, password):
        assert secret.encode() not in content


def test_the_qr_code_can_be_drawn() -> None:
    text = admin.qr_text(admin.enrolment_command("https://tinh.example:8320", "7KQ4M-2ZT9H"))
    assert 15 < text.count("\n") < 30


# --- backup
def test_a_backup_while_responses_come_in(server: Server, make: Make, tmp_path: Path) -> None:
    device = server.device()
    device.push(*[make(n) for n in range(1, 200)])
    stop = threading.Event()

    def keep_sending() -> None:
        number = 200
        while not stop.is_set():
            server.device().push(make(number))
            number += 1

    sender = threading.Thread(target=keep_sending)
    sender.start()
    made = backup(server.where, tmp_path / "copy.db")
    stop.set()
    sender.join()
    assert made.responses >= 199
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    copy = Database.open(str(tmp_path / "copy.db"))
    with copy.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM bodies").scalar_one() == made.responses
    copy.close()
    with pytest.raises(ServerError, match="server_backup_exists"):
        backup(server.where, tmp_path / "copy.db")


def test_backups_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(ServerError) as caught:
        backup("postgresql://anh:secret@db/survey", tmp_path / "x")
    assert caught.value.code == "server_backup_postgres"
    assert "pg_dump" in str(caught.value.details["command"])
    assert "secret" not in str(caught.value)
    with pytest.raises(ServerError, match="server_no_database"):
        backup(str(tmp_path / "none.db"), tmp_path / "x")
    sqlite3.connect(tmp_path / "other.db").close()
    (tmp_path / "other.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ServerError, match="server_backup_failed"):
        backup(str(tmp_path / "other.db"), tmp_path / "x")
    assert not list(tmp_path.glob(".*"))


# --- logs, metrics, words
def test_the_log_tells_who_and_what_but_no_answers(
    server: Server, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOGGER.name)
    device = server.device()
    device.push(make(1, text="câu-trả-lời-kín"))
    device.send("POST", "/v1/responses", '{"x": "lời-khác"}'.encode())
    device.get("/v1/updates?since=7")
    lines = [JsonLogFormatter().format(record) for record in caplog.records if record.name == LOGGER.name]
    told = [json.loads(line) for line in lines]
    assert [(each["method"], each["route"], each["status"]) for each in told] == [
        ("POST", "/v1/responses", 200),
        ("POST", "/v1/responses", 400),
        ("GET", "/v1/updates", 200),
    ]
    assert told[0]["device"] == device.id
    assert told[1]["code"] == "malformed"
    for secret in ("câu-trả-lời", "lời-khác", device.token, "since=7"):
        assert secret not in "".join(lines)


def test_a_fault_is_told_without_content(
    server: Server, make: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey_sync.server.http import device_endpoints

    def fail(*_: object) -> None:
        raise ValueError("câu-trả-lời-kín")

    monkeypatch.setattr(device_endpoints, "receive", fail)
    # The table holds the handler, which looks the function up when it is called.
    reply = server.device().send("POST", "/v1/responses", batch(make(1)))
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    lines = [JsonLogFormatter().format(record) for record in caplog.records if record.name == LOGGER.name]
    fault = next(json.loads(line) for line in lines if "ValueError" in line)
    assert fault["request_id"] == reply.json()["request_id"]
    assert any("device_endpoints.py" in where for where in fault["where"])
    assert "câu-trả-lời" not in "".join(lines) + reply.text


def test_a_database_that_is_away_is_told_as_busy(server: Server) -> None:
    device = server.device()
    with server.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE devices RENAME TO away")
    reply = device.get("/v1/updates")
    assert (reply.status_code, reply.json()["code"], reply.headers["retry-after"]) == (503, "busy", "5")
    assert server.nobody().get("/health").status_code == 200


def test_metrics(server: Server, make: Make) -> None:
    device = server.device()
    device.push(make(1), make(1), make(1, text="khác"))
    text = server.device("coordinator", "").get("/metrics").text
    labels = 'method="POST",route="/v1/responses",status="200"'
    assert re.search(rf'survey_sync_requests_total{{process="\d+",{labels}}} 1', text)
    for status in ("stored", "present", "conflict"):
        assert re.search(rf'survey_sync_receipts_total{{process="\d+",status="{status}"}} 1', text)
    assert "survey_sync_responses 2\n" in text
    assert "survey_sync_conflicts 1\n" in text
    assert re.search(r'request_seconds_bucket{process="\d+",le="\+Inf"} \d', text)
    for line in text.splitlines():
        assert re.fullmatch(r"# TYPE \w+ \w+|\w+({[^}]*})? [0-9.e+-]+", line)


CODES = {
    code
    for path in Path("sync/survey_sync/server").rglob("*.py")
    for code in re.findall(r'ServerError\(\s*"(server_\w+)"', path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_words(code: str, language: str) -> None:
    details = dict.fromkeys(
        [
            "database",
            "reason",
            "found",
            "known",
            "host",
            "port",
            "path",
            "said",
            "devices",
            "name",
            "role",
            "command",
        ],
        "?",
    )
    assert len(Translator(language).error(ServerError(code, **details))) > 20
