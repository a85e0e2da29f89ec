"""Each plugin is loaded and called on its own: what breaks is named, and the others work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_tui.errors import PluginError
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.plugins import Plugins
from survey_tui.plugins.metadata import EntryPoint

GOOD = """
from pathlib import Path
from survey_tui.plugins import hookimpl

@hookimpl
def questionnaires():
    return [Path(__file__).parent]
"""

BAD_IMPORTS = {
    "syntax": "def broken(:\n",
    "raises": "raise RuntimeError('no sensor')\n",
    "leaves": "import sys\nsys.exit(3)\n",
    "missing": "import no_such_library_anywhere\n",
}

BAD_HOOKS = {
    "raising": GOOD.replace("return", "raise ValueError('boom')\n    return"),
    "leaving": GOOD.replace("return", "raise SystemExit(1)\n    return"),
    "number": GOOD.replace("[Path(__file__).parent]", "42"),
    "nothing": GOOD.replace("[Path(__file__).parent]", "None"),
    "nowhere": GOOD.replace(".parent", ".parent / 'nowhere'"),
    "a_file": GOOD.replace(".parent", ""),
}

BAD_REGISTRATIONS = {
    "argument": GOOD.replace("questionnaires()", "questionnaires(no_such_argument)"),
    "unknown_hook": GOOD.replace("questionnaires", "colours"),
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def point(site: Path, name: str, source: str, attribute: str = "") -> EntryPoint:
    module = f"plugin_under_test_{name}"
    (site / module).mkdir()
    (site / module / "__init__.py").write_text(source, encoding="utf-8")
    return EntryPoint(name, module, attribute, f"{name}-1.0")


def test_the_national_instrument_registers_through_the_same_hook() -> None:
    plugins = Plugins.load()
    assert plugins.names[0] == "national"
    assert plugins.failures == []
    assert plugins.questionnaire_directories()[0].name == "survey_questionnaires"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "source"), (BAD_IMPORTS | BAD_HOOKS | BAD_REGISTRATIONS).items())
def test_a_broken_plugin_is_named_and_the_others_work(site: Path, name: str, source: str) -> None:
    points = [point(site, "before", GOOD), point(site, name, source), point(site, "zafter", GOOD)]
    plugins = Plugins.load(points)
    directories = plugins.questionnaire_directories()
    assert [directory.name for directory in directories] == [
        "plugin_under_test_before",
        "plugin_under_test_zafter",
    ]
    (failure,) = plugins.failures
    assert isinstance(failure, PluginError)
    assert failure.details["plugin"] == name
    assert failure.details["distribution"] == f"{name}-1.0"
    for language in LANGUAGES:
        assert name in Translator(language).error(failure)


def test_a_second_plugin_of_the_same_name_is_refused(site: Path) -> None:
    first = point(site, "one", GOOD)
    second = point(site, "two", GOOD)._replace(name="one")
    plugins = Plugins.load([first, second])
    assert [directory.name for directory in plugins.questionnaire_directories()] == ["plugin_under_test_one"]
    assert [failure.details["distribution"] for failure in plugins.failures] == ["two-1.0"]


def test_a_plugin_may_be_an_object_in_a_module(site: Path) -> None:
    imports, _, function = GOOD.partition("@hookimpl")
    method = "@hookimpl" + function.replace("questionnaires()", "questionnaires(self)")
    body = "".join(f"    {line}\n" for line in method.splitlines())
    source = f"{imports}class Plugin:\n{body}\nplugin = Plugin()\n"
    plugins = Plugins.load([point(site, "object", source, "plugin")])
    assert plugins.failures == []
    assert len(plugins.questionnaire_directories()) == 1


def test_a_missing_attribute_is_named(site: Path) -> None:
    plugins = Plugins.load([point(site, "lost", GOOD, "plugin")])
    (failure,) = plugins.failures
    assert "AttributeError" in str(failure.details["reason"])
