"""Commands, options, help texts and exit statuses of both programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .golden import recorded, same_as_recorded
from .program import Result, run, run_many

pytestmark = pytest.mark.slow

PROGRAMS = ("survey-tui", "survey-sync")


def helps(program: str, language: str, home: Path) -> dict[str, str]:
    """Help texts of all commands, found in the help of their groups."""
    found: dict[str, str] = {}
    wanted = [""]
    while wanted:
        lines = [[*command.split(), "--help"] for command in wanted]
        for command, result in zip(
            wanted, run_many(program, lines, home=home, language=language), strict=True
        ):
            assert (result.status, result.err) == (0, ""), command
            found[command] = result.out
        wanted = [
            f"{command} {name}".strip()
            for command in wanted
            for name in entries(found[command], "Commands" if language == "en" else "Lệnh")
        ]
    return found


def entries(help_text: str, heading: str) -> list[str]:
    """The first column of the list under a heading of a help text."""
    _, found, rest = help_text.partition(f"\n{heading}:\n")
    if not found:
        return []
    block = rest.split("\n\n")[0].splitlines()
    return [re.split(r"\s{2,}", line.strip())[0] for line in block if re.match(r"  \S", line)]


def structure(help_text: str) -> dict[str, Any]:
    """Usage, options with their values, and commands."""
    usage = " ".join(help_text.split("\n\n", maxsplit=1)[0].split())
    return {
        "usage": usage,
        "options": entries(help_text, "Options"),
        "commands": entries(help_text, "Commands"),
    }


Helps = Callable[[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def help_texts(tmp_path_factory: pytest.TempPathFactory) -> Helps:
    """``help_texts(program, language)``, cached."""
    home = tmp_path_factory.mktemp("help") / "home"
    return cache(lambda program, language: helps(program, language, home))


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands_and_options(program: str, help_texts: Helps) -> None:
    found = {
        f"{program} {words}".strip(): structure(text) for words, text in help_texts(program, "en").items()
    }
    assert found == recorded(f"{program}.json", found)


@pytest.mark.words
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_help_of_every_command(program: str, language: str, help_texts: Helps) -> None:
    texts = help_texts(program, language)
    whole = "\n".join(f"$ {program} {words}\n{text}" for words, text in sorted(texts.items()))
    same_as_recorded(f"words/help/{program}.{language}.txt", whole)


ERRORS_IN_AN_EMPTY_HOME = """
survey-tui --version
survey-tui
survey-tui frms
survey-tui --hom
survey-tui --language fr forms list
survey-tui forms
survey-tui forms list --colour
survey-tui forms list extra
survey-tui forms show nowhere
survey-tui forms show vneid --commune 1
survey-tui forms show vneid --commune 99999
survey-tui forms check nowhere
survey-tui forms check plain.toml
survey-tui forms check PLAIN_FILE
survey-tui forms check PLAIN_FILE --json
survey-tui ask
survey-tui ask nowhere
survey-tui ask vneid
survey-tui ask vneid --commune 99999
survey-tui ask vneid --area 01
survey-tui ask vneid --household 0
survey-tui ask vneid --surveyor A1
survey-tui ask vneid --response ffff
survey-tui start vneid
survey-tui start vneid --commune 32059
survey-tui start nowhere --commune 32059
survey-tui responses
survey-tui responses list --status lost
survey-tui responses list --survey nowhere
survey-tui responses show
survey-tui responses show ffff
survey-tui responses export
survey-tui responses export --format xml
survey-tui responses export --format csv
survey-tui responses export --format jsonl --output nowhere/out.jsonl
survey-tui responses withdraw 1234 --yes
survey-tui responses withdraw 1234
survey-tui responses expire
survey-tui responses expire --days -1
survey-tui store
survey-tui store check
survey-tui store repair
survey-tui store restore nowhere
survey-tui store restore PLAIN_FILE
survey-tui store backup
survey-tui store backup --to nowhere
survey-tui plugins install nowhere
survey-tui plugins install PLAIN_FILE
survey-tui plugins remove nowhere
survey-tui plugins enable nowhere
survey-tui plugins disable national
survey-tui plugins run nowhere x
survey-tui plugins new Bad-Name --province 96
survey-tui plugins new hau_giang --province nowhere
survey-tui plugins check nowhere
survey-tui plugins preview nowhere --once
survey-tui plugins pack nowhere
survey-tui plugins sign nowhere --key PLAIN_FILE --output out.zip
survey-tui plugins keys
survey-tui plugins keys forget nowhere
survey-tui plugins keys trust name key
survey-tui plugins keys require perhaps
survey-tui lock
survey-tui lock status
survey-tui lock remove
survey-tui lock set --new-passphrase-file nowhere
survey-tui lock set --new-passphrase-file PLAIN_FILE
survey-tui lock recover --private-key nowhere
survey-tui keys
survey-tui keys new PLAIN_FILE
survey-tui keys show nowhere
survey-tui keys open nowhere --private-key nowhere
survey-tui keys rotate nowhere
survey-tui completion tcsh
survey-tui responses list --home PLAIN_FILE
survey-tui ask vneid --home PLAIN_FILE
survey-tui responses list --passphrase-file nowhere
survey-sync
survey-sync --version
survey-sync psh
survey-sync enrol
survey-sync enrol ftp://127.0.0.1 12345-67890
survey-sync enrol http://127.0.0.1:1 12345-67890
survey-sync enrol http://127.0.0.1:1 12345-67890 --trust key
survey-sync push
survey-sync push --dry-run
survey-sync push --limit-bytes 1
survey-sync push --patience x
survey-sync push --to nowhere
survey-sync watch --every 0
survey-sync status
survey-sync log --last -1
survey-sync messages
survey-sync install
survey-sync bundle
survey-sync bundle --to nowhere
survey-sync bundle --receipts nowhere
survey-sync receive
survey-sync receive nowhere
survey-sync receive PLAIN_FILE
survey-sync key
survey-sync trust name key
survey-sync offer nowhere
survey-sync offered
survey-sync message text
survey-sync retract 0
survey-sync retract 1
survey-sync serve --port 70000
survey-sync serve --host 0.0.0.0
survey-sync serve --certificate nowhere
survey-sync serve --database oracle://x
survey-sync devices --database nowhere/x.db
survey-sync enrol-code --role chief
survey-sync enrol-code --hours 0
survey-sync revoke nothing
survey-sync accounts
survey-sync accounts add hoa --role surveyor
survey-sync accounts password nobody
survey-sync accounts disable nobody
survey-sync backup
survey-sync backup PLAIN_FILE
"""
ERRORS_IN_A_FIELD_HOME = """
survey-tui responses show 01
survey-tui ask vneid --response FINAL
survey-tui ask so_nho --response FINAL
survey-tui responses export --format csv
survey-tui plugins install PLAIN_FILE
survey-tui plugins remove nowhere
survey-tui lock remove
survey-sync status
survey-sync push --patience 0
survey-sync push --to nowhere
survey-sync message text
survey-sync offered
survey-sync offer PLAIN_FILE
survey-sync receive PLAIN_FILE
survey-sync install --again
survey-sync retract 1
"""


def outcome(result: Result) -> list[Any]:
    """Exit status, and whether standard output and standard error are not empty."""
    return [result.status, bool(result.out), bool(result.err)]


def outcomes(program: str, text: str, home: Path, words: dict[str, str]) -> dict[str, list[Any]]:
    lines = [line for line in text.splitlines() if line.split(" ")[0] == program]
    arguments = [[words.get(word, word) for word in line.split()[1:]] for line in lines]
    results = run_many(program, arguments, home=home)
    return {line: outcome(each) for line, each in zip(lines, results, strict=True)}


@pytest.mark.parametrize("program", PROGRAMS)
def test_exit_statuses_of_errors(program: str, tmp_path: Path) -> None:
    """The lines run in order in one home, so later ones see the data of earlier ones."""
    (tmp_path / "plain.toml").write_text("short\n", encoding="utf-8")
    plain = tmp_path / "plain.txt"
    plain.write_text("short\n", encoding="utf-8")
    found = outcomes(program, ERRORS_IN_AN_EMPTY_HOME, tmp_path / "home", {"PLAIN_FILE": str(plain)})
    assert found == recorded(f"exit-statuses/{program}.json", found)


@pytest.mark.parametrize("program", PROGRAMS)
def test_exit_statuses_of_errors_in_a_home_with_data(program: str, tmp_path: Path, field: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("short\n", encoding="utf-8")
    final = run(
        "survey-tui", "responses", "export", "--format", "jsonl", "--survey", "so_nho", home=field
    ).out
    words = {"PLAIN_FILE": str(plain), "FINAL": re.findall(r'"response_id":"([^"]+)"', final)[0]}
    server = field / "sync" / "server.json"
    server.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", server.read_text("utf-8")), encoding="utf-8")
    found = outcomes(program, ERRORS_IN_A_FIELD_HOME, field, words)
    assert found == recorded(f"exit-statuses/{program}-field.json", found)
