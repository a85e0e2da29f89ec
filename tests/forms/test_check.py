"""Every finding, each from a form with this one fault: severity, code, item, column."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.forms.check import format_finding
from survey_tui.forms.check.questionnaire_files import check_path
from survey_tui.forms.composition import assemble_valid
from survey_tui.forms.findings import MAX_FINDINGS, Findings, FormFinding, InvalidFormError
from survey_tui.forms.library import Library
from survey_tui.forms.model import Source
from survey_tui.locale import Translator
from tests.support.questionnaires import SURVEY, Write, brief

# In the table below {text}, {yn} … stand for a complete question of that type.
SHORT = {
    "{text}": 'type = "text"\nlabel.vi = "C"\nlabel.en = "Q"\n',
    "{int}": 'type = "integer"\nlabel.vi = "C"\nlabel.en = "Q"\n',
    "{yn}": 'type = "select_one yn"\nlabel.vi = "C"\nlabel.en = "Q"\n',
    "{rank}": "type = 'rank x'\nlabel = {vi = 'C', en = 'Q'}\n",
    "{range}": "type = 'range'\nlabel = {vi = 'C', en = 'Q'}\n",
    "{calc}": 'type = "calculate"\n',
    "{group}": 'type = "begin_group"\n',
    "{repeat}": 'type = "begin_repeat"\n',
    "{end}": '[[question]]\ntype = "end_group"\n',
    "{stop}": '[[question]]\ntype = "end_repeat"\n',
}


def toml(text: str) -> str:
    """``a: {text}`` becomes a ``[[question]]`` of the name ``a``; other lines are kept."""
    for short, full in SHORT.items():
        text = text.replace(short, full)
    lines = []
    for line in text.strip().splitlines():
        name, colon, rest = line.strip().partition(": ")
        lines.append(f'[[question]]\nname = "{name}"\n{rest}' if colon and name.isidentifier() else line)
    return "\n".join(lines) + "\n"


def found(write: Write, text: str, files: dict[str, str] | None = None) -> list[FormFinding]:
    return check_path(write(toml(text), files) / "surveys" / "s.toml")


FAULTS = {
    # names
    "a: {text}\na: {text}": ["error duplicate_name a name"],
    "[[question]]\n{text}": ["error no_name name"],
    "[[question]]\nname = '1x'\n{text}": ["error bad_name 1x name"],
    "[[question]]\nname = 'tên'\n{text}": ["error bad_name tên name"],
    "meta: {text}": ["error reserved_name meta name"],
    # texts
    "a: type = 'text'": ["error no_label a label"],
    "a: type = 'text'\nlabel.vi = 'C'": ["warning missing_translation a label.en"],
    "a: {text}hint.en = 'H'": ["warning missing_translation a hint.vi"],
    "a: {text}label.vn = 'C'": ["warning unknown_language a label.vn"],
    "a: {text}constraint = \". != 'x'\"": ["warning rule_without_message a constraint"],
    "a: {text}warning = \". != 'x'\"": ["warning rule_without_message a warning"],
    "a: {text}constraint_message = {vi='S', en='W'}": ["warning message_without_rule a constraint_message"],
    "a: {group}{end}": [],
    # choices
    "a: type = 'select_one yess'\nlabel = {vi='C', en='Q'}": ["error unknown_list a type"],
    "a: {yn}[[list]]\nname = 'yn'\nchoices = [{name = '1', label = {vi='C', en='Y'}}]": [
        "error duplicate_choice yn.1 name"
    ],
    "a: {rank}[[list]]\nname = 'x'\nchoices = [{name='p'}, {name='q r'}]": [
        "error choice_without_label x.p label",
        "error choice_without_label x.q r label",
        "error space_in_choice x.q r name",
    ],
    "a: {rank}[[list]]\nname = 'x'\nchoices = [{label={vi='x', en='x'}}]": [
        "error choice_without_name x name"
    ],
    "a: {rank}[[list]]\nname = 'x'\nchoices = [{name='p', label.vi='x'}]": [
        "warning missing_translation x.p label.en"
    ],
    "a: {rank}[[list]]\nname = 'x'\nchoices = [{name = 'p', label = {vi = '${a}', en = '${aa}'}}]": [
        "error unknown_name x.p label.en"
    ],
    "a: {yn}choice_filter = \"prov = '1'\"": ["error unknown_choice_column a choice_filter"],
    # settings
    "a: {text}appearance = 'mutliline numbers'": ["warning unknown_appearance a appearance"],
    "a: {text}allow = ['dont_know']": ["error unknown_allow a allow"],
    "a: {range}parameters = 'start=0 stop=10'": ["error unknown_parameter a parameters"],
    "a: {range}parameters = 'start=a'": ["error bad_parameter a parameters"],
    "a: {range}parameters = 'start=0 end=10 step=0'": ["error bad_range a parameters"],
    "a: {yn}parameters = 'randomize=maybe'": ["error bad_parameter a parameters"],
    "a: {int}default = 'many'": ["error bad_default a default"],
    "a: {int}default = 5": [],
    "a: {yn}default = '2'": ["error default_not_a_choice a default"],
    "consent_main: {yn}default = '1'": ["error consent_default consent_main default"],
    "ok: {yn}default = '1'\nindicator = ['CONSENT']": ["error consent_default ok default"],
    "a: type = 'note'\nlabel = {vi='C', en='Q'}\nrequired = true": ["warning useless_column a required"],
    "a: {text}choice_filter = 'x = 1'": ["warning useless_column a choice_filter"],
    "a: {calc}": ["error no_calculation a calculation"],
    "a: {text}\nb: {calc}calculation = '1'\ntrigger = '${aa}'": ["error unknown_name b trigger"],
    "a: {text}\nb: {text}trigger = '${a}'": ["warning trigger_without_calculation b trigger"],
    # expressions
    "a: {int}\nb: {text}relevant = '${aa} = 1'": ["error expression b relevant"],
    "a: {int}\nb: {text}relevant = '${a} = '": ["error expression b relevant"],
    "a: {int}\nb: {text}relevant = 'nosuch(${a})'": ["error expression b relevant"],
    "a: {int}\nb: {text}required = '${a} ='": ["error expression b required"],
    "a: {int}\nb: {text}default = '${aa}'": ["error expression b default"],
    "a: {int}\nb: {text}hint = {vi='${aa}', en='${a}'}": ["error expression b hint.vi"],
    "a: {repeat}repeat_count = '${nn}'\nb: {text}{stop}": ["error expression a repeat_count"],
    "a: type = 'select_one ${bb}'\nlabel = {vi='C', en='Q'}": ["error expression a type"],
    "a: {yn}parameters = 'randomize=true seed=${bb}'": ["error expression a parameters"],
    "a: {text}constraint = \"regex(., '[0-9')\"\nconstraint_message = {vi='S', en='W'}": [
        "error bad_regex a constraint"
    ],
    "a: {calc}calculation = '${b} + 1'\nb: {calc}calculation = '${a} + 1'": ["error cycle a calculation"],
    "a: {text}relevant = \"${b} = 'x'\"\nb: {text}relevant = \"${a} = 'x'\"": ["error cycle a relevant"],
    # reach
    "a: {text}relevant = 'false()'": ["error never_relevant a relevant"],
    "a: {text}relevant = '1 = 2 and ${b} = 1'\nb: {int}": ["error never_relevant a relevant"],
    "a: {yn}\nb: {text}relevant = \"${a} = 'yes'\"": ["error not_a_choice b relevant"],
    "a: {yn}\nb: {text}relevant = \"selected(${a}, '2')\"": ["error not_a_choice b relevant"],
    "a: {yn}\nb: {text}relevant = \"${a} = '1' and ${a} = '0'\"": ["error unreachable b relevant"],
    "a: {yn}\nb: {text}relevant = \"${a} = '1' or ${a} = '0'\"": [],
    "a: {yn}\nb: {text}relevant = \"${a} != ''\"": [],
    "a: {yn}\ng: {group}relevant = \"${a} = '1'\"\nb: {text}relevant = \"${a} = '0'\"\n{end}": [
        "error unreachable b relevant"
    ],
    "a: {yn}\nb: {yn}relevant = \"${a} = '0'\"\nc: {text}relevant = \"${a} = '1' and ${b} = '1'\"": [
        "error unreachable c relevant"
    ],
    "r: {repeat}\na: {yn}{stop}b: {text}relevant = \"${a} = '1' and ${a} = '0'\"": [],
}


@pytest.mark.parametrize(
    ("text", "expected"), FAULTS.items(), ids=[" ".join(each) or "fine" for each in FAULTS.values()]
)
def test_a_fault_is_found(write: Write, text: str, expected: list[str]) -> None:
    findings = found(write, text)
    assert brief(findings) == expected
    for finding in findings:
        assert finding.source.file == "modules/m.toml"
        assert finding.source.line > 0


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_fault_has_words(write: Write, language: str) -> None:
    translator = Translator(language)
    for text in FAULTS:
        for finding in found(write, text):
            line = format_finding(finding, translator)
            assert line.startswith(f"modules/m.toml:{finding.source.line}: ")
            assert "{" not in line.replace("${", "")


def test_the_nearest_right_word_is_named(write: Write) -> None:
    english = Translator("en")
    lines = [
        format_finding(finding, english)
        for finding in found(
            write,
            """
            age: {int}
            a: {text}relevent = '1'
            b: type = 'intger'
            c: {text}relevant = '${agee} > 1'
            """,
        )
    ]
    for word in ("relevant", "integer", "age"):
        assert any(f"“{word}”" in line or f"{word}" in line.split("Did you mean")[-1] for line in lines), (
            lines
        )


def test_all_faults_are_reported_together(write: Write) -> None:
    text = "a: type = 'txet'\nb: {text}lable = 'x'\nc: {text}relevant = '${x}'\nc: {int}default = 'y'"
    assert sorted(brief(found(write, text))) == [
        "error bad_default c default",
        "error duplicate_name c name",
        "error expression c relevant",
        "error no_label a label",
        "error unknown_column b lable",
        "error unknown_type a type",
    ]


def test_findings_are_bounded() -> None:
    findings = Findings()
    for _ in range(MAX_FINDINGS + 10):
        findings.error("no_name", Source("m.toml", 1))
    assert len(findings.all) == MAX_FINDINGS
    last = findings.as_list()[-1]
    assert (last.code, last.details) == ("more", {"count": "10"})


def test_an_invalid_form_carries_everything(write: Write) -> None:
    root = write(toml("a: {text}lable = 'x'\nb: type = 'x'"))
    with pytest.raises(InvalidFormError) as caught:
        assemble_valid(Library((root,)), root / "surveys" / "s.toml", ())
    assert caught.value.details == {"file": "surveys/s.toml", "count": 3, "first": "modules/m.toml:9 a"}
    assert "modules/m.toml:9 a" in Translator("vi").error(caught.value)


def test_a_directory_a_module_and_a_list_file(write: Write) -> None:
    root = write(
        toml("a: {text}"),
        {
            "modules/unused.toml": 'name = "unused"\nversion = "1"\n'
            + toml("b: {text}relevant = \"${a} = 'x'\""),
            "lists/l.toml": "[[list]]\nname = 'l'\nchoices = [{name = 'x', labl = 'y'}]",
        },
    )
    assert brief(check_path(root)) == ["warning expression b relevant"]
    assert brief(check_path(root / "modules" / "m.toml")) == []
    assert brief(check_path(root / "modules" / "unused.toml")) == ["warning expression b relevant"]
    assert brief(check_path(root / "lists" / "l.toml")) == []
    assert brief(check_path(root / "modules" / "none.toml")) == ["error unreadable none.toml"]


def test_an_addition_is_checked_in_every_survey_that_takes_it_in(write: Write) -> None:
    short = SURVEY.format(modules='["short"]').replace('id = "s"', 'id = "short"')
    head = 'name = "p"\nversion = "1"\n[addition]\nafter = "b"\ncommunes = ["28756"]\n'
    root = write(
        toml("a: {text}\nb: {text}"),
        {
            "surveys/short.toml": short,
            "modules/short.toml": 'name = "short"\nversion = "1"\n' + toml("b: {text}"),
            "modules/p.toml": head + toml("p1: {text}relevant = \"${a} = 'x'\"\np2: {text}trigger = '${a}'"),
        },
    )
    assert [
        (each.code, each.item, each.details.get("survey")) for each in check_path(root / "modules" / "p.toml")
    ] == [
        ("expression", "p1", "short"),
        ("trigger_without_calculation", "p2", None),
        ("unknown_name", "p2", "short"),
    ]


def test_an_empty_directory(tmp_path: Path) -> None:
    assert brief(check_path(tmp_path)) == [f"error no_questionnaires {tmp_path.name}"]


def test_a_survey_of_unknown_modules(write: Write) -> None:
    root = write("", modules=("mm", "m", "m"))
    assert brief(check_path(root / "surveys" / "s.toml")) == [
        "error empty_form s",
        "error unknown_module mm modules",
        "error module_twice m modules",
    ]
