"""The screens, by their keys, at 80×24 and at 40×20."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.pilot import Pilot

from survey_tui.application.settings import Settings, load_settings
from survey_tui.fieldwork.interviews import Visit
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.interview.conversation import Conversation
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.interview import InterviewScreen

if TYPE_CHECKING:
    from tests.support.study import Study

SIZES = [(80, 24), (40, 20)]
Look = Callable[[SurveyApp], str]


def begin(app: SurveyApp) -> Conversation:
    """An interview on top of Home."""
    visit = Visit(commune="32059", area="32059-01", household="12", surveyor="CM001")
    app.open_interview(app.context.begin("small", visit))
    return conversation(app)


def conversation(app: SurveyApp) -> Conversation:
    assert isinstance(app.screen, InterviewScreen)
    return app.screen.conversation


async def keys(pilot: Pilot[int], text: str) -> None:
    """``⏎`` is Enter, everything else types itself."""
    await pilot.press(*("enter" if character == "⏎" else character for character in text))


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_from_home_to_the_stored_response(
    app: SurveyApp, context: ScreenContext, look: Look, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        assert "^N" in look(app)
        await pilot.press("ctrl+n")
        await keys(pilot, "1⏎khanh an⏎01⏎12⏎cm001⏎1⏎")
        assert "Có điện thoại [red]riêng[/red] không?" in " ".join(look(app).split())
        await keys(pilot, "1⏎13⏎")
        assert "“Không có” không đi cùng mục khác" in look(app)
        await pilot.pause(0.1)
        await keys(pilot, "3⏎45⏎9⏎2⏎")
        await keys(pilot, "2⏎38⏎1⏎9⏎")
        await pilot.press(*"Tốt")
        await pilot.press("enter")
        assert "Rà soát" in look(app)
        await pilot.press("ctrl+f")
        assert "SHA-256" in look(app)
        await pilot.press("enter")
        assert "hoàn tất, chờ gửi" in look(app)
    (summary,) = context.store.search()
    assert (summary.status, summary.household, summary.ea, summary.commune) == (
        "final",
        "12",
        "32059-01",
        "32059",
    )
    assert b'"T\xe1\xbb\x91t"' in context.store.final_bytes(summary.id)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_every_line_of_every_screen_fits(app: SurveyApp, look: Look, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        begin(app)
        for opener in ("ctrl+g", "ctrl+n", "ctrl+h", "ctrl+r"):
            await pilot.press(opener)
            assert len(look(app).splitlines()) <= size[1]
            footer = app.screen.query_one("#footer")
            assert footer.region.bottom <= size[1]
            assert footer.region.height >= 1
            await pilot.press("escape")
            assert isinstance(app.screen, InterviewScreen)


@pytest.mark.slow
async def test_nobody_at_home_is_recorded(app: SurveyApp, context: ScreenContext, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+n")
        await keys(pilot, "1⏎⏎1⏎7⏎⏎2⏎")
        assert "Vắng nhà" in look(app)
    (summary,) = context.store.search()
    assert (summary.outcome, summary.household, summary.commune) == ("away", "7", "32059")
    again = SurveyApp(context)
    async with again.run_test(size=(80, 24)) as pilot:
        assert "Vắng nhà · nháp" in look(again)
        await pilot.press("enter")
        await keys(pilot, "2⏎")  # on a later visit somebody is there
        assert context.store.search()[0].outcome == ""


@pytest.mark.slow
async def test_the_last_survey_is_offered_again(
    app: SurveyApp, context: ScreenContext, study: Study, look: Look
) -> None:
    study.add("other", '\n[[question]]\nname = "w"\ntype = "text"\nlabel.vi = "Gõ?"\nlabel.en = "Type?"\n')
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+n", "enter")
        assert "Chưa chọn" in look(app)
        await keys(pilot, "2⏎⏎1⏎7⏎⏎2⏎")
        await pilot.press("ctrl+n")
        assert "(•) Khảo sát small" in look(app)
    assert context.settings.survey == "small"


@pytest.mark.slow
async def test_pasted_text_and_states_narrow_the_list(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, BaseScreen)
        app.screen.accept_paste("ho 12 nhap")
        await pilot.press("left")
        assert "Hộ 12" in look(app)
        app.screen.accept_paste(" vang nha")
        await pilot.press("left")
        assert "Không có phiếu nào khớp" in look(app)


@pytest.mark.slow
async def test_a_long_note_leaves_room_for_the_answers(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app).note("dài " * 400)
        await pilot.press("down")
        assert "Ghi chú: dài dài" in look(app)
        assert "1 (•) Có" in look(app)


def test_a_language_for_one_run_is_not_kept(study: Study, context: ScreenContext) -> None:
    one_run = ScreenContext(
        study.home, context.surveys, context.places, context.store, Settings(language="en")
    )
    one_run.change_settings(theme="ascii")
    assert (load_settings(study.home).language, load_settings(study.home).theme) == ("vi", "ascii")
    assert one_run.words.language == "en"
    one_run.switch_language()
    one_run.switch_language()
    assert load_settings(study.home).language == "en"


@pytest.mark.slow
async def test_the_commune_must_be_meant(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+n")
        await keys(pilot, "1⏎tan thanh⏎")
        assert "Có nhiều xã khớp" in look(app)
        await pilot.press("down", "enter")
        assert "Địa bàn điều tra số mấy?" in look(app)
        await pilot.press("ctrl+b")
        await keys(pilot, "32059⏎")
        assert "Xã: Khánh An" in look(app)


@pytest.mark.slow
async def test_the_language_changes_at_once_everywhere(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("ctrl+l")
        assert "A phone of your own?" in look(app)
        assert "Enter next" in look(app)
        await pilot.press("ctrl+g", "ctrl+l")
        assert "Mục lục" in look(app)
        assert "Có dùng Internet không?" in look(app)
        await pilot.press("escape")
        assert "Enter tiếp" in look(app)


@pytest.mark.slow
async def test_a_refused_answer_stays_in_its_field(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await keys(pilot, "2⏎")
        await keys(pilot, "7⏎")
        assert "! Từ 18 đến 120 tuổi" in look(app)
        await pilot.pause(0.1)
        assert conversation(app).view.name == "age"
        await pilot.press("backspace")
        await keys(pilot, "4x⏎")
        assert "> 4x" in look(app)
        await pilot.pause(0.1)
        await pilot.press("backspace")
        await keys(pilot, "0⏎")
        assert conversation(app).view.name == "online"


@pytest.mark.slow
async def test_keys_typed_ahead_of_a_refusal_do_not_change_the_answer(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        for key in "2⏎7⏎3⏎":
            app.post_message(events.Key("enter" if key == "⏎" else key, None if key == "⏎" else key))
        await pilot.pause(0.2)
        assert conversation(app).view.name == "age"
        assert "> 7\n" in look(app)
        assert "Đã bỏ 2 phím" in look(app)


@pytest.mark.slow
async def test_required_and_optional(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("enter")
        assert "Câu này cần có câu trả lời" in look(app)
        assert conversation(app).view.name == "phone"


@pytest.mark.slow
async def test_a_warning_is_confirmed_by_a_key_and_recorded(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "2⏎")
        await keys(pilot, "101⏎")
        assert "! Trên 100 tuổi?" in look(app)
        assert "Enter giữ nguyên" in look(app)
        await pilot.pause(0.1)
        await pilot.press("enter")
        assert conversation(app).view.name == "online"
        assert session.question("a/age").confirmed


@pytest.mark.slow
async def test_dont_know_and_refused_have_keys_of_their_own(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "2⏎")
        await pilot.press("ctrl+x")
        assert "^X (•) Từ chối trả lời" in look(app)
        await keys(pilot, "⏎8⏎")
        assert session.question("a/age").missing == "refused"
        assert session.question("a/online").missing == "dk"


@pytest.mark.slow
async def test_back_undo_and_an_answer_changed(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "1⏎1⏎")
        await pilot.press("ctrl+b", "ctrl+b")
        await keys(pilot, "2⏎")
        assert conversation(app).view.name == "age"
        assert session.question("a/devices").relevant is False
        await pilot.press("ctrl+z")
        assert conversation(app).view.name == "phone"
        assert session.question("a/phone").text == "1"
        await keys(pilot, "2")
        await pilot.press("ctrl+z")
        assert "1 (•) Có" in look(app)


@pytest.mark.slow
async def test_what_was_typed_survives_a_look_elsewhere(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await keys(pilot, "2⏎")
        await keys(pilot, "7")
        await pilot.press("ctrl+b", "enter")
        assert "> 7" in look(app)
        await pilot.press("ctrl+g", "escape")
        assert "> 7" in look(app)


@pytest.mark.slow
async def test_outline_finds_without_marks_and_jumps(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("ctrl+g")
        await keys(pilot, "gop y⏎")
        assert conversation(app).view.name == "remark"
        await pilot.press("ctrl+g")
        await keys(pilot, "devices")
        assert "Chưa hỏi" in look(app)
        await pilot.press("enter", "escape", "ctrl+o")
        assert conversation(app).view.name == "phone"


@pytest.mark.slow
async def test_roster_is_filled_row_by_row_and_corrected_by_cell(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "2⏎30⏎1⏎2⏎2⏎40⏎1⏎")
        assert "R2" in look(app)
        assert "40" in look(app)
        await keys(pilot, "5⏎")
        await pilot.press("ctrl+b", "ctrl+t", "up", "enter")
        assert conversation(app).path == "r/person[1]/years"
        await pilot.press("backspace", "backspace")
        await keys(pilot, "41⏎")
        assert session.question("r/person[1]/years").text == "41"


@pytest.mark.slow
async def test_a_note(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await pilot.press("ctrl+n", *"hai", "ctrl+j", *"dòng", "enter")
        assert session.question("a/phone").note == "hai\ndòng"
        assert "Ghi chú: hai dòng" in look(app)
        await pilot.press("ctrl+n", "x", "escape")
        assert session.question("a/phone").note == "hai\ndòng"


@pytest.mark.slow
async def test_help_says_the_keys_and_what_the_form_adds(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("question_mark")
        assert "Máy dùng chung không tính" in look(app)
        assert "^G" in look(app)
        await pilot.press("escape")
        assert isinstance(app.screen, InterviewScreen)


@pytest.mark.slow
async def test_review_names_what_is_missing_and_goes_there(
    app: SurveyApp, context: ScreenContext, look: Look
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("ctrl+r", "ctrl+f")
        assert "Chưa hoàn tất được" in look(app)
        await pilot.press("down", "enter")
        assert conversation(app).view.name == "age"
    assert context.store.search()[0].status == "draft"


@pytest.mark.slow
async def test_a_finished_response_is_read_and_reopened_until_it_is_sent(
    app: SurveyApp, context: ScreenContext, look: Look
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await keys(pilot, "2⏎30⏎1⏎1⏎2⏎40⏎⏎")
        await pilot.press("ctrl+f", "enter", "enter")
        assert "chỉ đọc" in look(app)
        assert "30" in look(app)
        await pilot.press("escape", "ctrl+o")
        assert "Nhấn ^O lần nữa" in look(app)
        await pilot.press("ctrl+o")
        assert context.store.search()[0].status == "draft"
        await pilot.press("ctrl+r", "ctrl+f", "enter")
        context.store.handover.mark_sent([context.store.search()[0].id])
        assert isinstance(app.screen, HomeScreen)
        app.screen.reload()
        await pilot.press("ctrl+o")
        assert "không sửa được nữa" in look(app)


@pytest.mark.slow
async def test_draft_goes_on_where_it_stopped(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await keys(pilot, "2⏎30⏎")
        await pilot.press("ctrl+q")
        assert "nháp" in look(app)
        await pilot.press("enter")
        assert conversation(app).view.name == "online"


@pytest.mark.slow
async def test_an_answer_without_the_step_after_it_is_not_asked_again(
    app: SurveyApp, context: ScreenContext
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "2⏎")
        session.answer("a/age", "33", context.now())  # and the power fails here
        app.open_interview(context.resume(session.started.response_id))
        assert conversation(app).view.name == "online"
        session.answer("a/online", "1", context.now())
        session.answer("a/age", "101", context.now())
        session.jump("a/age", context.now())
        session.answer("a/age", "102", context.now())
        app.open_interview(context.resume(session.started.response_id))
        assert conversation(app).view.name == "age"


@pytest.mark.slow
async def test_a_draft_is_discarded_only_by_two_keys(
    app: SurveyApp, context: ScreenContext, look: Look
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await pilot.press("ctrl+q", "ctrl+d", "down", "ctrl+d")
        assert len(context.store.search()) == 1
        await pilot.press("ctrl+d")
        assert list(context.store.search()) == []


@pytest.mark.slow
async def test_too_small_a_terminal_says_so_and_takes_no_answers(
    app: SurveyApp, context: ScreenContext, look: Look
) -> None:
    async with app.run_test(size=(30, 10)) as pilot:
        session = begin(app).session
        await keys(pilot, "1⏎")
        assert "quá nhỏ" in look(app)
        assert session.question("a/phone").text == ""
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Có điện thoại" in look(app)


@pytest.mark.slow
async def test_settings_hold_at_once_and_are_kept(app: SurveyApp, context: ScreenContext, look: Look) -> None:
    from survey_tui.application.settings import load_settings

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s", "down", "enter", "down", "left", "escape")
        begin(app)
        await pilot.pause()
        assert "1 ( ) Có" in look(app)
        assert "─" not in look(app)
    kept = load_settings(context.home)
    assert (kept.typing, kept.theme) == ("telex", "ascii")


@pytest.mark.slow
async def test_one_key_answers_go_on_when_the_surveyor_wants_it(
    app: SurveyApp, context: ScreenContext
) -> None:
    context.change_settings(one_key=True)
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "230⏎14⏎")
        assert session.question("a/online").text == "1"
        assert session.question("r/size").text == "4"


@pytest.mark.slow
async def test_an_answer_that_the_disk_refuses_stays_and_says_so(
    app: SurveyApp, context: ScreenContext, look: Look, full_disk: Callable[[], AbstractContextManager[None]]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await keys(pilot, "2⏎")
        await pilot.pause(0.1)
        with full_disk():
            await keys(pilot, "44⏎")
            assert "LƯU LỖI" in look(app)
            assert "> 44" in look(app)
            assert session.question("a/age").text == ""
            await pilot.pause(0.1)
            await pilot.press("ctrl+q")
            assert "^Q lần nữa" in " ".join(look(app).split())
            assert isinstance(app.screen, InterviewScreen)
            await pilot.pause(0.1)
        await pilot.press("enter")
        assert session.question("a/age").text == "44"
        assert "đã lưu" in look(app)


@pytest.mark.slow
async def test_something_typed_that_is_no_answer_is_not_left_behind_unseen(
    app: SurveyApp, look: Look
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        await keys(pilot, "2⏎7")
        await pilot.press("ctrl+b", "ctrl+r")
        assert conversation(app).view.name == "age"
        assert "> 7" in look(app)
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, InterviewScreen)
        await pilot.press("ctrl+q")
        assert not isinstance(app.screen, InterviewScreen)


@pytest.mark.slow
async def test_taps(app: SurveyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await pilot.pause()
        await pilot.click("#answer", offset=(10, 1))
        await pilot.click("#footer", offset=(2, 0))
        await pilot.pause()
        assert session.question("a/phone").text == "0"


@pytest.mark.slow
async def test_pasted_text_never_confirms(app: SurveyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        session = begin(app).session
        await pilot.press("ctrl+g")
        await keys(pilot, "gop y⏎")
        app.post_message(events.Paste("một\nhai\x1b[2J\n"))
        await pilot.pause()
        assert conversation(app).view.name == "remark"
        await pilot.press("enter")
        assert session.question("remark").text == "một hai[2J"


@pytest.mark.slow
async def test_at_most_six_keys_in_every_footer(app: SurveyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        begin(app)
        for opener in ("ctrl+g", "ctrl+n", "ctrl+h", "ctrl+r"):
            assert len(app.top_screen.key_hints()) <= 6
            await pilot.press(opener)
            assert len(app.top_screen.key_hints()) <= 6
            await pilot.press("escape")


def test_every_binding_has_an_id_words_and_a_tooltip(context: ScreenContext) -> None:
    from survey_tui.ui.screens import (
        base,
        home,
        interview,
        new_interview,
        note,
        outline,
        response,
        review,
        roster,
        settings,
    )
    from survey_tui.ui.screens import help as help_screen

    modules = (help_screen, home, interview, note, outline, response, review, roster, settings, new_interview)
    screens = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    found = [
        b for each in screens if issubclass(each, base.BaseScreen) for b in (*each.BINDINGS, *each.COMMON)
    ]
    assert len(found) > 30
    for binding in found:
        assert binding.id
        assert context.words(binding.description)
        assert context.words(binding.tooltip or "")


OPEN_REPEAT = """
[[question]]
type = "begin_group"
name = "g"
label.vi = "Cùng màn hình"
label.en = "Together"
appearance = "field-list"

[[question]]
type = "integer"
name = "first"
label.vi = "Số thứ nhất?"
label.en = "First number?"

[[question]]
type = "text"
name = "second"
label.vi = "Chữ thứ hai?"
label.en = "Second text?"
appearance = "multiline"

[[question]]
type = "end_group"
name = "g"

[[question]]
type = "begin_repeat"
name = "visit"
label.vi = "Lần khám"
label.en = "Visit"

[[question]]
type = "date"
name = "day"
label.vi = "Ngày nào?"
label.en = "Which day?"
required = true

[[question]]
type = "end_repeat"
name = "visit"
"""


@pytest.mark.slow
async def test_field_lists_and_repeats_that_the_surveyor_ends(
    app: SurveyApp, study: Study, look: Look
) -> None:
    study.add("open", OPEN_REPEAT)
    async with app.run_test(size=(80, 24)) as pilot:
        app.open_interview(app.context.begin("open", Visit(commune="32059", area="32059-01", household="1")))
        session = conversation(app).session
        await keys(pilot, "7⏎")
        assert conversation(app).path == "g/second"
        await pilot.press("a", "ctrl+j", "b", "enter")
        if conversation(app).stop.kind == "add":
            await keys(pilot, "1⏎")
        await keys(pilot, "5/3/2026⏎")
        assert "đã có 1" in look(app)
        await pilot.press("enter")
        assert "Câu này cần có" in look(app)
        await keys(pilot, "1⏎6/3/2026⏎2⏎")
        assert "Rà soát" in look(app)
        await pilot.press("ctrl+b")
        assert conversation(app).path == "visit[2]/day"
        await pilot.press("ctrl+t", "delete", "delete", "escape")
        assert len(session.roster("visit").rows) == 1
        assert conversation(app).path in ("visit", "visit[1]/day")
        await pilot.press("ctrl+g")
        await keys(pilot, "so thu nhat⏎")
        await pilot.press("enter", "ctrl+b")
        assert conversation(app).path == "g/first"
    assert session.question("g/second").text == "a\nb"
    assert session.question("visit[1]/day").text == "2026-03-05"


@pytest.mark.slow
async def test_what_is_read_out_is_read_to_its_end(context: ScreenContext, study: Study, look: Look) -> None:
    text = " ".join(f"từ{number}" for number in range(120))
    study.add(
        "long",
        f'\n[[question]]\nname = "n"\ntype = "note"\nlabel.vi = "{text}"\nlabel.en = "-"\n'
        '\n[[question]]\nname = "q"\ntype = "text"\nlabel.vi = "Hỏi gì?"\nlabel.en = "?"\n',
    )
    app = SurveyApp(context, context.begin("long", Visit(commune="32059")))
    async with app.run_test(size=(40, 20)) as pilot:
        shown = ""
        for _ in range(6):
            screen = look(app)
            if "Hỏi gì?" in screen:
                break
            shown += screen
            assert ("PgDn" in screen) == ("từ119" not in screen)
            await pilot.press("enter")
            await pilot.pause()
        assert all(f"từ{number}" in shown for number in range(120))
        assert "Hỏi gì?" in look(app)


@pytest.mark.slow
async def test_the_heading_follows_a_corrected_household_number(
    app: SurveyApp, context: ScreenContext, study: Study, look: Look
) -> None:
    text = '[[question]]\nname = "{}"\ntype = "text"\nlabel.vi = "Gì?"\nlabel.en = "What?"\n'
    study.add("numbered", text.format("hh_no") + text.format("other"))
    async with app.run_test(size=(80, 24)) as pilot:
        app.open_interview(context.begin("numbered", Visit(commune="32059")))
        await pilot.press(*"13", "enter")
        await pilot.pause()
        assert "Hộ 13" in look(app).splitlines()[0]


@pytest.mark.slow
async def test_any_other_key_takes_back_what_must_be_pressed_twice(
    app: SurveyApp, context: ScreenContext, look: Look
) -> None:
    context.begin("small", Visit(commune="32059", household="7"))
    asked = context.words("home.sure_discard")[:20]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+d")
        assert asked in look(app)
        await pilot.press("ctrl+s", "escape")
        assert asked not in look(app)
        await pilot.press("ctrl+d")
        assert asked in look(app)
        assert len(context.store.search()) == 1
        await pilot.press("ctrl+d")
        assert list(context.store.search()) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nothing_is_cut_off_on_a_narrow_screen(app: SurveyApp, look: Look, language: str) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        app.context.change_settings(language=language)
        await pilot.press("ctrl+x")
        words = app.context.words
        assert words("safety.withdraw_ask") in " ".join(look(app).split())
        await pilot.press("escape", "ctrl+s")
        shown = " ".join(look(app).split())
        for name in ("typing_off", "one_key_false"):
            assert all(part in shown for part in words(f"settings.{name}").split())
