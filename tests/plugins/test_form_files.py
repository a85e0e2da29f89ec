"""A file type of a plugin: its files are checked, asked, and read as modules of plugins and surveys.

The type is a small one, forms as JSON (``.qj``), written as the package that its author would install.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from survey_tui.application.context import AppContext
from survey_tui.application.form_files import form_file_types
from survey_tui.console.command_context import CommandContext
from survey_tui.errors import PluginError
from survey_tui.forms.findings import Findings
from survey_tui.forms.library import Library, ModuleReader
from survey_tui.forms.model import Form
from survey_tui.plugins.form_files import MAX_BYTES
from survey_tui.plugins.survey_catalogue import Surveys
from tests.support.plugins import CA_MAU, MANIFEST, CommandLine, Install, Write, load

SOURCE = """
import json

from survey_tui.forms.builder import Build, build_items
from survey_tui.forms.model import Form, Source
from survey_tui.forms.sources import Module, Row
from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import FormFileType


def rows(path, findings):
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        findings.error("no_json", Source(path.name), path.name, message=f"not JSON: {error}")
        return None, []
    if "title" not in whole:
        findings.warning("reader", Source(path.name), path.name, message="a title is missing")
    return whole, [Row(cells, Source(path.name, number)) for number, cells in enumerate(whole["rows"], 1)]


def read(path, findings):
    whole, found = rows(path, findings)
    if whole is None:
        return None
    return Form(
        id=whole["id"], version="1", title={"vi": whole.get("title", "?")}, languages=("vi",),
        default_language="vi", children=build_items(found, Build(findings, languages=("vi",))),
    )


def read_module(path, findings):
    whole, found = rows(path, findings)
    if whole is None:
        return None
    return Module(name=path.stem, version="1", title={}, rows=found, list_rows=[], addition=None, path=path,
                  sha256="")


def write(form, file):
    file.write(json.dumps({"id": form.id, "items": [item.name for item in form.children]}).encode())


@hookimpl
def form_file_types():
    title = {"vi": "Bảng hỏi JSON", "en": "JSON forms"}
    return [FormFileType(name="json_forms", title=title, suffixes=(".qj", ".qjson"), read=read, write=write,
                         read_module=read_module)]
"""

MODULE = """name = "a"
version = "1"

[[question]]
type = "text"
name = "q"
label.vi = "?"
label.en = "?"
"""

ROWS = [
    {"type": "integer", "name": "kids", "label::vi": "Bao nhiêu trẻ em?"},
    {"type": "text", "name": "why", "label::vi": "Vì sao?", "relevant": "${kids} > 0"},
]


@pytest.fixture
def json_type(install: Install) -> None:
    install("json_forms", SOURCE, "form_file_types")


def form_file(path: Path, rows: Sequence[object] = ROWS, **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"id": "toy", "title": "Thử", "rows": rows, **more}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path


def is_imported() -> bool:
    return "put_json_forms" in sys.modules


def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / "typed").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", (tmp_path / "typed").open(encoding="utf-8"))


@pytest.mark.usefixtures("json_type")
def test_a_file_without_faults_is_checked(command_line: CommandLine, tmp_path: Path) -> None:
    path = form_file(tmp_path / "toy.qj")
    assert command_line("forms", "check", str(path)) == (0, "", "Checked: 0 errors, 0 warnings.\n")


@pytest.mark.slow
@pytest.mark.usefixtures("json_type")
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"type": "intger", "name": "kids", "label::vi": "?"}], "toy.qj:1: error: kids"),
        ([*ROWS, {"type": "note", "name": "n", "label::vi": "${nobody}"}], "toy.qj:3: error: n"),
        ([{**ROWS[1], "relevant": "1 +"}], "toy.qj:1: error: why, relevant"),
    ],
)
def test_faults_are_named_as_in_a_file_of_the_program(
    command_line: CommandLine, tmp_path: Path, rows: list[object], said: str
) -> None:
    done = command_line("forms", "check", str(form_file(tmp_path / "toy.qj", rows)))
    assert done.status == 3
    assert said in done.out


@pytest.mark.usefixtures("json_type")
def test_what_the_reader_finds_is_shown_with_its_own_words(command_line: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "toy.qj"
    path.write_text("{", encoding="utf-8")
    done = command_line("forms", "check", str(path), "--json")
    assert done.status == 3
    (finding,) = json.loads(done.out)
    assert finding["code"] == "reader"
    assert "not JSON" in finding["message"]
    path.write_text(json.dumps({"id": "toy", "rows": ROWS}), encoding="utf-8")
    assert "toy.qj: warning: toy.qj: a title is missing" in command_line("forms", "check", str(path)).out


@pytest.mark.usefixtures("json_type")
def test_an_interview_on_a_file_is_stored_and_goes_on(
    command_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = form_file(tmp_path / "toy.qj")
    typed(monkeypatch, tmp_path, "2\n")
    begun = command_line("ask", str(path), "--commune", CA_MAU)
    assert begun.status == 8
    assert "Bao nhiêu trẻ em?" in begun.out
    (response,) = json.loads(command_line("responses", "list", "--json").out)
    assert response["form_id"] == "toy"
    assert f"survey-tui ask {path} --plain --response {response['id']}" in begun.err
    typed(monkeypatch, tmp_path, "vui\nc\n")
    ended = command_line("ask", str(path), "--response", response["id"])
    assert ended.status == 0, ended
    (response,) = json.loads(command_line("responses", "list", "--json").out)
    assert response["status"] == "final"


@pytest.mark.usefixtures("json_type")
def test_a_file_with_errors_is_not_asked(command_line: CommandLine, tmp_path: Path) -> None:
    path = form_file(tmp_path / "toy.qj", [{**ROWS[1], "relevant": "1 +"}])
    done = command_line("ask", str(path), "--commune", CA_MAU)
    assert (done.status, done.out) == (3, "")
    assert "toy.qj:1 why" in done.err
    assert json.loads(command_line("responses", "list", "--json").out) == []


def names_the_command_that_installs_support(text: str) -> bool:
    return all(part in text for part in (".xyz", ".toml, .qj, .qjson", "survey-tui plugins install"))


@pytest.mark.usefixtures("json_type")
def test_a_file_of_an_unknown_type_cannot_be_asked(command_line: CommandLine, tmp_path: Path) -> None:
    done = command_line("ask", "--commune", CA_MAU, str(form_file(tmp_path / "toy.xyz")))
    assert (done.status, done.out) == (3, "")
    assert names_the_command_that_installs_support(done.err)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["", "modules"])
@pytest.mark.usefixtures("json_type")
def test_a_file_of_an_unknown_type_is_checked_as_toml(
    command_line: CommandLine, tmp_path: Path, folder: str
) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    path = form_file(tmp_path / folder / "toy.xyz")
    done = command_line("forms", "check", str(path))
    assert done.status == 3
    assert names_the_command_that_installs_support(done.out)
    done = command_line("forms", "check", str(path), "--json")
    assert (done.status, done.err) == (3, "")
    findings = json.loads(done.out)
    assert [each["code"] for each in findings] == ["bad_toml", "file_type"]
    assert names_the_command_that_installs_support(findings[-1]["message"])
    path.write_text(MODULE, encoding="utf-8")
    done = command_line("forms", "check", str(path), "--json")
    assert done.status == 0
    assert "file_type" not in done.out


@pytest.mark.usefixtures("json_type")
def test_a_survey_that_does_not_exist_is_no_file(command_line: CommandLine, tmp_path: Path) -> None:
    assert command_line("ask", str(tmp_path / "nothing.qj"), "--commune", CA_MAU).status == 6
    form_file(tmp_path / "toy.toml")
    assert command_line("ask", str(tmp_path / "toy.toml"), "--commune", CA_MAU).status == 6


@pytest.mark.slow
@pytest.mark.usefixtures("json_type")
def test_files_of_the_program_need_no_plugin(command_line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    module = tmp_path / "modules" / "a.toml"
    module.write_text(MODULE, encoding="utf-8")
    assert command_line("forms", "check", str(module)).status == 0
    assert command_line("forms", "list").status == 0
    assert command_line("forms", "show", "xa_hoi_so").status == 0
    assert not is_imported()


@pytest.mark.slow
@pytest.mark.usefixtures("json_type", "site")
def test_a_province_writes_its_questions_in_such_a_file(home: Path, declare: Write) -> None:
    manifest = MANIFEST.format(name="part", commune=CA_MAU)
    folder = declare("part", **{"plugin.toml": manifest, "modules/part.toml": None})
    form_file(folder / "modules" / "part.qj", [{**ROWS[0], "name": "part_n", "label::en": "?"}])
    plugins = load(home)
    names = [item.name for item in Surveys(plugins, home / "cache").form("vneid", CA_MAU).items()]
    assert "part_n" in names
    assert plugins.failures == []
    form_file(folder / "modules" / "part.qj", [{**ROWS[0], "name": "part_m", "label::en": "?"}])
    again = Surveys(load(home), home / "cache").form("vneid", CA_MAU)
    assert "part_m" in [item.name for item in again.items()]  # the cache knows that the file has changed
    assert next(each.sha256 for each in again.modules if each.name == "part")


@pytest.mark.slow
def test_a_module_in_such_a_file_without_the_plugin_is_named(home: Path, declare: Write) -> None:
    folder = declare("part", **{"modules/part.toml": None})
    form_file(folder / "modules" / "part.qj")
    plugins = load(home)
    assert "part_n" not in [item.name for item in Surveys(plugins).form("vneid", CA_MAU).items()]
    assert [failure.code for failure in plugins.failures] == ["plugin_addition"]


@pytest.mark.slow
@pytest.mark.usefixtures("json_type", "site")
def test_a_survey_may_have_such_a_module(command_line: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    form_file(folder / "modules" / "kids.qj", [{**row, "label::en": "?"} for row in ROWS])
    (folder / "surveys").mkdir()
    (folder / "surveys" / "own.toml").write_text(
        'id = "own"\nversion = "1"\ntitle.vi = "A"\ntitle.en = "A"\nmodules = ["kids"]\n', encoding="utf-8"
    )
    assert command_line("forms", "check", str(folder)).status == 0
    assert command_line("forms", "check", str(folder / "modules" / "kids.qj")).status == 0
    form_file(folder / "modules" / "kids.qj", [{**ROWS[0], "type": "intger"}])
    done = command_line("forms", "check", str(folder))
    assert done.status == 3
    assert "kids.qj:1: error: kids" in done.out


@pytest.fixture
def context(home: Path, command_line: CommandLine) -> AppContext:
    return CommandContext({"SURVEY_TUI_HOME": str(home)})


@pytest.mark.usefixtures("json_type", "site")
def test_a_form_is_written(context: AppContext) -> None:
    form = Form(id="toy", version="1", title={}, languages=("vi",), default_language="vi", children=())
    assert form_file_types(context)[".qj"].write(form) == b'{"id": "toy", "items": []}'


@pytest.mark.parametrize("change", [("write=write,", ""), ("file.write(", "file.close() or file.write(")])
def test_a_type_that_cannot_be_written_says_so(
    context: AppContext, install: Install, change: tuple[str, str]
) -> None:
    install("json_forms", SOURCE.replace(*change), "form_file_types")
    form = Form(id="toy", version="1", title={}, languages=("vi",), default_language="vi", children=())
    with pytest.raises(PluginError) as error:
        form_file_types(context)[".qj"].write(form)
    assert (error.value.code, error.value.details["plugin"]) == ("plugin_run", "json_forms")


BAD_READERS = {
    "raises": "    raise OSError('no')",
    "another type": "    return {}",
    "a subclass": "    class Other(Form): pass\n"
    "    return Other(id='a', version='', title={}, languages=(), default_language='', children=())",
    "a wrong field": "    return Form(id=1, version='', title={}, languages=(), default_language='',"
    " children=())",
    "nothing": "    return None",
    "no end": "    while True: pass",
}


@pytest.mark.slow
@pytest.mark.parametrize("body", BAD_READERS.values(), ids=BAD_READERS)
def test_a_reader_that_fails_is_an_error_in_the_file_and_the_plugin_is_named(
    context: AppContext, install: Install, tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_tui.plugins.form_files.MAX_SECONDS", 0.5)
    source = SOURCE.replace("def read(path, findings):\n", f"def read(path, findings):\n{body}\n")
    install("json_forms", source, "form_file_types")
    findings = Findings()
    reader = form_file_types(context)[".qj"]
    assert reader.read(form_file(tmp_path / "toy.qj"), findings) is None
    assert [each.code for each in findings.all] == ["unreadable"]
    assert [each.code for each in context.plugins.failures] == ["plugin_hook"]
    assert context.plugins.failures[0].details["plugin"] == "json_forms"


@pytest.mark.usefixtures("json_type", "site")
def test_a_reader_sees_only_regular_files_of_a_bearable_size(context: AppContext, tmp_path: Path) -> None:
    large = tmp_path / "large.qj"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    (tmp_path / "folder.qj").mkdir()
    codes = []
    for name in ("large.qj", "folder.qj", "nothing.qj"):
        findings = Findings()
        assert form_file_types(context)[".qj"].read(tmp_path / name, findings) is None
        codes += [each.code for each in findings.all]
    assert codes == ["file_too_large", "not_a_file", "unreadable"]
    assert context.plugins.failures == []


def test_a_suffix_of_the_program_or_of_another_plugin_is_refused(
    context: AppContext, install: Install
) -> None:
    install("json_forms", SOURCE, "form_file_types")
    install("other", SOURCE.replace('".qj", ".qjson"', '".qj", ".toml", ".qk"'), "form_file_types")
    assert sorted(form_file_types(context)) == [".qj", ".qjson", ".qk"]
    clashes = [failure.details for failure in context.plugins.failures]
    assert [(each["plugin"], each["what"], each["other"]) for each in clashes] == [
        ("other", ".qj", "json_forms"),
        ("other", ".toml", "survey_tui"),
    ]


def test_readers_are_asked_only_where_a_toml_file_is_missing(tmp_path: Path) -> None:
    asked: list[int] = []

    def readers() -> dict[str, ModuleReader]:
        asked.append(1)
        return {}

    library = Library((tmp_path,), readers)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "a.toml").write_text("", encoding="utf-8")
    assert library.module("a", tmp_path) == tmp_path / "modules" / "a.toml"
    assert asked == []
    assert library.module("b", tmp_path) is None
    assert asked


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.usefixtures("json_type")
@pytest.mark.parametrize("rows", [ROWS, [{**ROWS[0], "type": "intger"}]])
def test_an_archive_with_such_a_module_is_checked_before_it_is_installed(
    command_line: CommandLine, tmp_path: Path, home: Path, rows: list[dict[str, str]]
) -> None:
    folder = tmp_path / "part"
    named = [{**row, "name": f"part_{row['name']}", "label::en": "?", "relevant": ""} for row in rows]
    form_file(folder / "modules" / "part.xlsx", named)
    (folder / "plugin.toml").write_text(MANIFEST.format(name="part", commune=CA_MAU), encoding="utf-8")
    module = home / "plugins" / "json_forms" / "put_json_forms" / "__init__.py"
    module.write_text(SOURCE.replace('".qjson"', '".xlsx"'), encoding="utf-8")
    faulty = rows is not ROWS
    checked = command_line("plugins", "check", str(folder), "--interviews", "5")
    assert "part_kids" in checked.out  # a fault of it, or how often it was asked
    assert ("part.xlsx:1: error: part_kids" in checked.out) is faulty
    assert (command_line("plugins", "install", str(folder)).status == 0) is not faulty
