"""Modules, shared lists and additions become one form."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.cli.commands.forms import outline
from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.composition import assemble
from survey_tui.forms.findings import Findings
from survey_tui.forms.library import Library
from survey_tui.forms.model import Form, Group, Question
from tests.support.questionnaires import Write, brief

from .test_check import toml

BEN_TRE = """name = "ben_tre"
version = "2"
[addition]
after = "b"
communes = ["28756"]
order = 1
[[list]]
name = "coco"
choices = [{ name = "1", label.vi = "Có dừa", label.en = "Coconut" }]
"""
BA_TRI = 'name = "ba_tri"\nversion = "1"\n[addition]\nafter = "b"\ncommunes = ["28756"]\norder = 0\n'
COCO = 'bt: type = "select_one coco"\nlabel.vi = "Dừa?"\nlabel.en = "Coconut?"\nrelevant = "${a} = \'1\'"'


def names(form: Form) -> list[str]:
    return [item.name for item in form.items()]


def test_additions_of_the_commune_come_after_their_anchor_in_order(write: Write) -> None:
    root = write(
        toml("a: {yn}\ng: {group}\nb: {text}{end}c: {text}"),
        {"modules/ben_tre.toml": BEN_TRE + toml(COCO), "modules/ba_tri.toml": BA_TRI + toml("bat: {text}")},
    )
    catalogue = Catalogue([root])
    assert names(catalogue.form("s")) == ["a", "g", "b", "c"]
    assert names(catalogue.form("s", "00001")) == ["a", "g", "b", "c"]
    form = catalogue.form("s", "28756")
    assert names(form) == ["a", "g", "b", "bat", "bt", "c"]
    assert [(stamp.name, stamp.version) for stamp in form.modules] == [
        ("m", "1"),
        ("ba_tri", "1"),
        ("ben_tre", "2"),
    ]
    assert sorted(form.lists) == ["coco", "yn"]
    assert form.sha256 != catalogue.form("s").sha256
    assert {item.module for item in form.items()} == {"m", "ba_tri", "ben_tre"}


def test_an_addition_from_another_directory(write: Write, tmp_path: Path) -> None:
    root = write(toml("a: {yn}\nb: {text}"))
    plugin = tmp_path / "plugin" / "modules"
    plugin.mkdir(parents=True)
    (plugin / "ben_tre.toml").write_text(BEN_TRE + toml(COCO), encoding="utf-8")
    assert names(Catalogue([root, plugin.parent]).form("s", "28756")) == ["a", "b", "bt"]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ('after = "nowhere"', ["a"]),
        ("at_end = true", ["a", "x"]),
        ('at_end = true\nsurveys = ["s"]', ["a", "x"]),
        ('at_end = true\nsurveys = ["other"]', ["a"]),
    ],
)
def test_an_addition_applies_in_its_surveys_and_communes(
    write: Write, place: str, expected: list[str]
) -> None:
    head = f'name = "p"\nversion = "1"\n[addition]\n{place}\ncommunes = ["28756"]\n'
    root = write(toml("a: {text}"), {"modules/p.toml": head + toml("x: {text}")})
    assert names(Catalogue([root]).form("s", "28756")) == expected


def test_shared_lists_and_modules_of_several_files(write: Write) -> None:
    shared = "[[list]]\nname = 'far'\nchoices = [{name = '1', label = {vi = 'Xa', en = 'Far'}}]\n"
    root = write(
        toml("a: {yn}"),
        {
            "modules/n.toml": 'name = "n"\nversion = "3"\n'
            + toml("d: type = 'select_one far'\nlabel = {vi = 'C', en = 'Q'}\nrelevant = \"${a} = '1'\""),
            "lists/far.toml": shared + shared.replace("far", "unused"),
        },
        modules=("m", "n"),
    )
    form = Catalogue([root]).form("s")
    assert names(form) == ["a", "d"]
    assert sorted(form.lists) == ["far", "yn"]


def test_one_name_for_two_lists_is_refused(write: Write) -> None:
    other = "[[list]]\nname = 'yn'\nchoices = [{name = '1', label = {vi = 'Vâng', en = 'Yes'}}]\n"
    root = write(toml("a: {yn}"), {"lists/x.toml": other})
    findings = Findings()
    assemble(Library((root,)), root / "surveys" / "s.toml", (), findings)
    assert brief(findings.all) == ["error list_twice yn name"]


def test_or_other_in_both_languages(write: Write) -> None:
    form = Catalogue([write(toml("a: type = 'select_one yn or_other'\nlabel = {vi = 'C', en = 'Q'}"))]).form(
        "s"
    )
    assert form.lists["yn"].choices[-1].label == {"vi": "Khác", "en": "Other"}
    assert form.children[1].label["en"] == "Specify other."


COMMUNES = "name,label.vi,label.en,province\n31837,Khánh Thuận,Khanh Thuan,96\n00004,Ba Đình,Ba Dinh,01\n"


def test_a_long_list_from_a_table(write: Write) -> None:
    question = "c: type = 'select_one_from_file communes.csv'\nlabel = {vi = 'Xã', en = 'Commune'}\n"
    files = {"lists/communes.csv": COMMUNES, "lists/unused.csv": "broken"}
    root = write(toml(question + "choice_filter = \"province = '96'\""), files)
    form = Catalogue([root]).form("s")
    (only,) = form.children
    assert isinstance(only, Question)
    assert [(only.type, only.list_name)] == [("select_one", "communes")]
    first, second = form.lists["communes"].choices
    assert (first.name, first.label["vi"], first.columns) == ("31837", "Khánh Thuận", {"province": "96"})
    assert (second.name, second.source.line) == ("00004", 3)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("code,label.vi\n1,A\n", "error table_without_name communes name"),
        ("", "error table_without_name communes name"),
        ('name,label.vi\n1,"A\n', "error bad_table communes"),
        ("name,label.vi,label.en\n1,A,A,B,C\n", ""),
        ("name,label.vi,label.en\n1\n", "error choice_without_label communes.1 label"),
    ],
)
def test_broken_tables(write: Write, table: str, found: str) -> None:
    root = write(
        toml("c: type = 'select_one_from_file communes.csv'\nlabel = {vi = 'Xã', en = 'Commune'}"),
        {"lists/communes.csv": table},
    )
    findings = Findings()
    assemble(Library((root,)), root / "surveys" / "s.toml", (), findings)
    assert brief(findings.all)[:1] == ([found] if found else [])


def test_the_outline(write: Write) -> None:
    group = "g: {group}label.vi = 'Nhóm'\nlabel.en = 'Group'\n"
    root = write(toml(group + 'a: {yn}relevant = "1 =\\n 1"\n{end}r: {repeat}\nb: {int}{stop}'))
    form = Catalogue([root]).form("s")
    assert isinstance(form.children[0], Group)
    assert outline(form, "en") == [
        "Survey (s 1)",
        "m 1",
        "  g [group] Group",
        "    a [select_one yn] Q ← 1 = 1",
        "  r [repeat]",
        "    b [integer] Q",
    ]
    assert outline(form)[0] == "Khảo sát (s 1)"
