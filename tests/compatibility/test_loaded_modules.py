"""Modules that a command loads: those of other packages by name, the project's own by number.

``tests/architecture`` names what certain commands must not load. This test holds the whole set, so it notices
a package that a moved import brings in, whichever it is. The limits are what version 0.1.0 loaded; commands
that list, search or export responses have loaded TinyDB since.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from .archive import unpack
from .golden import RECORDED, recording
from .program import INTERPRETER, environment

pytestmark = pytest.mark.slow

OWN = ("survey_tui", "survey_sync", "survey_questionnaires")
HEAVY = frozenset(
    (
        "argparse",
        "asyncio",
        "base64",
        "bz2",
        "calendar",
        "concurrent",
        "configparser",
        "csv",
        "ctypes",
        "dataclasses",
        "decimal",
        "difflib",
        "email",
        "fractions",
        "gettext",
        "gzip",
        "hmac",
        "html",
        "http",
        "importlib.metadata",
        "importlib.resources",
        "inspect",
        "ipaddress",
        "json",
        "locale",
        "logging",
        "lzma",
        "multiprocessing",
        "optparse",
        "pdb",
        "pickle",
        "platform",
        "pydoc",
        "queue",
        "random",
        "secrets",
        "shlex",
        "shutil",
        "signal",
        "smtplib",
        "socket",
        "sqlite3",
        "ssl",
        "statistics",
        "string",
        "subprocess",
        "tarfile",
        "tempfile",
        "threading",
        "tomllib",
        "traceback",
        "typing",
        "unicodedata",
        "unittest",
        "urllib.parse",
        "urllib.request",
        "uuid",
        "webbrowser",
        "xml",
        "zipfile",
        "zipimport",
        "zlib",
        "zoneinfo",
    )
)
"""Parts of the standard library that cost something, or that only a change of imports brings in."""

_DUMP = """
import atexit, json, sys
before = set(sys.modules)
def dump():
    with open({target!r}, "w") as file:
        names = sorted(set(sys.modules) - before)
        packages = [name for name in names if hasattr(sys.modules[name], "__path__")]
        json.dump({{"names": names, "packages": packages}}, file)
atexit.register(dump)
sys.argv = {argv!r}
from {package}.cli import main
main()
"""

COMMANDS = {
    "version": "survey-tui --version",
    "help": "survey-tui --help",
    "help of a command": "survey-tui responses export --help",
    "no terminal": "survey-tui",
    "completion": "survey-tui completion bash",
    "forms list": "survey-tui forms list",
    "forms list json": "survey-tui forms list --json",
    "forms show": "survey-tui forms show so_nho --commune 32059",
    "responses list": "survey-tui responses list",
    "responses export jsonl": "survey-tui responses export --format jsonl",
    "responses export csv": "survey-tui responses export --format csv --survey so_nho",
    "store check": "survey-tui store check",
    "plugins list": "survey-tui plugins list",
    "lock status": "survey-tui lock status",
    "keys show": "survey-tui keys show hpke-x25519:7MmKsNHBD8lZlj9xq1sXXtNwckKd4-8AqFDOS_1KVn4",
    "ask to the first question": "survey-tui ask so_nho --plain --commune 32059 --area 01 --household 99",
    "ask a national survey": "survey-tui ask xa_hoi_so --commune 32059 --area 01 --household 99",
    "sync version": "survey-sync --version",
    "sync help": "survey-sync --help",
    "sync status": "survey-sync status",
    "sync log": "survey-sync log",
    "sync messages": "survey-sync messages",
    "sync key": "survey-sync key",
    "sync push without a line": "survey-sync push --patience 0",
    "sync install": "survey-sync install --json",
    "sync devices": "survey-sync devices",
}


class Loaded(NamedTuple):
    """Modules that a command imported, and the packages among them."""

    names: list[str]
    packages: list[str]


def loaded(line: str, home: Path) -> Loaded:
    program, *arguments = line.split()
    target = home.parent / "modules.json"
    package = program.replace("-", "_")
    code = _DUMP.format(target=str(target), argv=[program, *arguments], package=package)
    subprocess.run(
        [INTERPRETER, "-c", code],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=home.parent,
        timeout=120,
        check=False,
    )
    return Loaded(**json.loads(target.read_bytes()))


def summarise(loaded: Loaded) -> dict[str, Any]:
    """Counts and names to compare. A package is not counted as an own module: it contains only imports."""
    modules = set(loaded.names) - set(loaded.packages)
    own = [name for name in modules if name.partition(".")[0] in OWN]
    foreign = {
        name
        for name in {name.partition(".")[0] for name in loaded.names}
        if name not in sys.stdlib_module_names and not name.startswith(("_", *OWN))
    }
    return {"own": len(own), "heavy": sorted(HEAVY & set(loaded.names)), "third-party": sorted(foreign)}


def compare(name: str, now: dict[str, Any]) -> None:
    """Fail for a package that is not recorded, or for more own modules than recorded."""
    path = RECORDED / "loaded-modules.json"
    facts: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    if recording():
        facts[name] = now
        path.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return
    limits = facts[name]
    assert set(now["third-party"]) <= set(limits["third-party"])
    assert set(now["heavy"]) <= set(limits["heavy"])
    assert now["own"] <= limits["own"]


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with filled caches, shared by the tests of this module."""
    home = unpack("field", tmp_path_factory.mktemp("modules") / "field")
    server = home / "sync" / "server.json"
    facts = json.loads(server.read_bytes())
    server.write_text(json.dumps({**facts, "url": "http://127.0.0.1:1"}), encoding="utf-8")
    for name in ("forms show", "ask to the first question", "ask a national survey"):
        loaded(COMMANDS[name], home)
    return home


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_no_more_than_it_did(name: str, warm: Path) -> None:
    compare(name, summarise(loaded(COMMANDS[name], warm)))


@pytest.mark.pty
def test_home_on_the_screen_loads_no_more_than_it_did(warm: Path) -> None:
    def home_is_there(screen: str) -> bool:
        return "so_nho" in screen or "Sổ nhỏ" in screen

    compare("home screen", summarise(loaded_on_screen("survey-tui", warm, home_is_there)))


def loaded_on_screen(line: str, home: Path, shown: Callable[[str], bool]) -> Loaded:
    """Modules of the full screen, which is left with Ctrl+Q when ``shown`` is true of it."""
    import pexpect
    import pyte

    target = home.parent / "screen.json"
    target.unlink(missing_ok=True)
    code = _DUMP.format(target=str(target), argv=line.split(), package="survey_tui")
    process = pexpect.spawn(
        INTERPRETER,
        ["-c", code],
        env={**environment(home), "TERM": "xterm-256color"},
        dimensions=(24, 80),
        cwd=str(home.parent),
        timeout=60,
    )
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    end = time.monotonic() + 60
    left = 0.0
    while time.monotonic() < end:
        try:
            stream.feed(process.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            break
        if shown("\n".join(screen.display)) and time.monotonic() - left > 2:
            process.send(b"\x11")
            left = time.monotonic()
    process.close()
    return Loaded(**json.loads(target.read_bytes()))
