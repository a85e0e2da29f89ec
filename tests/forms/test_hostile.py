"""Any content of files gives findings, never an exception, and a form only when it is sound."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_tui.cli.commands.forms import outline
from survey_tui.forms.builder import Build, build_items
from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.check import check_form, format_finding
from survey_tui.forms.check.questionnaire_files import check_path
from survey_tui.forms.columns import COLUMNS
from survey_tui.forms.findings import MAX_FINDINGS, Findings
from survey_tui.forms.model import Choice, ChoiceList, Form
from survey_tui.forms.sources import Row
from survey_tui.locale import Translator
from tests.support.questionnaires import SURVEY, Write, brief

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = [
    "text",
    "integer",
    "select_one yn",
    "begin_group",
    "end_group",
    "begin_repeat",
    "end_repeat",
    "calculate",
    "a",
    "b",
    "yn",
]
EXPRESSIONS = [
    "${a} = '1'",
    "${b} + 1",
    "true()",
    "false()",
    "selected(${a}, '1')",
    "${a}",
    "((",
    "nope()",
    "1 and ${b} = '0'",
    ".",
]

cells = st.one_of(
    st.sampled_from(WORDS + EXPRESSIONS),
    st.text(max_size=30),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(st.one_of(st.text(max_size=5), st.integers()), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)
names = st.sampled_from(["name", "type", *sorted(COLUMNS), "label::vi", "hint::en", "lable", ""])
rows = st.lists(
    st.builds(
        lambda kind, name, rest: {**rest, "type": kind, "name": name},
        st.sampled_from(WORDS),
        st.sampled_from(["a", "b", "c", "d", ""]),
        st.dictionaries(names, cells, max_size=4),
    ),
    max_size=12,
)


@given(rows)
@QUICK
def test_any_rows_give_a_form_or_findings(random_rows: list[dict[str, object]]) -> None:
    findings = Findings()
    items = build_items([Row(each) for each in random_rows], Build(findings))
    yes_no = ChoiceList("yn", (Choice("1", {"vi": "Có"}), Choice("0", {"vi": "Không"})))
    form = Form(
        id="f",
        version="1",
        title={},
        languages=("vi", "en"),
        default_language="vi",
        children=items,
        lists={"yn": yes_no},
    )
    check_form(form, findings)
    outline(form)
    assert msgspec.json.decode(msgspec.json.encode(form), type=Form) == form
    for text in (text for item in form.items() for text in item.label.values()):
        assert all(sign == "\n" or sign.isprintable() or sign.isspace() for sign in text)


toml_text = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[[question]]",
                "[[list]]",
                "[[list.choices]]",
                "[addition]",
                "name = 'm'",
                "type = 'text'",
                "label.vi = 'x'",
            ]
        ),
        st.sampled_from(
            [
                "version = '1'",
                "choices = [{name = 'a'}]",
                "communes = ['1']",
                "after = 5",
                '"""',
                "#",
                "a.b = 1",
                "relevant = 1",
            ]
        ),
        st.text(max_size=10),
    ),
    max_size=12,
).map("\n".join)


@pytest.mark.slow
@given(st.one_of(toml_text.map(str.encode), st.binary(max_size=200)))
@QUICK
def test_any_file_gives_findings(write: Write, content: bytes) -> None:
    root = write()
    vietnamese = Translator("vi")
    for folder in ("modules/m.toml", "surveys/s.toml", "lists/l.toml", "lists/l.csv"):
        root = write()
        (root / "lists").mkdir(exist_ok=True)
        (root / folder).write_bytes(content)
        for path in (root, root / folder):
            for finding in check_path(path):
                if not finding.code.startswith("expression"):
                    assert format_finding(finding, vietnamese)


BIG = {
    "600 faults before the one in an expression": "".join(
        f"[[question]]\nname = 'q{n}'\ntype = 'text'\n" for n in range(600)
    )
    + "[[question]]\nname = 'z'\ntype = 'text'\nrelevant = '${nowhere}'\n",
    "100,000 rows": "[[question]]\ntype = 'x'\n" * 100_000,
    "20,000 questions": "".join(
        f"[[question]]\nname = 'q{n}'\ntype = 'text'\nlabel = {{vi = 'x', en = 'x'}}\n" for n in range(20_000)
    ),
    "a label of 10 MB": "[[question]]\nname = 'a'\ntype = 'text'\nlabel.vi = '" + "x" * 10_000_000 + "'\n",
    "30,000 open groups": "".join(
        f"[[question]]\nname = 'g{n}'\ntype = 'begin_group'\n" for n in range(30_000)
    ),
    "100,000 choices": "[[list]]\nname = 'l'\nchoices = ["
    + ",".join(f"{{name = '{n}'}}" for n in range(100_000))
    + "]\n",
    "an expression of brackets": "[[question]]\nname = 'a'\ntype = 'text'\nrelevant = '"
    + "(" * 9_000
    + "'\n",
    "a chain of 2,000 questions": "".join(
        f"[[question]]\nname = 'q{n}'\ntype = 'calculate'\ncalculation = '${{q{n + 1}}} + 1'\n"
        for n in range(2_000)
    )
    + "[[question]]\nname = 'q2000'\ntype = 'calculate'\ncalculation = '${q0}'\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("body", BIG.values(), ids=BIG)
def test_huge_forms_end_in_findings(write: Write, body: str) -> None:
    root = write(body)
    findings = check_path(root / "surveys" / "s.toml")
    assert len(findings) <= MAX_FINDINGS + 1
    assert all(
        len(format_finding(each, Translator("en"))) < 2_000 for each in findings if each.code != "expression"
    )


def test_a_cycle_is_reported_with_its_path(write: Write) -> None:
    body = "".join(
        f"[[question]]\nname = '{one}'\ntype = 'calculate'\ncalculation = '${{{other}}} + 1'\n"
        for one, other in ("ab", "bc", "ca", "da")
    )
    (finding,) = check_path(write(body) / "surveys" / "s.toml")
    assert (finding.code, finding.source.line) == ("cycle", 9)
    assert set(finding.details["path"].split(" → ")) == {"a", "b", "c"}


def test_directories_full_of_traps(write: Write, tmp_path: Path) -> None:
    root = write(
        "[[question]]\nname = 'a'\ntype = 'text'\nlabel = {vi = 'x', en = 'x'}\n", {"lists/l.toml": ""}
    )
    (root / "modules" / "directory.toml").mkdir()
    (root / "modules" / "loop.toml").symlink_to("loop.toml")
    (root / "surveys" / "dangling.toml").symlink_to(tmp_path / "nowhere")
    (root / "lists" / "up").symlink_to("..")
    os.mkfifo(root / "modules" / "fifo.toml")
    os.mkfifo(root / "surveys" / "fifo.toml")
    catalogue = Catalogue([root, tmp_path / "nowhere", root / "surveys" / "s.toml"], tmp_path / "cache")
    assert [survey.id for survey in catalogue.surveys()] == ["s"]
    assert catalogue.form("s").children[0].name == "a"
    assert brief(catalogue.findings()) == ["error unreadable dangling.toml", "error not_a_file fifo.toml"]
    codes = {finding.code for finding in check_path(root)}
    assert codes == {"unreadable", "not_a_file"}


def test_module_names_do_not_leave_the_directory(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text('name = "secret"\nversion = "1"\n')
    root = write(
        files={"surveys/t.toml": SURVEY.format(modules='["../../secret", "/etc/passwd", "a\\u0000b"]')}
    )
    found = brief(check_path(root / "surveys" / "t.toml"))
    assert [line.split()[1] for line in found] == ["empty_form", *["unknown_module"] * 3]
