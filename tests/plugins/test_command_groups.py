"""Command groups of plugins at the top of ``survey-tui``: lazy, named, and no worse than built-in ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from survey_tui.cli.root import root
from survey_tui.console.run import run as run_command
from tests.support.plugins import CommandLine, Install, Result

SOURCE = """
from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import Argument, Command, CommandError, CommandGroup, Option

def draw(call):
    call.report(f"drawing from {call.text('frame')}")
    for unit in call.arguments:
        call.write(f"{unit} {call.text('seed')} {call.all('stratum')} {call.has('sorted')} {call.language}")
    return len(call.arguments)

def refuse(call):
    raise CommandError({"vi": "Khung mẫu trống.", "en": "The frame is empty."}, 4)

def crash(call):
    raise RuntimeError("the answer was no")

def leave(call):
    raise SystemExit(9)

def show(call):
    call.write(type(call.context).__name__)

@hookimpl
def command_groups():
    words = {"vi": "Rút mẫu.", "en": "Draw a sample.\\n\\nUnits are drawn."}
    return [CommandGroup(name="results", help={"vi": "Kết quả.", "en": "Samples and estimates."}, commands=(
        Command(name="draw", help=words, run=draw,
                options=(Option(name="frame", help={"en": "The units."}, metavar="FILE", required=True),
                         Option(name="seed", help={"en": "Where it begins."}, default="1"),
                         Option(name="stratum", help={"en": "Only these."}, multiple=True,
                                choices=("urban", "rural")),
                         Option(name="sorted", help={"en": "In order."}, flag=True)),
                arguments=(Argument(name="unit", many=True),)),
        *(Command(name=each.__name__, help=words, run=each) for each in (refuse, crash, leave, show)),
    ))]
"""


def is_imported(name: str) -> bool:
    return f"put_{name}" in sys.modules


def test_help_lists_the_group_with_its_help_in_the_language_of_the_run(
    command_line: CommandLine, install: Install
) -> None:
    install("toy", SOURCE)
    listed = command_line("--help")
    assert "results     Samples and estimates." in listed.out
    assert "Kết quả." in command_line("--help", language="vi").out
    assert listed.err == ""
    assert "draw    Draw a sample.\n" in command_line("results", "--help").out
    text = command_line("results", "draw", "--help").out
    assert "Usage: survey-tui results draw [OPTIONS] UNIT..." in text
    assert "Units are drawn." in text
    assert "--frame FILE" in text
    assert "The units." in text
    assert "--home DIR" in text


@pytest.mark.slow
def test_a_command_gets_options_arguments_and_its_status_is_that_of_the_program(
    command_line: CommandLine, install: Install
) -> None:
    install("toy", SOURCE)
    drawn = command_line(
        "results",
        "draw",
        "a",
        "b",
        "--frame",
        "f.csv",
        "--stratum",
        "rural",
        "--stratum",
        "urban",
        "--sorted",
    )
    assert drawn.status == 2
    assert drawn.out == "".join(f"{unit} 1 ('rural', 'urban') True en\n" for unit in "ab")
    assert drawn.err == "drawing from f.csv\n"
    assert command_line("results", "draw", "a", "--frame", "f", "--seed", "7").out == "a 7 () False en\n"
    assert command_line("results", "show").out == "CommandContext\n"
    assert command_line("results", "leave").status == 9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["results", "draw", "a"], "--frame"),
        (["results", "draw", "--frame", "f"], "UNIT"),
        (["results", "draw", "a", "--frame", "f", "--stratum", "sea"], "urban, rural"),
        (["results", "nothing"], "nothing"),
        (["results", "draw", "a", "--no-such"], "--no-such"),
    ],
)
def test_a_wrong_command_line_is_explained_as_for_a_built_in_command(
    command_line: CommandLine, install: Install, arguments: list[str], said: str
) -> None:
    install("toy", SOURCE)
    result = command_line(*arguments)
    assert (result.status, result.out) == (2, "")
    assert said in result.err
    assert "survey-tui results" in result.err


def test_a_command_can_end_with_a_message_and_a_status(command_line: CommandLine, install: Install) -> None:
    install("toy", SOURCE)
    assert command_line("results", "refuse") == Result(4, "", "Error: The frame is empty.\n")
    assert "Khung mẫu trống." in command_line("results", "refuse", language="vi").err


def test_a_crash_names_the_plugin_and_leaves_a_report_without_the_message(
    command_line: CommandLine, install: Install, home: Path
) -> None:
    install("toy", SOURCE)
    result = command_line("results", "crash")
    assert (result.status, result.out) == (1, "")
    assert "crash of plugin toy failed" in result.err
    (report,) = (home / "crash").iterdir()
    assert report.name in result.err
    text = report.read_text(encoding="utf-8")
    assert "put_toy" in text
    assert "the answer" not in text


def test_the_plugin_is_imported_only_when_its_command_is_used_or_listed(
    command_line: CommandLine, install: Install
) -> None:
    install("toy", SOURCE)
    assert command_line("forms", "list").status == 0
    assert command_line("plugins", "list").status == 0
    assert not is_imported("toy")
    assert command_line("--safe-mode", "--help").status == 0
    assert command_line("--safe-mode", "results", "show").status == 2
    assert not is_imported("toy")
    assert command_line("--help").status == 0
    assert is_imported("toy")


def test_a_plugin_without_command_groups_is_not_imported_for_help(
    command_line: CommandLine, install: Install
) -> None:
    install("toy", SOURCE.replace("command_groups", "questionnaires"), hooks="questionnaires")
    assert command_line("--help").status == 0
    assert command_line("no-such-command").status == 2
    assert not is_imported("toy")


@pytest.mark.parametrize(
    ("manifest", "shown"),
    [
        ('hooks = ["commands"]  # not command_groups', False),
        (r'hooks = ["command\u005fgroups"]', True),
        ('hooks = ["command_groups"', False),
    ],
)
def test_help_lists_groups_whatever_the_manifest_looks_like(
    command_line: CommandLine, install: Install, home: Path, manifest: str, shown: bool
) -> None:
    install("toy", SOURCE)
    file = home / "plugins" / "toy" / "put_toy" / "plugin.toml"
    file.write_text(file.read_text("utf-8").replace('hooks = ["command_groups"]', manifest), encoding="utf-8")
    listed = command_line("--help")
    assert listed.status == 0
    assert ("results" in listed.out) == is_imported("toy") == shown


def test_help_lists_groups_of_a_plugin_without_a_manifest(
    command_line: CommandLine, install: Install, home: Path
) -> None:
    install("toy", SOURCE)
    (home / "plugins" / "toy" / "put_toy" / "plugin.toml").unlink()
    assert "results" in command_line("--help").out


def test_completion_offers_the_group_its_commands_and_options(
    command_line: CommandLine,
    install: Install,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install("toy", SOURCE)

    def complete(*words: str) -> list[str]:
        monkeypatch.setenv("_SURVEY_TUI_COMPLETE", "zsh_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(["survey-tui", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit):
            run_command([], root, "survey-tui")
        return capsys.readouterr().out.split("\n")[1::3]

    assert complete("re") == ["responses", "results"]
    assert complete("results", "s") == ["show"]
    assert complete("results", "draw", "--s") == ["--seed", "--stratum", "--sorted"]


@pytest.mark.parametrize("name", ["forms", "plugins"])
def test_a_group_with_the_name_of_a_built_in_command_is_refused(
    command_line: CommandLine, install: Install, name: str
) -> None:
    install("toy", SOURCE.replace('name="results"', f'name="{name}"'))
    result = command_line("--help")
    assert result.status == 0
    assert f": survey-tui {name} " in result.err
    assert "toy" in result.err
    assert "Samples and estimates" not in result.out
    assert command_line(name, "list").status == 0


def test_the_second_group_of_a_name_is_refused(command_line: CommandLine, install: Install) -> None:
    install("alpha", SOURCE)
    install("beta", SOURCE)
    result = command_line("results", "show")
    assert result.status == 0
    assert "beta" in result.err
    assert ": survey-tui results " in result.err
    assert "alpha" in result.err


def test_a_group_with_an_option_that_every_command_has_is_refused(
    command_line: CommandLine, install: Install
) -> None:
    install("toy", SOURCE.replace('name="seed"', 'name="home"'))
    result = command_line("results", "show")
    assert result.status == 2
    assert ": --home " in result.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        "raise RuntimeError('no')",
        SOURCE.replace("    words =", "    raise ValueError('no')\n    words ="),
        SOURCE.replace('name="results"', 'name="Results!"'),
        SOURCE.replace("run=each", "run=None"),
        SOURCE.replace("name=each.__name__", "name='draw'"),
        SOURCE.replace('many=True', 'many="yes"'),
    ],
)  # fmt: skip
def test_a_plugin_that_fails_is_named_and_the_commands_work(
    command_line: CommandLine, install: Install, source: str
) -> None:
    install("bad", source)
    install("toy", SOURCE)
    listed = command_line("--help")
    assert listed.status == 0
    assert "Plugin bad" in listed.err
    assert "results" in listed.out
    assert command_line("results", "show").out == "CommandContext\n"


def test_a_group_that_is_empty_is_refused(command_line: CommandLine, install: Install) -> None:
    source = SOURCE[: SOURCE.index("commands=(")] + "commands=())]\n"
    install("toy", source)
    assert "at least 1" in command_line("--help").err


@pytest.mark.slow
def test_the_check_for_authors_calls_the_hook_and_reads_its_texts(
    command_line: CommandLine, tmp_path: Path, site: Path
) -> None:
    root = tmp_path / "toy"
    module = root / "put_checked_toy"
    module.mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "toy"\nversion = "1.0"\n'
        '[project.entry-points.survey_tui]\ntoy = "put_checked_toy"\n',
        encoding="utf-8",
    )
    (root / "README.md").write_text("toy", encoding="utf-8")
    (module / "plugin.toml").write_text(
        'name = "toy"\nversion = "1.0"\nrequires_api = 2\ntitle.en = "a"\ntitle.vi = "a"\n'
        'hooks = ["command_groups"]\n',
        encoding="utf-8",
    )
    (module / "__init__.py").write_text(SOURCE, encoding="utf-8")
    done = command_line("plugins", "check", str(root))
    assert done.status == 0, done
    assert "command_groups results draw frame: the text in vi is missing" in done.out
    assert "results draw:" not in done.out
    del sys.modules["put_checked_toy"]
    (module / "__init__.py").write_text(SOURCE.replace("run=draw", "run=3"), encoding="utf-8")
    done = command_line("plugins", "check", str(root))
    assert done.status == 3
    assert "command_groups() -> CommandGroup.commands -> Command.run: a function is expected" in done.out
