"""``survey-sync watch``: what is finished later goes out too, and what the coordinator says arrives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs
from survey_sync.client import credentials
from survey_sync.client.inbox import Inbox

from survey_tui.errors import ExitCode
from tests.support.devices import Home, Server
from tests.sync.client.office import Office


@contextmanager
def watching(home: Home) -> Iterator[subprocess.Popen[str]]:
    environment = {
        "PATH": os.environ["PATH"],
        "SURVEY_TUI_HOME": str(home.path),
        "SURVEY_TUI_LANGUAGE": "en",
        "PYTHONUTF8": "1",
    }
    program = [sys.executable, "-c", "from survey_sync.cli import main; main()", "watch", "--every", "1"]
    with subprocess.Popen(
        program, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def received(home: Home) -> int:
    return list(home.statuses().values()).count("received")


def test_what_is_finished_later_goes_out_too(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 3)
    office = server.device(tmp_path / "office", role="coordinator")
    Office(office, tmp_path).write("Mai nghỉ")
    with watching(home) as process:
        wait_until(lambda: received(home) == 3)
        home.fill(2)
        wait_until(lambda: received(home) == 5)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == ExitCode.INTERRUPTED
        assert process.stdout is not None
        told = process.stdout.read()
    assert [message.text for message in Inbox(home.folder).messages] == ["Mai nghỉ"]
    assert told.count("unread messages") == 1  # said when it came, and not again with the next responses


def test_it_ends_when_only_a_person_can_help(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a")
    believed = credentials.load(home.folder)
    credentials.save(home.folder, structs.replace(believed, token="svs1_other"))
    with watching(home) as process:
        assert process.wait(30) == ExitCode.NOT_ENROLLED
    credentials.save(home.folder, believed)
    (tmp_path / "new").write_text("correct horse battery staple", "utf-8")
    lock = ["lock", "set", "--new-passphrase-file", str(tmp_path / "new"), "--home", str(home.path)]
    subprocess.run([sys.executable, "-m", "survey_tui", *lock], check=True, capture_output=True)
    with watching(home) as process:
        assert process.wait(30) == ExitCode.STORE
