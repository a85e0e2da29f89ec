"""Bad plugins: what goes wrong in the world, each with the error code that it must be reported with."""

from __future__ import annotations

from typing import NamedTuple

from tests.support.plugins import CA_MAU, MANIFEST, MODULE

HEAD = """
from pathlib import Path
from survey_tui.expressions import Function
from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import *
"""

QUIET = """
@hookimpl
def official_baselines():
    return []
"""


class BadModule(NamedTuple):
    """A Python plugin. ``manifest_hooks``: it has a ``plugin.toml`` that names these hooks."""

    source: str
    code: str
    attribute: str = ""
    manifest_hooks: str | None = None


class BadFolder(NamedTuple):
    """A declarative plugin; ``{}`` in a file's name stands for the plugin's."""

    files: dict[str, str | bytes | None]
    code: str


def hook(name: str, body: str, arguments: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}\n@hookimpl\ndef {name}({arguments}):\n{lines}"


def function(body: str, name: str = "bad-one") -> str:
    return hook(
        "expression_functions",
        f"def call(*given):\n    {body}\nreturn {{{name!r}: Function({name!r}, call, least=0, most=None)}}",
    )


STUBBORN = "while True:\n    try:\n        {}\n    except BaseException:\n        pass\n"
LOAD, HOOK, MANNERS = "plugin_load", "plugin_hook", "plugin_manners"

PYTHON: dict[str, BadModule] = {
    # while it is imported
    "syntax": BadModule("def broken(:\n", LOAD),
    "raises": BadModule("raise RuntimeError('no sensor')\n", LOAD),
    "exits": BadModule("import sys\nsys.exit(3)\n", LOAD),
    "interrupts": BadModule("raise KeyboardInterrupt\n", LOAD),
    "generator_exit": BadModule("raise GeneratorExit\n", LOAD),
    "dependency": BadModule("import no_such_library_anywhere\n", LOAD),
    "import_loop": BadModule("from put_import_loop import missing\n", LOAD),
    "endless": BadModule("while True:\n    pass\n", LOAD),
    "endless_stubborn": BadModule(
        STUBBORN.format("while True:\n            pass"),
        LOAD,
    ),
    "sleeps": BadModule(
        "import time\n" + STUBBORN.format("time.sleep(60)"),
        LOAD,
    ),
    "asks": BadModule("input('Password: ')\n", LOAD),
    "recursion": BadModule("def down():\n    return down()\ndown()\n", LOAD),
    "memory": BadModule("raise MemoryError\n", LOAD),
    "evil_error": BadModule(
        "class Evil(Exception):\n    def __str__(self):\n        raise SystemExit\nraise Evil\n", LOAD
    ),
    "null_byte": BadModule("x = 1\0\n", LOAD),
    "no_attribute": BadModule(HEAD + QUIET, LOAD, "plugin"),
    "no_hooks": BadModule("x = 1\n", LOAD),
    "api_too_new": BadModule(HEAD + "requires_api = 99\n" + QUIET, LOAD),
    "api_nonsense": BadModule(HEAD + "requires_api = 'one'\n" + QUIET, LOAD),
    "unknown_hook": BadModule(hook("colours", "return []"), LOAD),
    "unknown_argument": BadModule(hook("questionnaires", "return []", "planet"), LOAD),
    "undeclared": BadModule(hook("check_response", "return []"), LOAD, manifest_hooks='["questionnaires"]'),
    # what it does beside its work
    "prints": BadModule(HEAD + "print('\\x1b[2Jhello')\n" + QUIET, MANNERS),
    "prints_behind": BadModule(
        HEAD + "import sys\nsys.__stderr__.write('x' * 10**6)\nsys.stdout.close()\n" + QUIET, MANNERS
    ),
    "patches_session": BadModule(
        HEAD
        + "from survey_tui.interview.session import Session\n"
        + "Session.answer = lambda *given: None\ndel Session.next\nSession.extra = 1\n"
        + QUIET,
        MANNERS,
    ),
    "patches_builtins": BadModule(
        HEAD + "import builtins\nbuiltins.len = lambda x: 0\nbuiltins.mine = 1\n" + QUIET, MANNERS
    ),
    "patches_modules": BadModule(
        HEAD
        + "import sys, types\nsys.modules['survey_tui.errors'] = types.ModuleType('x')\n"
        + "sys.path.insert(0, '/nowhere')\n"
        + QUIET,
        MANNERS,
    ),
    "patches_interpreter": BadModule(
        HEAD
        + "import os, sys, signal\nos.chdir('/')\nsys.setrecursionlimit(120)\nsys.excepthook = print\n"
        + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsys.settrace(lambda *given: None)\n"
        + QUIET,
        MANNERS,
    ),
    # when a hook is called
    "hook_raises": BadModule(hook("questionnaires", "raise ValueError('boom')"), HOOK),
    "hook_exits": BadModule(hook("questionnaires", "raise SystemExit(1)"), HOOK),
    "hook_endless": BadModule(hook("questionnaires", "while True: pass"), HOOK),
    "hook_number": BadModule(hook("questionnaires", "return 42"), HOOK),
    "hook_nothing": BadModule(hook("questionnaires", "return None"), HOOK),
    "hook_generator": BadModule(hook("questionnaires", "while True: yield Path('/')"), HOOK),
    "hook_huge": BadModule(hook("questionnaires", "return [Path('/')] * 10**6"), HOOK),
    "hook_sly_list": BadModule(
        hook(
            "questionnaires",
            "class Sly(list):\n    def __iter__(self):\n        raise SystemExit\nreturn Sly()",
        ),
        HOOK,
    ),
    "hook_relative": BadModule(hook("questionnaires", "return [Path('.')]"), HOOK),
    "hook_file": BadModule(hook("questionnaires", "return [Path(__file__)]"), HOOK),
    "additions_wrong": BadModule(hook("province_additions", "return [{'module': 'x'}]"), HOOK),
    "additions_typed": BadModule(
        hook("province_additions", "return [ProvinceAddition(module=7, area=None, order='x')]"), HOOK
    ),
    "additions_nowhere": BadModule(
        hook(
            "province_additions",
            "area = Area(communes=('00000',))\n"
            "return [ProvinceAddition(module=Path('/x/modules/x.toml'), area=area, after='b')]",
        ),
        HOOK,
    ),
    "function_clash": BadModule(function("return 1", "count-selected"), "plugin_clash"),
    "function_name": BadModule(function("return 1", "BAD NAME"), HOOK),
    "function_builds": BadModule(
        hook("expression_functions", "return {'bad-two': Function('bad-two', build=lambda *given: None)}"),
        HOOK,
    ),
    "check_raises": BadModule(hook("check_response", "raise ZeroDivisionError", "response"), HOOK),
    "check_endless": BadModule(hook("check_response", "while True: pass", "response"), HOOK),
    "check_nonsense": BadModule(
        hook("check_response", "return [QualityFinding(check='x', severity='fatal', message='x')]"), HOOK
    ),
    "check_flood": BadModule(
        hook(
            "check_response", "return [QualityFinding(check='x', severity='note', message={'vi': 'x'})] * 101"
        ),
        HOOK,
    ),
    "check_escapes": BadModule(
        hook(
            "check_response",
            "return [QualityFinding(check='x', severity='note', message={'vi': '\\x1b[2J'})]",
        ),
        HOOK,
    ),
    "check_meddles": BadModule(
        hook("check_response", "response.values['a'] = '1'\nreturn []", "response"), HOOK
    ),
}


def manifest(name: str, *changes: tuple[str, str]) -> str:
    text = MANIFEST.format(name=name, commune=CA_MAU)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def bad_manifest(name: str, code: str, *changes: tuple[str, str]) -> BadFolder:
    return BadFolder({"plugin.toml": manifest(name, *changes)}, code)


def bad_module(name: str, old: str, new: str, code: str = "plugin_addition") -> BadFolder:
    text = MODULE.format(name=name)
    assert old in text
    return BadFolder({f"modules/{name}.toml": text.replace(old, new)}, code)


BAD, ADDITION = "plugin_manifest", "plugin_addition"
LABEL = 'label.vi = "Bao nhiêu?"'

DECLARATIVE: dict[str, BadFolder] = {
    "no_manifest": BadFolder({"plugin.toml": None}, "plugin_empty"),
    "bad_toml": BadFolder({"plugin.toml": "name = \n"}, BAD),
    "not_utf8": BadFolder({"plugin.toml": b"name = '\xff\xfe'"}, BAD),
    "deep_toml": BadFolder({"plugin.toml": "x = " + "[" * 50_000}, BAD),
    "huge_toml": BadFolder({"plugin.toml": "# " + "x" * 600_000}, BAD),
    "unknown_key": bad_manifest("unknown_key", BAD, ("requires_api = 1", "requires_api = 1\ncolour = 'red'")),
    "wrong_type": bad_manifest("wrong_type", BAD, ('version = "1.0"', "version = 1.0")),
    "title_escape": bad_manifest("title_escape", BAD, ('"Own part title_escape"', '"\\u001b[2J"')),
    "has_hooks": bad_manifest(
        "has_hooks", BAD, ("requires_api = 1", 'requires_api = 1\nhooks = ["commands"]')
    ),
    "no_area": bad_manifest("no_area", BAD, (f'communes = ["{CA_MAU}"]', "")),
    "two_places": bad_manifest("two_places", BAD, ('after = "b"', 'after = "b"\nat_end = true')),
    "newer": bad_manifest("newer", "plugin_api", ("requires_api = 1", "requires_api = 99")),
    "other_name": bad_manifest(
        "other_name", "plugin_other_name", ('name = "other_name"', 'name = "somebody"')
    ),
    "no_commune": bad_manifest("no_commune", "plugin_area", (CA_MAU, "99999")),
    "no_province": bad_manifest(
        "no_province", "plugin_area", (f'communes = ["{CA_MAU}"]', 'legacy_provinces = ["Atlantis"]')
    ),
    "no_module": BadFolder({"modules/no_module.toml": None}, ADDITION),
    "module_toml": BadFolder({"modules/module_toml.toml": "[[question\n"}, ADDITION),
    "module_clash": BadFolder(
        {
            "plugin.toml": manifest("module_clash", ('module = "module_clash"', 'module = "household"')),
            "modules/household.toml": MODULE.format(name="module_clash").replace(
                'name = "module_clash"\nversion', 'name = "household"\nversion'
            ),
        },
        "plugin_clash",
    ),
    "question_clash": bad_module("question_clash", '"question_clash_n"', '"hh_size"'),
    "label_escape": bad_module("label_escape", LABEL, 'label.vi = "\\u001b[2J"'),
    "no_function": bad_module("no_function", LABEL, LABEL + '\nrelevant = "no-such-thing(1)"'),
    "no_question": bad_module("no_question", LABEL, LABEL + '\nrelevant = "${nowhere} = 1"'),
    "circle": bad_module("circle", LABEL, LABEL + '\nrelevant = "${circle_n} = 1"'),
    "list_clash": BadFolder(
        {
            "modules/list_clash.toml": MODULE.format(name="list_clash")
            + '\n[[list]]\nname = "yn"\nchoices = [{ name = "x", label.vi = "X", label.en = "X" }]\n'
            + '\n[[question]]\ntype = "select_one yn"\nname = "list_clash_q"\n'
            + 'label.vi = "A"\nlabel.en = "A"\n'
        },
        ADDITION,
    ),
    "check_syntax": BadFolder(
        {
            "plugin.toml": manifest("check_syntax")
            + '\n[[check]]\nname = "x"\nexpression = "1 +"\nmessage.vi = "x"\nmessage.en = "x"\n'
        },
        HOOK,
    ),
}
