"""Both programs in processes of their own, with a fixed time zone and width."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

INTERPRETER = os.environ.get("COMPATIBILITY_PYTHON", sys.executable)
"""``COMPATIBILITY_PYTHON`` names another one, to test or record the program that is installed for it."""

_ENTRY = {
    "survey-tui": "from survey_tui.cli import main",
    "survey-sync": "from survey_sync.cli import main",
}
_CODE = "import sys, platform; platform.node = lambda: {node!r}; {entry}; sys.argv[0] = {name!r}; main()"
"""Bundles contain the machine's name, which must not be that of the machine that runs the tests."""


class Result(NamedTuple):
    """Exit status, standard output and standard error of a run."""

    status: int
    out: str
    err: str


def environment(home: Path, language: str = "vi") -> dict[str, str]:
    """Environment variables, none of the caller's; the time zone is that of Vietnam."""
    return {
        "PATH": os.defpath,
        "HOME": str(home.parent),
        "SURVEY_TUI_HOME": str(home),
        "SURVEY_TUI_LANGUAGE": language,
        "PYTHONUTF8": "1",
        "TZ": "<+07>-7",
        "COLUMNS": "80",
    }


def command_line(program: str, *arguments: str, node: str = "may-thu") -> list[str]:
    code = _CODE.format(entry=_ENTRY[program], name=program, node=node)
    return [INTERPRETER, "-c", code, *arguments]


def run(
    program: str,
    *arguments: str | Path,
    home: Path,
    lines: Sequence[str] = (),
    language: str = "vi",
    status: int | None = 0,
) -> Result:
    """Run a command and assert its exit status, unless ``status`` is ``None``."""
    done = subprocess.run(
        command_line(program, *map(str, arguments), node=f"may-{home.name}"),
        input="".join(f"{line}\n" for line in lines).encode(),
        capture_output=True,
        env=environment(home, language),
        cwd=home.parent,
        timeout=120,
        check=False,
        umask=0o022,
    )
    result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.out + result.err, result
    assert status in {None, result.status}, (program, arguments, result)
    return result


@contextmanager
def serving(database: str | Path, home: Path) -> Iterator[str]:
    """Run a server on this database; its address."""
    process = subprocess.Popen(
        command_line("survey-sync", "serve", "--database", str(database), "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(home),
        cwd=home.parent,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().decode().strip()
        assert url.startswith("http://127.0.0.1:"), url
        with urllib.request.urlopen(
            f"{url}/health", timeout=60
        ) as reply:  # the address is printed before it serves
            assert reply.status == 200
        yield url
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_DAY_AND_TIME = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")


def without_places(text: str, home: Path) -> str:
    """``text`` without directories and ports, which differ in each run."""
    return _ADDRESS.sub("127.0.0.1:PORT", text.replace(str(home), "HOME").replace(str(home.parent), "ROOM"))


def without_moments(text: str) -> str:
    """``text`` without times and ids; the ids are numbered in the order of their first use."""
    seen: dict[str, str] = {}
    text = _ID.sub(lambda found: seen.setdefault(found[0], f"ID-{len(seen) + 1}"), text)
    return _DAY_AND_TIME.sub("TIME", _MOMENT.sub("TIME", text))


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


_MANY = """
import json, os, platform, sys, tempfile
platform.node = lambda: "may-thu"
{entry}
results = []
for arguments in json.load(sys.stdin):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            for number, file in enumerate((open(os.devnull), out, err)):
                os.dup2(file.fileno(), number)
            sys.argv = [{name!r}, *arguments]
            main()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        results.append([status, *texts])
json.dump(results, sys.stdout)
"""


def run_many(
    program: str, command_lines: Sequence[Sequence[str]], *, home: Path, language: str = "vi"
) -> list[Result]:
    """Run many commands, each in a fork of one process that has imported the program."""
    done = subprocess.run(
        [INTERPRETER, "-c", _MANY.format(entry=_ENTRY[program], name=program)],
        input=json.dumps(list(command_lines)).encode(),
        capture_output=True,
        env=environment(home, language),
        cwd=home.parent,
        timeout=300,
        check=True,
    )
    results = [Result(*each) for each in json.loads(done.stdout)]
    for arguments, result in zip(command_lines, results, strict=True):
        assert "Traceback" not in result.out + result.err, (arguments, result)
    return results
