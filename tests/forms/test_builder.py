"""Rows → model: every column, every shorthand, groups and repeats."""

from __future__ import annotations

import pytest

from survey_tui.forms.builder import MAX_DEPTH, Build, build_items
from survey_tui.forms.cells import printable_text
from survey_tui.forms.columns import TypeCell, parse_type
from survey_tui.forms.findings import Findings, InvalidFormError
from survey_tui.forms.model import Group, Question, Repeat, Source
from survey_tui.forms.sources import Row
from survey_tui.forms.xlsform import from_xlsform_rows
from tests.support.questionnaires import brief


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text", TypeCell("question", "text")),
        ("select_one eid", TypeCell("question", "select_one", "eid")),
        ("select one eid", TypeCell("question", "select_one", "eid")),
        ("select_multiple dev or_other", TypeCell("question", "select_multiple", "dev", or_other=True)),
        ("select_one ${mn}", TypeCell("question", "select_one", "${mn}")),
        ("rank dev", TypeCell("question", "rank", "dev")),
        ("datetime", TypeCell("question", "dateTime")),
        ("int", TypeCell("question", "integer")),
        ("begin_group", TypeCell("begin", "group")),
        ("begin repeat", TypeCell("begin", "repeat")),
        ("END GROUP", TypeCell("end", "group")),
        ("select_one", None),
        ("txet", None),
        ("text more", None),
        ("begin loop", None),
        ("", None),
    ],
)
def test_the_type_cell(text: str, expected: TypeCell | None) -> None:
    assert parse_type(text) == expected


def build(*rows: dict[str, object], strict: bool = True) -> tuple[tuple[object, ...], list[str]]:
    findings = Findings()
    numbered = [Row(cells, Source("m.toml", number)) for number, cells in enumerate(rows, start=1)]
    return build_items(numbered, Build(findings, strict=strict)), brief(findings.all)


def only(items: tuple[object, ...]) -> Question:
    (question,) = items
    assert isinstance(question, Question)
    return question


def test_every_column_arrives() -> None:
    items, found = build(
        {
            "type": "select_one yn",
            "name": "q",
            "label::vi": "Câu hỏi",
            "label::en": "Question",
            "hint": "Gợi ý",
            "guidance_hint::vi": "Chỉ dẫn",
            "required": True,
            "required_message::vi": "Cần trả lời",
            "relevant": "${a} = 1",
            "constraint": ". != ''",
            "constraint_message::vi": "Sai",
            "warning": ". = '1'",
            "warning_message::vi": "Chắc không?",
            "calculation": "1 + 1",
            "trigger": "${a}, ${b}",
            "default": 5,
            "read_only": "yes",
            "choice_filter": "x = ${a}",
            "appearance": "minimal search",
            "parameters": "randomize=true, seed = 42",
            "indicator": ["EID_ACT"],
            "sensitive": True,
            "allow": ["dk", "refused"],
        }
    )
    assert found == []
    assert only(items) == Question(
        name="q",
        type="select_one",
        list_name="yn",
        label={"vi": "Câu hỏi", "en": "Question"},
        hint={"vi": "Gợi ý"},
        guidance_hint={"vi": "Chỉ dẫn"},
        required="true()",
        required_message={"vi": "Cần trả lời"},
        relevant="${a} = 1",
        constraint=". != ''",
        constraint_message={"vi": "Sai"},
        warning=". = '1'",
        warning_message={"vi": "Chắc không?"},
        calculation="1 + 1",
        trigger=("a", "b"),
        default="5",
        read_only="true()",
        choice_filter="x = ${a}",
        appearance=("minimal", "search"),
        parameters={"randomize": "true", "seed": "42"},
        indicator=("EID_ACT",),
        sensitive=True,
        allow=("dk", "refused"),
        source=Source("m.toml", 1),
    )


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (True, "true()"),
        ("yes", "true()"),
        ("TRUE", "true()"),
        (False, ""),
        ("no", ""),
        ("${a} = 1", "${a} = 1"),
    ],
)
def test_required(written: object, means: str) -> None:
    items, _ = build({"type": "text", "name": "q", "required": written})
    assert only(items).required == means


def test_groups_and_repeats_are_nested() -> None:
    items, found = build(
        {"type": "begin_group", "name": "g", "relevant": "${a} = 1"},
        {"type": "begin repeat", "name": "r", "repeat_count": "${n}"},
        {"type": "text", "name": "t"},
        {"type": "end repeat", "name": "r"},
        {"type": "end_group"},
    )
    assert found == []
    (group,) = items
    assert isinstance(group, Group)
    assert group.relevant == "${a} = 1"
    (repeat,) = group.children
    assert isinstance(repeat, Repeat)
    assert repeat.repeat_count == "${n}"
    assert [child.name for child in repeat.children] == ["t"]


def test_a_computed_repeat_count_is_kept_in_a_calculate() -> None:
    items, _ = build(
        {"type": "begin_repeat", "name": "v", "repeat_count": 3},
        {"type": "text", "name": "t"},
        {"type": "end_repeat"},
    )
    count, repeat = items
    assert isinstance(count, Question)
    assert isinstance(repeat, Repeat)
    assert (count.name, count.type, count.calculation) == ("v_count", "calculate", "3")
    assert repeat.repeat_count == "${v_count}"


def test_or_other_adds_a_choice_and_a_question() -> None:
    form = from_xlsform_rows(
        [{"type": "select_one dev or_other", "name": "d", "label::English (en)": "Device"}],
        [{"list_name": "dev", "name": "pc", "label::English (en)": "PC"}],
        {"form_id": "f", "default_language": "English (en)"},
    )
    assert [choice.name for choice in form.lists["dev"].choices] == ["pc", "other"]
    other = form.children[1]
    assert (other.name, other.relevant) == ("d_other", "selected(${d}, 'other')")
    assert (form.id, form.languages, form.default_language) == ("f", ("en",), "en")


def test_xlsform_headers_quotes_and_choice_columns() -> None:
    form = from_xlsform_rows(
        [
            {
                "type": "select one com",
                "name": "c",
                "label::Tiếng Việt (vi)": "Xã",
                "relevance": "${p} = ‘01’",
            },
            {
                "type": "text",
                "name": "t",
                "label::Tiếng Việt (vi)": "Tên",
                "readonly": "yes",
                "relevant": None,
            },
            {},
        ],
        [{"list name": "com", "name": 101, "label::Tiếng Việt (vi)": "Xã A", "prov": "01"}],
        {"default_language": "Tiếng Việt (vi)"},
    )
    first, second = form.children
    assert first.relevant == "${p} = '01'"
    assert isinstance(second, Question)
    assert second.read_only == "true()"
    (choice,) = form.lists["com"].choices
    assert (choice.name, choice.columns) == ("101", {"prov": "01"})


def test_an_xlsform_that_cannot_be_read_is_refused_with_all_findings() -> None:
    with pytest.raises(InvalidFormError) as caught:
        from_xlsform_rows([{"type": "txet", "name": "a"}, {"type": "begin group", "name": "g"}])
    assert brief(caught.value.findings) == ["error unknown_type a type", "error group_not_closed g type"]


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([{"type": "text", "name": "a", "lable": "x"}], "error unknown_column a lable"),
        ([{"type": "text", "name": "a", "relevant::vi": "x"}], "error not_translatable a relevant::vi"),
        ([{"type": "text", "name": "a", "repeat_count": "2"}], "error column_not_here a repeat_count"),
        ([{"name": "a"}], "error no_type a type"),
        ([{"type": "select_one", "name": "a"}], "error select_without_list a type"),
        ([{"type": "text", "name": "a", "label": {"x": 1}}], "error bad_cell a label"),
        ([{"type": "text", "name": "a", "relevant": ["x"]}], "error bad_cell a relevant"),
        ([{"type": "text", "name": "a", "allow": [1]}], "error bad_cell a allow"),
        ([{"type": "text", "name": "a", "sensitive": "maybe"}], "error bad_cell a sensitive"),
        ([{"type": "range", "name": "a", "parameters": "start"}], "error bad_parameter a parameters"),
        ([{"type": "text", "name": "a", "label::vi": "\x1b[31mred"}], "error control_character a label::vi"),
        ([{"type": "text", "name": "a", "label::vi": "x" * 10_001}], "error too_long a label::vi"),
        ([{"type": "end_group", "name": "g"}], "error end_without_begin g type"),
        ([{"type": "begin_group", "name": "g"}], "error group_not_closed g type"),
        (
            [{"type": "begin_group", "name": "g"}, {"type": "end_repeat", "name": "g"}],
            "error wrong_end g type",
        ),
        (
            [{"type": "begin_group", "name": "g"}, {"type": "end_group", "name": "h"}],
            "error wrong_end h type",
        ),
    ],
)
def test_faults_of_rows(rows: list[dict[str, object]], finding: str) -> None:
    _, found = build(*rows)
    assert found == [finding]


def test_nesting_is_bounded() -> None:
    deep = 5_000
    begins: list[dict[str, object]] = [
        {"type": "begin_group", "name": f"g{number}"} for number in range(deep)
    ]
    ends: list[dict[str, object]] = [{"type": "end_group"}] * deep
    items, found = build(*begins, *ends)
    assert found == ["error too_deep g30 type"]
    depth = 0
    while items:
        (group,) = items
        assert isinstance(group, Group)
        items, depth = group.children, depth + 1
    assert depth == MAX_DEPTH


@pytest.mark.parametrize(
    ("text", "safe", "reported"),
    [
        ("Có", "Có", ""),
        ("Tiê\u0301ng Viê\u0323t", "Tiếng Việt", ""),
        ("a\tb\r\nc", "a b\nc", ""),
        ("a\u00a0b", "a\u00a0b", ""),
        ("\x1b]0;t\x07", "]0;t", "U+001B"),
        ("a\u202eb", "ab", "U+202E"),
        ("a\x00b", "ab", "U+0000"),
    ],
)
def test_text_is_made_safe(text: str, safe: str, reported: str) -> None:
    assert printable_text(text) == (safe, reported)
