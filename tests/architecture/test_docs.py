"""Documentation: every command, option and exit status; every package in the README; links; pictures."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from survey_tui.cli.root import root
from survey_tui.errors import ExitCode
from survey_tui.locale import LANGUAGES, Translator

ROOT = Path(__file__).parents[2]
CLI_PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(root, "survey-tui"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_its_options(name: str) -> None:
    section = re.search(rf"^### `{re.escape(name)}\b.*?(?=^##|\Z)", CLI_PAGE, re.DOTALL | re.MULTILINE)
    assert section, f"docs/cli.md has no section for {name}"
    shared = {"--home", "--passphrase-file", "--language", "--help"}
    for parameter in COMMANDS[name].params:
        for option in parameter.opts if isinstance(parameter, click.Option) else []:
            assert option in shared or option in section[0] or name.endswith((" ask", " start")), option
            assert option in CLI_PAGE, f"docs/cli.md does not name {option}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_in_every_language(name: str, language: str) -> None:
    words = Translator(language)
    assert words("cli." + "_".join(["help", *name.split()[1:]]))
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            assert words("cli.option_" + max(parameter.opts, key=len).lstrip("-").replace("-", "_"))


def test_every_documented_command_exists() -> None:
    documented = re.findall(r"^### `(survey-tui(?: [a-z]+)+)", CLI_PAGE, re.MULTILINE)
    assert sorted(documented) == sorted(COMMANDS)


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: code.name)
def test_every_exit_status_is_documented(code: ExitCode) -> None:
    assert re.search(rf"^\| {int(code)} \| {code.name} \|", CLI_PAGE, re.MULTILINE)


def test_readme_names_every_package() -> None:
    packages = [path.parent.name for path in (ROOT / "survey_tui").glob("*/__init__.py")]
    packages += ["protocol", "client", "server", "cli"]
    assert [name for name in packages if f"/{name}`" not in README] == []


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"], ids=lambda path: path.name
)
def test_links_within_the_repository_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_the_pictures_of_the_readme_can_be_drawn(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / ".ci" / "screenshots.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    drawn = {path.name for path in tmp_path.glob("*.svg")}
    assert drawn == {path.name for path in (ROOT / "docs" / "images").glob("*.svg")}
    assert all("http" not in text.replace("http://www.w3.org", "") for text in _pictures(tmp_path))


def _pictures(directory: Path) -> Iterator[str]:
    for path in directory.glob("*.svg"):
        yield path.read_text(encoding="utf-8")
