"""The plugin author's kit: a new plugin passes, each kind of mistake is found and named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from survey_tui.authoring.plugin_report import PluginReport, check_plugin
from survey_tui.authoring.preview import snapshot
from survey_tui.authoring.project import Workshop, open_project
from survey_tui.authoring.remarks import describe_remark
from survey_tui.authoring.scaffold import PluginPlace, create_plugin, find_place
from survey_tui.authoring.scripted_interview import ExpectationError, Interview
from survey_tui.authoring.simulation import simulate_interviews
from survey_tui.errors import PlaceError, PluginError
from survey_tui.locale import Translator

HAU_GIANG = PluginPlace("93", "Hậu Giang", legacy=True)
INTERVIEWS = 60
BY_INTERVIEWS = (
    "no_consent", "no_adult", "blocks_unfinished", "never_asked", "stuck", "no_sensitive_consent",
    "always_said",
)  # fmt: skip
RULE = "required = \"${result} = '' or ${result} = 'done'\""


def look(path: Path, home: Path, interviews: int = INTERVIEWS) -> PluginReport:
    return check_plugin(path, home / "home", interviews)


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    return create_plugin("hau_giang", HAU_GIANG, tmp_path, python=False)


Change = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Several tests begin a Python plugin of one name: what one imported is not the next one's."""
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "survey_tui_hau_giang"]:
        del sys.modules[name]


@pytest.fixture
def change(blank: Path) -> Change:
    """``change(old, new)`` in the questions or in ``plugin.toml``, wherever ``old`` stands."""

    def replace(old: str, new: str) -> None:
        found = False
        for path in (
            blank / "modules" / "hau_giang.toml",
            blank / "plugin.toml",
            blank / "tests" / "visits.toml",
        ):
            text = path.read_text(encoding="utf-8")
            found = found or old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
        assert found, old

    return replace


# --- beginning
@pytest.mark.slow
@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize("name", ["hau_giang", "hue"])
def test_a_new_plugin_passes_its_own_tests_at_once(tmp_path: Path, name: str, python: bool) -> None:
    root = create_plugin(name, HAU_GIANG, tmp_path, python=python)
    report = look(root, tmp_path)
    assert (report.findings, report.remarks, report.failures) == ((), (), ())
    assert report.interviews == INTERVIEWS
    assert len(report.visits) == 4
    assert len(report.asked) == 3
    assert all(report.asked.values())
    assert report.communes == 28


@pytest.mark.slow
def test_the_tests_of_a_new_python_plugin_run_under_pytest(tmp_path: Path) -> None:
    root = create_plugin("hau_giang", HAU_GIANG, tmp_path, python=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        str(root),
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.mark.parametrize("name", ["", "1a", "Hau", "hậu_giang", "a" * 41, "a-b", "../x"])
def test_bad_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PluginError, match="kit_bad_name"):
        create_plugin(name, HAU_GIANG, tmp_path, python=False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(blank: Path) -> None:
    with pytest.raises(PluginError, match="kit_exists"):
        create_plugin("hau_giang", HAU_GIANG, blank.parent, python=False)


def test_provinces_are_found_by_name_and_code_in_both_times() -> None:
    assert find_place("ca mau", legacy=False) == PluginPlace("96", "Cà Mau", legacy=False)
    assert find_place("Cà Mau", legacy=True) == PluginPlace("96", "Cà Mau", legacy=True)
    assert find_place("82", legacy=False).name == "Đồng Tháp"
    assert find_place("82", legacy=True).name == "Tiền Giang"
    assert find_place("tien giang", legacy=False) == PluginPlace("82", "Tiền Giang", legacy=True)
    assert find_place("ba ria vung tau", legacy=False).name == "Bà Rịa – Vũng Tàu"
    for said in ("Atlantis", "03"):
        with pytest.raises(PlaceError):
            find_place(said, legacy=False)


# --- what is found
@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "code", "item"),
    [
        (
            "${consent_main} = '1' and ${n_elig} > 0",
            "${n_elig} > 0 or ${consent_main} = '0'",
            "no_consent",
            "hg_known",
        ),
        ("${consent_main} = '1' and ${n_elig} > 0", "${consent_main} = '1'", "no_adult", "hg_known"),
        (RULE, "required = true", "blocks_unfinished", "hg_known"),
        ("${hg_visits} > 0", "${hg_visits} > 100", "never_asked", "hg_help"),
        ('constraint = ". >= 0 and . <= 100"', 'constraint = ". > 5 and . < 3"', "stuck", "hg_visits"),
        ('label.vi = "Ở đó', 'sensitive = true\nlabel.vi = "Ở đó', "no_sensitive_consent", "hg_help"),
        ('after = "j"', 'after = "jj"', "unknown_anchor", "hau_giang"),
        ('surveys = ["xa_hoi_so"]', 'surveys = ["xa_hoi"]', "unknown_survey", "hau_giang"),
        ('surveys = ["xa_hoi_so"]', 'surveys = ["xa_hoi_so", "vneid"]', "no_anchor_in", "hau_giang"),
        ('module = "hau_giang"', 'module = "other"', "no_module", "other"),
        ('question = "hg_visits"', 'question = "hg_visit"', "check_question", "hg_visits"),
        ('expression = "${hg_visits} = 0', 'expression = "${hg_visit} = 0', "bad_check", "hg_visits"),
        ('expression = "${hg_visits} = 0 or', 'expression = "${hg_visits} < 0 and', "always_said", ""),
        ('title.en = "Own questions', 'title.fr = "Own questions', "untranslated", "title"),
        ("answers = { hg_visits = 0 }", "answers = { hg_visits = 1 }", "visit_failed", None),
        ("[[visit]]", "[[visits]]", "bad_visits", "tests/visits.toml"),
        ('version = "2026.1"', 'version = "2026.1"\nbaselines = "b.csv"', "figure_question", "x1"),
    ],
)
def test_a_mistake_is_found_and_named(  # noqa: PLR0917
    blank: Path, change: Change, tmp_path: Path, old: str, new: str, code: str, item: str | None
) -> None:
    if code == "stuck":
        change(
            'warning_message.en = "More than 30 times in a year. Ask again."\nallow = ["dk", "refused"]', ""
        )
        change('warning = ". <= 30"\n', "")
        change('warning_message.vi = "Hơn 30 lần trong một năm. Hỏi lại cho chắc."\n', "")
    if code == "figure_question":
        (blank / "b.csv").write_text("id,label::vi,value,question\nx1,Số,1,hg_nothing\n", encoding="utf-8")
        text = (blank / "plugin.toml").read_text(encoding="utf-8")
        (blank / "plugin.toml").write_text(text.replace(old, new), encoding="utf-8")
    else:
        change(old, new)
    report = look(blank, tmp_path, INTERVIEWS if code in BY_INTERVIEWS else 0)
    found = [remark for remark in report.remarks if remark.code == code]
    assert found, report
    assert item is None or item in [remark.item for remark in found]
    for language in ("vi", "en"):
        assert all(len(describe_remark(remark, Translator(language))) > 30 for remark in found)


@pytest.mark.slow
def test_an_anchor_named_by_code_is_looked_for_too(tmp_path: Path) -> None:
    root = create_plugin("hau_giang", HAU_GIANG, tmp_path, python=True)
    manifest = next(root.rglob("plugin.toml"))
    text = manifest.read_text(encoding="utf-8")
    hooks = text.partition("hooks = [")[2].partition("]")[0]
    assert hooks
    manifest.write_text(text.replace(hooks, f'{hooks}, "province_additions"'), encoding="utf-8")
    code = manifest.parent / "__init__.py"
    code.write_text(
        code.read_text(encoding="utf-8")
        + """

@hookimpl
def province_additions():
    from pathlib import Path
    from survey_tui.plugins.offers import Area, ProvinceAddition

    module = Path(__file__).parent / "modules" / "later.toml"
    area = Area(legacy_provinces=("Hậu Giang",))
    return [ProvinceAddition(module=module, area=area, after="jj", surveys=("vneid",))]
""",
        encoding="utf-8",
    )
    (manifest.parent / "modules" / "later.toml").write_text(
        """name = "later"
version = "1"
[[question]]
type = "integer"
name = "hg_later"
label.vi = "Sau này?"
label.en = "Later?"
""",
        encoding="utf-8",
    )
    report = look(root, tmp_path, 0)
    found = {remark.code: remark for remark in report.remarks}
    assert found["unknown_anchor"].item == "later"


@pytest.mark.slow
def test_faults_of_the_form_are_told_and_nobody_is_interviewed(
    blank: Path, change: Change, tmp_path: Path
) -> None:
    change('type = "integer"', 'type = "integr"')
    change("${hg_visits} > 0", "${hg_visitors} > 0")
    report = look(blank, tmp_path)
    assert {finding.code for finding in report.findings} >= {"unknown_type", "expression"}
    assert report.error_count >= 2
    assert report.interviews == 0


@pytest.mark.slow
def test_a_missing_translation_is_a_warning(blank: Path, change: Change, tmp_path: Path) -> None:
    change('hint.en = "None is 0."\n', "")
    report = look(blank, tmp_path, 30)
    assert (report.error_count, report.warning_count) == (0, 1)


@pytest.mark.slow
def test_names_without_the_provinces_letters_are_a_warning(
    blank: Path, change: Change, tmp_path: Path
) -> None:
    change("hg_help", "xx_help")
    assert "prefix" in {remark.code for remark in look(blank, tmp_path, 30).remarks}


@pytest.mark.parametrize(
    "text", ["name = 1", "name =", 'name = "hau_giang"\nversion = "1"\nrequires_api = 1\nx = 1']
)
def test_a_faulty_manifest_is_told_with_its_place(blank: Path, tmp_path: Path, text: str) -> None:
    (blank / "plugin.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PluginError) as caught:
        look(blank, tmp_path)
    assert caught.value.code == "plugin_manifest"


def test_a_folder_without_a_plugin_is_told(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="kit_no_plugin"):
        open_project(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    with pytest.raises(PluginError, match="kit_no_entry_point"):
        open_project(tmp_path)


@pytest.mark.slow
def test_code_that_fails_is_an_error_with_its_reason(tmp_path: Path) -> None:
    root = create_plugin("kien_giang", HAU_GIANG, tmp_path, python=True)
    code = root / "survey_tui_kien_giang" / "__init__.py"
    text = code.read_text(encoding="utf-8")
    condition = "    if response.text("
    code.write_text(text.replace(condition, f"    raise ValueError('boom')\n{condition}"), encoding="utf-8")
    report = look(root, tmp_path, 60)
    assert report.error_count
    assert any("boom" in str(failure) for failure in report.failures)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_thousand(blank: Path, tmp_path: Path) -> None:
    workshop = Workshop(open_project(blank), tmp_path / "home")
    told: list[tuple[int, int]] = []
    first = simulate_interviews(workshop, 40, progress=lambda held, of: told.append((held, of)))
    assert first.asked == simulate_interviews(workshop, 40).asked
    assert first.asked != simulate_interviews(workshop, 40, seed=7).asked
    assert told[-1] == (40, 40)


# --- interviews that expect something
@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Interview:
    folder = tmp_path_factory.mktemp("talk")
    root = create_plugin("hau_giang", HAU_GIANG, folder, python=False)
    return Interview(Workshop(open_project(root), folder / "home"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answers", "expected", "said"),
    [
        ({"hg_visits": 0}, {"asked": ["hg_help"]}, "hg_help: was not asked"),
        ({"hg_visits": 1}, {"not_asked": ["hg_help"]}, "hg_help: was asked"),
        ({"hg_visits": 1}, {"asked": ["hg_helps"]}, "hg_helps: no such question"),
        ({"hg_visits": 1}, {"refused": ["hg_visits"]}, "the answer was taken"),
        ({"hg_visits": 101}, {}, "was not taken"),
        ({"hg_visits": 1}, {"doubted": ["hg_visits"]}, "no soft check spoke up"),
        ({"hg_visits": 1}, {"values": {"hg_visits": 2}}, "'1' is stored, not '2'"),
        ({"hg_visits": 1}, {"said": ["hai câu"]}, "the review does not say"),
        ({"hg_visits": 1, "hg_known": "no"}, {"not_said": ["hai câu"]}, "the review says"),
        ({"hg_visits": ""}, {"complete": True}, "cannot be finished: hg/hg_visits"),
        ({"hg_visits": 1}, {"complete": False}, "it can be finished"),
    ],
)
def test_an_expectation_that_is_not_met_says_so(
    talk: Interview, answers: dict[str, object], expected: dict[str, object], said: str
) -> None:
    with pytest.raises(ExpectationError) as caught:
        talk.answer(**answers).expect(**expected)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_common_beginning_can_be_shared(talk: Interview) -> None:
    beginning = talk.answer(hh_size=2, p_age="40|10", p_rel="head|child")
    beginning.answer(hg_visits=0).expect(not_asked=["hg_help"], values={"n_elig": 1})
    beginning.answer(hg_visits=3).expect(asked=["hg_help"])
    beginning.answer(hg_visits="refused").expect(not_asked=["hg_help"], complete=True)


def test_a_saved_file_is_noticed(blank: Path) -> None:
    project = open_project(blank)
    before = snapshot(project.files)
    assert any(path.endswith("visits.toml") for path in before)
    assert snapshot(project.files) == before
    (blank / "modules" / "hau_giang.toml").write_text("x", encoding="utf-8")
    assert snapshot(project.files) != before
