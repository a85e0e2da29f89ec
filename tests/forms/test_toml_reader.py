"""TOML files → modules, lists and surveys; other files are refused with file and line."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from survey_tui.forms.findings import Findings, FormFinding
from survey_tui.forms.library import MAX_BYTES
from survey_tui.forms.sources import Module, SurveyFile
from survey_tui.forms.toml_reader import (
    header_lines,
    line_of_dotted_key,
    outline_text,
    read_lists,
    read_module,
    read_survey,
)
from tests.support.questionnaires import brief

HEAD = 'name = "m"\nversion = "1"\n'


def module(tmp_path: Path, text: str | bytes) -> tuple[Module | None, list[FormFinding]]:
    path = tmp_path / "modules" / "m.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    findings = Findings()
    return read_module(path, findings), findings.all


def test_a_module(tmp_path: Path) -> None:
    path = tmp_path / "modules" / "m.toml"
    path.parent.mkdir()
    path.write_text(
        '''name = "m"
version = "2026.1"
title.vi = "Mô-đun"
title.en = "Module"

[[list]]
name = "eid"
choices = [
  { name = "l2", label.vi = "Mức 2", label.en = "Level 2", rank = "2" },
]

[[question]]  # the first
name = "b_eid"
type = "select_one eid"
label.vi = """
Tài khoản ở tình trạng nào?
[[question]]
"""
label.en = "Status?"
required = true
allow = ["dk"]

[[list]]
name = "own"
[[list.choices]]
name = "a"
label = { vi = "A", en = "A" }

[[question]]
name = "n"
type = "integer"

[addition]
after = "b"
communes = ["31837", "31840"]
order = 2
''',
        encoding="utf-8",
    )
    findings = Findings()
    found = read_module(path, findings)
    assert found is not None
    assert brief(findings.all) == []
    assert (found.name, found.version, found.title) == ("m", "2026.1", {"vi": "Mô-đun", "en": "Module"})
    first, second = found.rows
    assert first.cells["label::vi"] == "Tài khoản ở tình trạng nào?\n[[question]]\n"
    assert first.cells["required"] is True
    assert (first.source.file, first.source.line, second.source.line) == ("modules/m.toml", 12, 29)
    assert [(row.list_name, row.cells["name"], row.source.line) for row in found.list_rows] == [
        ("eid", "l2", 6),
        ("own", "a", 25),
    ]
    assert found.list_rows[0].cells["rank"] == "2"
    assert found.addition is not None
    assert found.addition.applies("any", "31837")
    assert not found.addition.applies("any", "00001")


def test_text_is_nfc_and_the_hash_ignores_line_ends(tmp_path: Path) -> None:
    one, _ = module(tmp_path, HEAD + 'title.vi = "Tiê\u0301ng"\n')
    two, _ = module(
        tmp_path, b"\xef\xbb\xbf" + (HEAD + 'title.vi = "Tiếng"\n').replace("\n", "\r\n").encode()
    )
    assert one is not None
    assert two is not None
    assert one.title == two.title == {"vi": "Tiếng"}
    assert one.sha256 == two.sha256


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + "[[question]\n", "3 error bad_toml m"),
        (HEAD + 'title = "T', "3 error bad_toml m"),
        (HEAD + "x = " + "[" * 100_000, "0 error toml_depth m"),
        (HEAD + ".".join("a" * 1_000) + " = 1", "3 error toml_dots m"),
        (HEAD + "d = 2026-02-31", "3 error bad_toml m"),
        (HEAD + "n = " + "9" * 5_000, "0 error bad_toml m"),
        (b'name = "m"\n\xff\xfe', "2 error not_utf8 m.toml"),
        (b'name = "m"\n' + b"\0" * 100, "2 error bad_toml m"),
        (b"#" * (MAX_BYTES + 1), "0 error file_too_large m.toml"),
        (HEAD + "question = 5", "1 error bad_cell m question"),
        (HEAD + "question = [1, 2]", "1 error bad_cell m question"),
        (HEAD + 'titel.vi = "x"', "1 error unknown_key m titel"),
        ('version = "1"', "1 error missing_key name"),
        ('name = "m"', "1 error missing_key m version"),
        ("name = 5\nversion = '1'", "1 error bad_cell name"),
        ("name = 'other'\nversion = '1'", "1 warning file_name other name"),
        (HEAD + "[[list]]\nname = 'l'\n", "3 error empty_list l choices"),
        (
            HEAD + "[[list]]\nname = 'l'\nchoises = []\nchoices = [{name = 'a'}]",
            "3 error unknown_key l choises",
        ),
        (HEAD + "[addition]\ncommunes = ['31837']", "1 error addition_place m after"),
        (
            HEAD + "[addition]\nafter = 'a'\nat_end = true\ncommunes = ['31837']",
            "1 error addition_place m after",
        ),
        (HEAD + "[addition]\nafter = 'a'", "1 error addition_communes m communes"),
        (HEAD + "[addition]\nafter = 'a'\ncommunes = ['bến tre']", "1 error commune_code m communes"),
        (HEAD + "[addition]\nafter = 'a'\ncommunes = [31837]", "1 error bad_cell m communes"),
    ],
)
def test_broken_modules(tmp_path: Path, text: str | bytes, found: str) -> None:
    _, findings = module(tmp_path, text)
    assert f"{findings[0].source.line} {brief(findings)[0]}" == found


def survey(tmp_path: Path, text: str) -> tuple[SurveyFile | None, list[str]]:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    findings = Findings()
    return read_survey(path, findings), brief(findings.all)


def test_a_survey(tmp_path: Path) -> None:
    found, findings = survey(tmp_path, 'id = "s"\nversion = "1"\ntitle = "Tên"\nmodules = ["a", "b"]\n')
    assert findings == []
    assert found is not None
    assert (found.id, found.languages, found.default_language) == ("s", ("vi", "en"), "vi")
    assert (found.title, found.modules) == ({"vi": "Tên"}, ("a", "b"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('version = "1"\nmodules = ["a"]', ["error missing_key id"]),
        ('id = "s"\nversion = "1"\n', ["error no_modules s modules"]),
        (
            'id = "s"\nversion = "1"\nmodules = ["a"]\nlanguages = ["vi"]\ndefault_language = "en"',
            ["error default_language s default_language"],
        ),
        (
            'id = "s"\nversion = "1"\nmodules = "a"',
            ["error bad_cell s modules", "error no_modules s modules"],
        ),
    ],
)
def test_broken_surveys(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert survey(tmp_path, text)[1] == expected


@pytest.mark.parametrize("kind", ["directory", "missing", "loop", "fifo", "forbidden name"])
def test_what_is_no_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.toml"
    if kind == "directory":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "forbidden name":
        path = tmp_path / "a\0b.toml"
    findings = Findings()
    assert read_lists(path, findings) is None
    assert findings.all[0].code in ("not_a_file", "unreadable")


def test_headers_in_strings_and_comments_do_not_count() -> None:
    text = '''# [[question]]
a = "# [[question]]" # x
[[question]]
b = \'\'\'
[[question]]
\'\'\'
c = """
\\""" [[question]]
"""
 [[ list . choices ]] # y
[[question]]
'''
    assert header_lines(outline_text(text)) == {"question": [3, 11], "list.choices": [10]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["a" * MAX_BYTES, '"' * MAX_BYTES, "'" * MAX_BYTES, "\\" * MAX_BYTES, "a." * 1_000_000]
)
def test_scanning_takes_linear_time(text: str) -> None:
    start = time.process_time()
    line_of_dotted_key(outline_text(text))
    header_lines(outline_text(text))
    # Generous: a quadratic scan of two megabytes would take hours.
    assert time.process_time() - start < 20
