"""No hook without documentation, an example that runs, and a test: this is the test."""

from __future__ import annotations

import re
import tomllib
import types
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey_tui.authoring.scripted_interview import ScriptedVisit
from survey_tui.cli.root import root
from survey_tui.console.command_context import CommandContext
from survey_tui.forms.findings import Findings
from survey_tui.plugins.hook_results import check_result
from survey_tui.plugins.hooks import Specification
from survey_tui.plugins.manifest import Manifest
from survey_tui.plugins.offers import CommandCall, Response, ScreenCall

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
HOOKS = [name for name, each in vars(Specification).items() if isinstance(each, types.FunctionType)]
RESPONSE = Response(
    form_id="xa_hoi_so",
    form_version="1",
    commune="31333",
    language="vi",
    values={"r/person[1]/p_age": "40", "r/person[2]/p_age": "40", "r/person[3]/p_age": "40"},
)


def section(hook: str) -> str:
    found = re.search(rf"^### `{hook}`$.*?(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"docs/plugins.md has no section for the hook {hook}"
    return found[0]


def example(hook: str, folder: Path) -> dict[str, object]:
    """What the example of the documentation defines, run as a module in ``folder``."""
    code = re.search(r"```python\n(.*?)```", section(hook), re.DOTALL)
    assert code, f"docs/plugins.md shows no example of the hook {hook}"
    names: dict[str, object] = {"__file__": str(folder / "__init__.py"), "__name__": f"example_{hook}"}
    exec(compile(code[1], f"docs/plugins.md:{hook}", "exec"), names)
    return names


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_section_an_example_and_returns_what_it_may(hook: str, tmp_path: Path) -> None:
    function = example(hook, tmp_path)[hook]
    assert isinstance(function, types.FunctionType)
    assert getattr(function, "survey_tui_impl", None) is not None, "the example lacks @hookimpl"
    returned = function(RESPONSE) if hook == "check_response" else function()
    assert check_result(hook, returned), "the example offers nothing"
    assert getattr(Specification, hook).__doc__
    assert "*Vi:" in section(hook)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_tested(hook: str) -> None:
    """By its name in quotes, or as a function of a plugin that a test writes down."""
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.py")]
    assert any(f'"{hook}"' in text or f"def {hook}(" in text for text in texts), f"no test uses {hook}"


def test_no_section_is_about_a_hook_that_does_not_exist() -> None:
    assert re.findall(r"^### `([a-z_]+)`$", PAGE, re.MULTILINE) == HOOKS


def test_the_examples_do_what_they_say(tmp_path: Path) -> None:
    written = tmp_path / "out.jsonl"
    (exporter,) = example("exporters", tmp_path)["exporters"]()  # type: ignore[operator]
    with written.open("wb") as file:
        exporter.write([b"{}", b"{}"], file)
    assert written.read_bytes() == b"{}\n{}\n"
    (destination,) = example("sync_destinations", tmp_path)["sync_destinations"]()  # type: ignore[operator]
    assert destination.deliver({"a": b"{}"}, {"folder": str(tmp_path)}) == ["a"]
    (command,) = example("commands", tmp_path)["commands"]()  # type: ignore[operator]
    said: list[str] = []
    assert command.run(CommandCall(arguments=(), home=tmp_path, language="vi", write=said.append)) == 0
    assert said == ["Xin chào"]
    (group,) = example("command_groups", tmp_path)["command_groups"]()  # type: ignore[operator]
    call = CommandCall(
        arguments=("a", "b"), home=tmp_path, language="vi", write=said.append, options={"size": ("1",)}
    )
    assert group.commands[0].run(call) == 0
    assert said == ["Xin chào", "a"]
    (file_type,) = example("form_file_types", tmp_path)["form_file_types"]()  # type: ignore[operator]
    (tmp_path / "a.json").write_text('[{"type": "text", "name": "q", "label::vi": "?"}]', encoding="utf-8")
    form = file_type.read(tmp_path / "a.json", Findings())
    with written.open("wb") as file:
        file_type.write(form, file)
    assert written.read_bytes() == b'["q"]'
    (screen,) = example("screens", tmp_path)["screens"]()  # type: ignore[operator]
    made = screen.open(ScreenCall(home=tmp_path, language="vi", close=lambda: None))
    assert type(made).__name__ == "Figures"
    functions = example("expression_functions", tmp_path)["expression_functions"]()  # type: ignore[operator]
    assert functions["hg-percent"].call(1.0, 4.0) == 25.0


@pytest.mark.parametrize("command", sorted(set(re.findall(r"survey-tui ((?:plugins|forms) [a-z]+)", PAGE))))
def test_the_commands_that_it_names_exist(command: str) -> None:
    done = CliRunner().invoke(
        root, [*command.split(), "--help"], obj=CommandContext({}), prog_name="survey-tui"
    )
    assert done.exit_code == 0, done.output


def test_every_key_of_the_manifest_and_of_visits_is_named() -> None:
    missing = [key for key in Manifest.__struct_fields__ if f"`{key}`" not in PAGE and f"[{key}]" not in PAGE]
    assert missing == []
    missing = [key for key in ScriptedVisit.__struct_fields__ if key not in PAGE]
    assert missing == []


def test_toml_that_it_shows_is_toml() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        tomllib.loads(block)
