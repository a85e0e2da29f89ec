"""The commands as they are typed, in a process of their own; and plugins that take the whole process down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from survey_tui.plugins.archives import write_zip
from tests.support.plugins import CA_MAU, MANIFEST, Write

from .test_archives import GOOD
from .torture import HEAD, hook

pytestmark = pytest.mark.slow


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    (tmp_path / "installed").mkdir()

    def run(*arguments: str, lines: str = "", language: str = "en") -> Result:
        environment = {
            "PATH": os.defpath,
            "HOME": str(tmp_path),
            "PYTHONPATH": str(tmp_path / "installed"),
            "PYTHONUTF8": "1",
            "SURVEY_TUI_HOME": str(home),
            "SURVEY_TUI_LANGUAGE": language,
        }
        done = subprocess.run(
            [sys.executable, "-m", "survey_tui", *arguments],
            input=lines.encode(),
            capture_output=True,
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.err + result.out
        return result

    return run


@pytest.fixture
def package(tmp_path: Path) -> Callable[[str, str], None]:
    """Install a Python plugin as pip would."""

    def package(name: str, source: str) -> None:
        site = tmp_path / "installed"
        (site / f"put_{name}").mkdir()
        (site / f"put_{name}" / "__init__.py").write_text(source, encoding="utf-8")
        metadata = site / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "entry_points.txt").write_text(f"[survey_tui]\n{name} = put_{name}\n", encoding="utf-8")

    return package


def wheel(path: Path, name: str, source: str, metadata: str = "") -> Path:
    info = f"{name}-1.0.dist-info"
    write_zip(
        {
            f"put_{name}/__init__.py": source.encode(),
            f"{info}/entry_points.txt": f"[survey_tui]\n{name} = put_{name}\n".encode(),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\n{metadata}\n".encode(),
        },
        path,
    )
    return path


def listed(run: Run) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in json.loads(run("plugins", "list", "--json").out)}


@pytest.mark.slow
def test_from_a_stick_to_the_list_and_away_again(run: Run, tmp_path: Path, home: Path) -> None:
    write_zip(GOOD, tmp_path / "part.zip")
    done = run("plugins", "install", str(tmp_path / "part.zip"))
    assert (done.code, done.out) == (0, "")
    assert "no code" in done.err
    assert "SHA-256" in done.err
    record = listed(run)["part"]
    assert (record["state"], record["kind"], record["version"]) == ("on", "declarative", "1.0")
    assert (record["provinces"], record["communes"]) == (["Cà Mau"], [CA_MAU])
    assert record["adds"] == {
        "modules": ["part (b)"], "surveys": [], "checks": 0, "baselines": 0, "baseline_file": "", "hooks": [],
    }  # fmt: skip
    assert "part_n" in run("forms", "show", "vneid", "--commune", CA_MAU).out
    assert run("plugins", "disable", "part").code == 0
    assert listed(run)["part"]["state"] == "off"
    assert "part_n" not in run("forms", "show", "vneid", "--commune", CA_MAU).out
    assert run("plugins", "enable", "part").code == 0
    assert "part_n" in run("forms", "show", "vneid", "--commune", CA_MAU).out
    assert "part_n" not in run("--safe-mode", "forms", "show", "vneid", "--commune", CA_MAU).out
    assert run("plugins", "remove", "part").code == 0
    assert "part" not in listed(run)


@pytest.mark.slow
def test_questions_with_faults_do_not_replace_a_version_that_works(run: Run, tmp_path: Path) -> None:
    write_zip(GOOD, tmp_path / "part.zip")
    assert run("plugins", "install", str(tmp_path / "part.zip")).code == 0
    spoilt = {path: data.replace(b'type = "integer"', b'type = "intteger"') for path, data in GOOD.items()}
    assert spoilt != GOOD
    spoilt = {path: data.replace(b'"1.0"', b'"1.1"') for path, data in spoilt.items()}
    write_zip(spoilt, tmp_path / "part.zip")
    done = run("plugins", "install", str(tmp_path / "part.zip"))
    assert done.code != 0
    assert "plugins check" in done.err
    assert listed(run)["part"]["version"] == "1.0"


@pytest.mark.parametrize(
    "arguments",
    [("remove", "nobody"), ("enable", "nobody"), ("disable", "national"), ("remove", "national"),
     ("install", "nowhere.zip"), ("install", "."), ("keys", "trust", "x", "y"), ("keys", "forget", "x"),
     ("run", "nobody", "x"), ("sign", ".", "--key", "k", "--output", "o")],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    for language in ("vi", "en"):
        done = run("plugins", *arguments, language=language)
        assert done.code not in (0, 1)
        assert done.err.strip()
        assert done.out == ""


@pytest.mark.slow
def test_a_wheel_in_the_home_is_not_blamed_for_where_it_lies(run: Run, tmp_path: Path, home: Path) -> None:
    """Its folder joins ``sys.path``, also for what it imports later; that is not the plugin's doing."""
    source = f"""{HEAD}
@hookimpl
def commands():
    return [Command(name="try", help={{"vi": "Thử.", "en": "Try."}}, run=tried)]

def tried(call):
    from more_of_later import SAID
    call.write(SAID)
    return 0
"""
    path = wheel(tmp_path / "later-1.0-py3-none-any.whl", "later", source)
    assert run("plugins", "install", "--yes", str(path)).code == 0
    (home / "plugins" / "later" / "more_of_later.py").write_text("SAID = 'here'\n", encoding="utf-8")
    for _ in range(4):
        done = run("plugins", "run", "later", "try")
        assert (done.code, done.out.strip(), done.err) == (0, "here", "")
    assert listed(run)["later"]["state"] == "on"
    assert run("plugins", "install", "--yes", str(path)).code == 0


@pytest.mark.slow
def test_a_python_plugin_is_asked_about_and_not_run_by_installing_it(
    run: Run, tmp_path: Path, home: Path
) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n{HEAD}\n@hookimpl\ndef exporters():\n    return []\n"
    path = wheel(tmp_path / "part-1.0-py3-none-any.whl", "part", trap, "Requires-Dist: no-such-package>=1")
    done = run("plugins", "install", str(path), lines="y\n")
    assert done.code == 2, "a pipe is nobody who could agree"
    assert "part" not in listed(run)
    done = run("plugins", "install", "--yes", str(path))
    assert done.code == 0
    assert "put_part/__init__.py" in done.err
    assert "no-such-package" in done.err
    assert not (tmp_path / "ran").exists()
    assert run("plugins", "disable", "part").code == 0
    assert listed(run)["part"]["state"] == "off"
    assert not (tmp_path / "ran").exists(), "what is off is not imported"
    assert run("plugins", "enable", "part").code == 0
    assert listed(run)["part"]["state"] == "on"
    assert (tmp_path / "ran").exists()


@pytest.mark.slow
def test_commands_exporters_and_destinations_of_plugins(
    run: Run, package: Callable[[str, str], None]
) -> None:
    source = (
        HEAD
        + """
def greet(call):
    call.write(f"{' '.join(call.arguments)} {call.language} \\x1b[2J")
    return 7

def fail(call):
    raise SystemExit("no")

def deliver(responses, settings):
    return list(responses)

def write(responses, file):
    file.write(b"".join(responses))

@hookimpl
def commands():
    words = {"vi": "Chào", "en": "Greet"}
    return [Command(name="greet", help=words, run=greet), Command(name="fail", help=words, run=fail)]

@hookimpl
def exporters():
    return [Exporter(name="raw", title={"vi": "Thô"}, suffix=".raw", write=write)]

@hookimpl
def sync_destinations():
    return [SyncDestination(name="stick", title={"vi": "USB"}, deliver=deliver)]
"""
    )
    package("part", source)
    done = run("plugins", "run", "part", "greet", "a", "--b")
    assert done.code == 7
    assert done.out.startswith("a --b en ")
    assert "\x1b" not in done.out
    assert (run("responses", "export", "--format", "raw")).code == 0
    unknown = run("responses", "export", "--format", "odt")
    assert unknown.code == 2
    assert "jsonl, csv, raw" in unknown.err
    failed = run("plugins", "run", "part", "fail")
    assert failed.code == 3
    assert "SystemExit: no" in failed.err
    assert "greet, fail" in run("plugins", "run", "part", "dance").err


@pytest.mark.slow
@pytest.mark.parametrize(
    "death", ["import os; os._exit(9)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_a_plugin_that_kills_the_program_does_so_once(
    run: Run, package: Callable[[str, str], None], death: str
) -> None:
    package("deadly", f"{death}\n")
    assert run("forms", "list").code not in (0, 1, 2, 3)
    second = run("forms", "list")
    assert second.code == 0
    assert "xa_hoi_so" in second.out
    assert "deadly" in second.err
    third = run("forms", "list")
    assert (third.code, third.err) == (0, "")
    assert listed(run)["deadly"]["state"] == "off_by_failures"


@pytest.mark.slow
def test_a_signed_plugin_from_the_coordinator_to_a_device(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    write_zip(GOOD, tmp_path / "part.zip")
    made = run("plugins", "keys", "new", "key")
    assert made.code == 0
    signed = run("plugins", "sign", "part.zip", "--key", "key", "--output", "signed.zip")
    assert signed.code == 0
    assert run("plugins", "keys", "require", "on").code == 0
    assert run("plugins", "install", "part.zip").code == 3
    assert run("plugins", "install", "signed.zip").code == 3
    assert run("plugins", "keys", "trust", "Sở KHCN", made.out.strip()).code == 0
    assert made.out.strip() in run("plugins", "keys", "list").out
    done = run("plugins", "install", "signed.zip")
    assert done.code == 0
    assert "Sở KHCN" in done.err
    assert listed(run)["part"]["state"] == "on"
    assert run("plugins", "keys", "forget", "Sở KHCN").code == 0
    assert listed(run)["part"]["state"] == "refused"


@pytest.mark.slow
def test_a_fault_is_named_once_and_the_interview_goes_on(run: Run, declare: Write) -> None:
    declare("part", **{"modules/part.toml": "[["})
    done = run("ask", "vneid", "--commune", CA_MAU)
    assert done.code == 8, "the input ended, the draft is kept"
    assert done.err.count("Plugin part") == 1
    assert "survey-tui plugins disable part" in done.err


@pytest.mark.slow
def test_a_folder_may_bring_a_survey_and_checks_are_heard_line_by_line(
    run: Run, package: Callable[[str, str], None], declare: Write
) -> None:
    finding = "QualityFinding(check='c', severity='error', message={'en': 'Look!'}, question='tiny_n')"
    package("watch", hook("check_response", f"return [{finding}]"))
    survey = 'id = "tiny"\nversion = "1"\ntitle.vi = "Nhỏ"\ntitle.en = "Tiny"\nmodules = ["tiny"]\n'
    head = MANIFEST.format(name="tiny", commune=CA_MAU).partition("[area]")[0]
    declare("tiny", **{"plugin.toml": head, "surveys/tiny.toml": survey})
    assert "tiny" in run("forms", "list").out
    done = run("ask", "tiny", lines="4\ny\n")
    assert (done.code, done.err) == (0, "")
    assert "Wrong: Look!" in done.out
