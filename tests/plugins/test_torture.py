"""Every bad plugin is reported with its name and what to do, and the interview goes on without it."""

from __future__ import annotations

import builtins
import signal
import sys
from pathlib import Path

import pytest

from survey_tui.errors import PluginError
from survey_tui.interview.session import Session
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.plugins import Plugins
from tests.support.plugins import (
    CA_MAU,
    MANIFEST,
    MODULE,
    START,
    Point,
    Write,
    answer_all,
    begin,
    core_points,
    load,
)

from .torture import DECLARATIVE, PYTHON, BadFolder, BadModule

pytestmark = pytest.mark.torture

SHORT, LONG = 0.15, 5.0
"""Seconds: for those that never end, and for all others, however slow the machine is."""


def write_python(point: Point, name: str, bad: BadModule) -> object:
    files = {}
    if bad.manifest_hooks is not None:
        head, _, _ = MANIFEST.partition("[[addition]]")
        text = head.format(name=name, commune=CA_MAU)
        files["plugin.toml"] = text.replace(
            "requires_api = 1", f"requires_api = 1\nhooks = {bad.manifest_hooks}"
        )
    return point(name, bad.source, bad.attribute, **files)


def reported(plugins: Plugins, name: str, code: str) -> PluginError:
    failures = [failure for failure in plugins.failures if failure.details.get("plugin") == name]
    found = [failure for failure in failures if failure.code == code]
    assert found, (name, code, failures)
    for language in LANGUAGES:
        message = Translator(language).error(found[0])
        assert name in message
        assert message.count(". ") + message.count("? ") + message.count("; ") >= 1, "no remedy"
    return found[0]


def surroundings() -> tuple[object, ...]:
    return (
        Session.answer,
        Session.next,
        builtins.len,
        sys.modules["survey_tui.errors"],
        sys.stdout,
        sys.__stderr__,
        sys.getrecursionlimit(),
        sys.excepthook,
        Path.cwd(),
        signal.getsignal(signal.SIGTERM),
        signal.getsignal(signal.SIGINT),
        signal.getsignal(signal.SIGALRM),
        signal.getitimer(signal.ITIMER_REAL)[0],
    )


@pytest.mark.parametrize("name", PYTHON)
def test_a_bad_python_plugin(
    home: Path, point: Point, declare: Write, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    declare("good")
    bad = PYTHON[name]
    before = surroundings()
    limit = SHORT if "endless" in name or name == "sleeps" else LONG
    plugins = load(home, [write_python(point, name, bad)], limit)  # type: ignore[list-item]
    session = begin(plugins, CA_MAU, "vneid")
    review = session.review(START)
    reported(plugins, name, bad.code)
    assert surroundings() == before
    assert not hasattr(builtins, "mine")
    assert not hasattr(Session, "extra")
    assert "/nowhere" not in sys.path
    assert capfd.readouterr() == ("", "")
    assert "good_n" in {item.name for item in session.form.form.items()}
    assert not any(finding.blocking for finding in review.findings if finding.kind == "advice")
    shown = [finding for finding in review.findings if finding.kind == "failure"]
    assert bool(shown) == name.startswith("check_")


@pytest.mark.parametrize(("name", "bad"), DECLARATIVE.items(), ids=DECLARATIVE)
def test_a_bad_declarative_plugin(home: Path, declare: Write, name: str, bad: BadFolder) -> None:
    declare("good")
    declare(name, **bad.files)
    plugins = load(home)
    session = begin(plugins, CA_MAU, "vneid")
    session.review(START)
    reported(plugins, name, bad.code)
    names = {item.name for item in session.form.form.items()}
    assert "good_n" in names
    assert name == "check_syntax" or f"{name}_n" not in names


def test_the_interview_completes_with_all_of_them_at_once(home: Path, point: Point, declare: Write) -> None:
    declare("good")
    for name, folder in DECLARATIVE.items():
        declare(name, **folder.files)
    # what changes the interpreter is left to the tests above: one at a time, so that each is caught by itself
    points = [write_python(point, name, bad) for name, bad in PYTHON.items()]
    plugins = load(home, points, 1.0)  # type: ignore[arg-type]
    session = begin(plugins, CA_MAU)
    asked = answer_all(session)
    assert "good_n" in asked
    assert session.review(START).complete
    assert session.finalise(START).values
    for name, code in {
        **{n: b.code for n, b in PYTHON.items()},
        **{n: b.code for n, b in DECLARATIVE.items()},
    }.items():
        reported(plugins, name, code)
    said = [str(failure) for failure in plugins.failures]
    assert len(said) == len(set(said)), "each is said once"


def test_repeated_failures_switch_a_plugin_off(home: Path, point: Point) -> None:
    bad = point("raises", "raise RuntimeError('no sensor')\n")
    for run in range(3):
        plugins = load(home, [bad])
        assert plugins.failures[0].code == "plugin_load"
        assert [failure.code for failure in plugins.failures[1:]] == (["plugin_off_now"] if run == 2 else [])
        plugins.end_run()
    plugins = load(home, [bad])
    assert plugins.failures == []
    assert plugins.names == ["national"]


def test_a_run_without_fault_forgives(home: Path, declare: Write) -> None:
    folder = declare("part")
    module = folder / "modules" / "part.toml"
    whole = module.read_bytes()
    for content in (b"[[", b"[[", whole, b"[[", b"["):
        module.write_bytes(content)
        plugins = load(home)
        begin(plugins, CA_MAU, "vneid")
        plugins.end_run()
    assert load(home).state.strikes["part"].count == 2
    assert load(home).state.off == {}


def test_two_plugins_of_one_name_and_a_second_core(home: Path, point: Point, declare: Write) -> None:
    declare("part")
    national = MANIFEST.format(name="national", commune=CA_MAU)
    declare("national", **{"plugin.toml": national, "modules/national.toml": MODULE.format(name="national")})
    source = "from survey_tui.plugins import hookimpl\n@hookimpl\ndef exporters():\n    return []\n"
    plugins = load(home, [point("part", source)])
    for name, place in (("part", "part-1.0"), ("national", "survey_tui-")):
        failure = reported(plugins, name, "plugin_name_twice")
        assert str(failure.details["other"]).startswith(place)
        assert failure.details["distribution"] == str(home / "plugins" / name)


def test_two_plugins_with_the_same_questions(home: Path, declare: Write) -> None:
    declare("first")
    declare(
        "second",
        **{
            "modules/second.toml": MODULE.format(name="first").replace(
                'name = "first"\nversion', 'name = "second"\nversion'
            )
        },
    )
    plugins = load(home)
    names = [item.name for item in begin(plugins, CA_MAU).form.form.items()]
    assert names.count("first_n") == 1
    failure = reported(plugins, "second", "plugin_addition")
    assert "first" in str(failure.details["reason"])


def test_a_survey_that_exists_already(home: Path, declare: Write) -> None:
    survey = 'id = "vneid"\nversion = "1"\ntitle.vi = "Nhỏ"\ntitle.en = "Small"\nmodules = ["part"]\n'
    declare("part", **{"surveys/vneid.toml": survey})
    plugins = load(home)
    session = begin(plugins, CA_MAU, "vneid")
    assert session.form.form.title["en"] != "Small"
    assert "survey_questionnaires" in str(reported(plugins, "part", "plugin_clash").details["other"])


def test_markup_is_shown_as_it_was_typed(home: Path, declare: Write) -> None:
    module = MODULE.format(name="loud").replace("Bao nhiêu?", "[red]Bao nhiêu?[/red] [@click=app.quit]x[/]")
    declare("loud", **{"modules/loud.toml": module})
    session = begin(load(home), CA_MAU)
    assert session.question("loud/loud_n").label.startswith("[red]Bao nhiêu?[/red] [@click")


def test_python_in_a_declarative_plugin_never_runs(home: Path, declare: Write) -> None:
    trap = f"open({str(home / 'ran')!r}, 'w')\n"
    declare("part", **{"__init__.py": trap, "part.py": trap, "sitecustomize.py": trap, "modules/x.py": trap})
    begin(load(home), CA_MAU)
    assert not (home / "ran").exists()


def test_safe_mode_runs_the_core_alone(home: Path, point: Point, declare: Write) -> None:
    declare("part")
    trap = point("trap", "raise AssertionError('imported')\n")
    plugins = Plugins.load([*core_points(), trap], home, safe_mode=True)
    assert (plugins.names, plugins.failures) == (["national"], [])


def test_a_state_file_that_cannot_be_read_stops_plugins_not_the_program(home: Path, declare: Write) -> None:
    declare("part")
    (home / "plugins.json").write_bytes(b"{")
    plugins = load(home)
    assert plugins.names == ["national"]
    assert [failure.code for failure in plugins.failures] == ["plugin_state"]
    assert "part_n" not in {item.name for item in begin(plugins, CA_MAU).form.form.items()}
    assert (home / "plugins.json").read_bytes() == b"{"
