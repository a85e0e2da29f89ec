"""Updates on the screens: messages are read, packages are installed between two interviews, and errors are
explained. The server, the store and the plugins are real."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from survey_sync.client import credentials, package_install
from survey_sync.client.enrolment import enrol
from survey_sync.client.exchange import Exchange
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_install import InstallResult
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.unread_counts import UnreadCounts, read_unread_counts

from survey_tui.application.settings import Settings
from survey_tui.console.command_context import CommandContext
from survey_tui.fieldwork.interviews import Visit
from survey_tui.store import ResponseStore
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.packages import PackagesScreen
from survey_tui.ui.screens.sync import SyncScreen
from tests.support.devices import Home as Device
from tests.support.devices import Server, real_server
from tests.sync.client.office import COMMUNE, Office, wheel

if TYPE_CHECKING:
    from tests.support.study import Study
    from tests.support.terminal import Terminal

Look = Callable[[SurveyApp], str]
SIZES = pytest.mark.parametrize("size", [(80, 24), (40, 20)], ids=["80x24", "40x20"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with real_server(tmp_path) as found:
        yield found


@pytest.fixture
def office(server: Server, tmp_path: Path) -> Office:
    return Office(server.device(tmp_path / "office", role="coordinator"), tmp_path)


@pytest.fixture
def program(server: Server, office: Office, tmp_path: Path) -> Iterator[CommandContext]:
    """A device that is enrolled and trusts the office."""
    home = tmp_path / "home"
    enrol(SyncHome(home), server.url, server.code(), "x")
    office.trusted_by(Device(home))
    program = CommandContext({"SURVEY_TUI_HOME": str(home), "SURVEY_TUI_LANGUAGE": "vi"})
    yield program
    program.close()


@pytest.fixture
def context(
    program: CommandContext, open_context: Callable[[CommandContext], ScreenContext]
) -> ScreenContext:
    return open_context(program)


@pytest.fixture
def app(context: ScreenContext) -> SurveyApp:
    return SurveyApp(context)


def push(home: Path) -> None:
    """As ``survey-sync push`` does in another process."""
    opener = lambda: ResponseStore.open(home, exclusive=False)  # noqa: E731
    report = Exchange(home, opener, credentials.load(SyncHome(home))).run()
    assert report.error is None
    assert report.later_error is None


async def until(app: SurveyApp, look: Look, *texts: str) -> str:
    """Until all of this is on the screen, wherever lines are broken."""
    for _ in range(600):
        shown = look(app)
        if all("".join(text.split()) in "".join(shown.split()) for text in texts):
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(f"{texts} not on\n{look(app)}")


def interview(context: ScreenContext, household: str = "7") -> dict[str, str]:
    """Module → version of a new interview."""
    session = context.begin("xa_hoi_so", Visit(commune=COMMUNE, area=f"{COMMUNE}-01", household=household))
    return {stamp.name: stamp.version for stamp in session.form.form.modules}


@contextmanager
def no_new_files() -> Iterator[None]:
    """While it lasts, no file of this process can grow beyond a few bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@SIZES
async def test_from_the_push_to_the_next_interview(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look, size: tuple[int, int]
) -> None:
    office.write(normalize("NFD", "Sáng mai họp ở trụ sở xã Khánh An."))
    office.offer("hau_giang", "2")
    assert "hau_giang" not in interview(context)
    async with app.run_test(size=size) as pilot:
        await pilot.press("ctrl+y", "enter")
        text = await until(app, look, "Có 1 gói", "Sáng mai họp ở trụ sở xã Khánh An.")
        assert "^U cài gói" in text
        await pilot.press("ctrl+u")
        await until(app, look, "hau_giang 2 (mới)", "Phần riêng hau_giang", "Cà Mau (1 xã", "Enter cài")
        await until(app, look, "1 phiếu nháp khi mở lại sẽ đi tiếp với bản mới")
        await pilot.press("enter")
        await until(app, look, "Đã cài hau_giang 2.", "Phỏng vấn mới dùng ngay bản này")
        await pilot.press("enter")
        await until(app, look, "Tin mới", "Sáng mai họp")  # still there, until she leaves
        assert "^U" not in look(app)
        assert read_unread_counts(context.home) == UnreadCounts(unread=1)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert read_unread_counts(context.home) == UnreadCounts()
        await pilot.press("ctrl+y")
        await until(app, look, "Tin đã xem")
        await pilot.press("escape")
        await pilot.pause()
        assert "Điều phối viên gửi" not in look(app)
        assert interview(context)["hau_giang"] == "2"


async def test_home_names_the_key_as_soon_as_there_is_a_server_to_ask(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    assert not context.sync_client.unread_counts()
    async with app.run_test(size=(40, 20)):
        await until(app, look, "Chưa có phiếu nào", "^Y gửi phiếu")


@SIZES
async def test_home_says_that_something_came(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look, size: tuple[int, int]
) -> None:
    office.write("Gọi lại cho tôi.")
    office.write("Mang theo sạc.")
    office.offer("hau_giang", "1")
    stranger = Office(office.home, office.room)
    stranger.offer("la", "1")
    push(context.home)
    async with app.run_test(size=size) as pilot:
        await until(app, look, "2 tin mới · 1 gói chờ cài · 1 gói cần xem", "^Y gửi phiếu")
        await pilot.press("ctrl+l")
        await until(app, look, "new messages: 2")
        await pilot.press("ctrl+l", "ctrl+y", "pagedown", "pagedown", "pagedown")
        await until(app, look, "survey-sync trust", stranger.public)
        await pilot.press("escape")
        await until(app, look, "Điều phối viên gửi: 1 gói chờ cài")
    assert all(letter.seen for letter in Inbox(SyncHome(context.home)).messages)


async def test_hostile_and_endless_messages(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    office.write("Cuối.")
    office.write("Dài: " + "mười hai ba " * 300)
    office.write("[bold red]\x1b[2J\x07\u202eđảo\u2066 [/] đầu\nhai\ttab")
    push(context.home)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("ctrl+y")
        text = await until(app, look, "[bold red][2Jđảo [/] đầu", "hai tab", "▼ PgDn")
        assert not set("\x1b\x07\u202e\u2066") & set(text)
        await pilot.press("escape")
        await pilot.pause()
        unread = [letter.text[:4] for letter in Inbox(SyncHome(context.home)).messages if not letter.seen]
        assert unread == ["Cuối", "Dài:"]  # only what was shown to its end counts as seen
        await pilot.press("ctrl+y")
        for _ in range(60):
            await pilot.press("space")
        await until(app, look, "Cuối.")
        await pilot.press("home")
        await until(app, look, "Dài: mười hai")
        await pilot.press("escape")
        await pilot.pause()
        assert read_unread_counts(context.home) == UnreadCounts()


async def test_drafts_go_on_with_the_new_version_and_keep_their_answers(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    office.offer("hau_giang", "1")
    push(context.home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "Enter cài")
        await pilot.press("enter")
        await until(app, look, "Đã cài hau_giang 1.")
        session = context.begin("xa_hoi_so", Visit(commune=COMMUNE, area=f"{COMMUNE}-01", household="8"))
        path = next(path for path in session.form.by_path if path.endswith("hau_giang_n"))
        session.answer(path, "5", context.now())
        office.offer("hau_giang", "2")
        push(context.home)
        await pilot.press("enter", "escape")
        await until(app, look, "1 gói chờ cài")
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "hau_giang 2 (thay bản 1)", "1 phiếu nháp")
        await pilot.press("enter")
        await until(app, look, "Đã cài hau_giang 2.")
    resumed = context.resume(session.started.response_id)
    assert dict(resumed.submission())[path] == "5"
    assert {stamp.name: stamp.version for stamp in resumed.form.form.modules}["hau_giang"] == "2"


async def test_later_changes_nothing(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    office.offer("hau_giang", "1")
    push(context.home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "Enter cài")
        await pilot.press("escape")
        await until(app, look, "Có 1 gói", "^U cài gói")
    assert "hau_giang" not in interview(context)


async def test_a_full_disk_is_shown_and_installing_can_be_retried(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.offer("hau_giang", "1")
    push(context.home)
    real = Path.open

    def full(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "plugins" in path.parts and "x" in mode:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, mode, *rest, **more)  # type: ignore[call-overload]

    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "Enter cài")
        monkeypatch.setattr(Path, "open", full)
        await pilot.press("enter")
        await until(app, look, "Hết chỗ trên ổ đĩa", "vẫn chờ")
        monkeypatch.undo()
        await pilot.press("enter", "ctrl+u")
        await until(app, look, "Enter cài")
        await pilot.press("enter")
        await until(app, look, "Đã cài hau_giang 1.")
    assert interview(context)["hau_giang"] == "1"


async def test_the_package_being_installed_is_named(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.offer("hau_giang", "1")
    office.offer("soc_trang", "1")
    push(context.home)
    second, install = threading.Event(), package_install.install

    def wait_before_the_second(inbox: Inbox, change: package_install.PackageChange) -> InstallResult:
        if change.package.name == "soc_trang":
            assert second.wait(20)
        return install(inbox, change)

    monkeypatch.setattr(package_install, "install", wait_before_the_second)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "Enter cài")
        await pilot.press("enter")
        await until(app, look, "Đang cài 2/2: soc_trang 1")
        second.set()
        await until(app, look, "Đã cài hau_giang 1.", "Đã cài soc_trang 1.")


async def test_a_disk_that_takes_not_even_the_reason(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    office.offer("hau_giang", "1")
    push(context.home)
    interview(context)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "Enter cài")
        with no_new_files():
            await pilot.press("enter")
            await until(app, look, "Hết chỗ trên ổ đĩa", "vẫn chờ")
        await pilot.press("enter", "ctrl+u")
        await until(app, look, "Enter cài")
        await pilot.press("enter")
        await until(app, look, "Đã cài hau_giang 1.")


@pytest.mark.parametrize(
    "case",
    [
        (("ctrl+y", "ctrl+u"), "Enter cài", "survey_sync.client.package_install.install_plugin"),
        (("ctrl+y",), "Enter gửi", "survey_sync.client.exchange.Exchange.run"),
    ],
    ids=["installing", "sending"],
)
async def test_an_unforeseen_failure_ends_the_program_without_hanging(
    app: SurveyApp,
    office: Office,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[list[str], str, str],
) -> None:
    keys, text, faulty = case
    office.offer("hau_giang", "1")
    push(app.context.home)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    async def work() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*keys)
            await until(app, look, text)
            monkeypatch.setattr(faulty, fail)
            await pilot.press("enter")
            for _ in range(600):
                if app.failure is not None:
                    return
                await asyncio.sleep(0.05)

    with pytest.raises(ZeroDivisionError):
        await work()
    assert isinstance(app.failure, ZeroDivisionError)


async def test_an_unusable_package_is_shown_with_its_reason(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    office.offer("unsound", "1", kind="integr")
    push(context.home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        text = await until(app, look, "unsound.toml:5", "survey-tui plugins check", "Esc quay lại")
        assert "Enter cài" not in text
        await pilot.press("escape")
        text = await until(app, look, "unsound 1: không cài được", "survey-sync install --again")
        assert "^U" not in text


async def test_an_installed_package_that_was_taken_back(
    app: SurveyApp, context: ScreenContext, office: Office, look: Look
) -> None:
    number = office.offer("hau_giang", "1")
    push(context.home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y", "ctrl+u")
        await until(app, look, "Enter cài")
        await pilot.press("enter")
        await until(app, look, "Đã cài hau_giang 1.")
        office.take_back(number)
        await pilot.press("enter", "enter")
        await until(app, look, "đã rút lại hau_giang 1", "survey-tui plugins remove hau_giang")
    assert interview(context)["hau_giang"] == "1"


async def test_new_code_without_a_new_start(
    app: SurveyApp, context: ScreenContext, program: CommandContext, office: Office, look: Look
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        for version in ("1", "2"):
            office.offer_files("fresh", version, wheel("fresh", version))
            push(context.home)
            await pilot.press("ctrl+y", "ctrl+u")
            await until(app, look, "mã chương trình (Python)")
            await pilot.press("enter")
            await until(app, look, f"Đã cài fresh {version}.")
            functions = program.plugins.functions(COMMUNE)
            assert functions is not None
            assert functions["fresh-version"].call is not None
            assert functions["fresh-version"].call() == version
            await pilot.press("enter", "escape")


async def test_not_while_another_program_interviews(
    server: Server, office: Office, program: CommandContext, look: Look
) -> None:
    office.offer("hau_giang", "1")
    push(program.home)
    with ResponseStore.open(program.home):
        context = ScreenContext(
            program.home, program.catalogue, program.places, program.store(), Settings(device="test")
        )
        app = SurveyApp(context)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+y", "ctrl+u")
            await until(app, look, "chương trình khác mở", "gói vẫn chờ")
            assert isinstance(app.screen, PackagesScreen)
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, SyncScreen)
    assert [each.state for each in Inbox(SyncHome(program.home)).packages] == ["ready"]


PEEK = """
import asyncio, sys
from pathlib import Path
from survey_tui.console.command_context import CommandContext
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.application.settings import Settings

async def main():
    program = CommandContext({"SURVEY_TUI_HOME": sys.argv[1]})
    parts = (program.home, program.catalogue, program.places, program.store())
    app = SurveyApp(ScreenContext(*parts, Settings()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        print(app.screen._unread_counts)
    print(*sorted(name for name in sys.modules if name.startswith(("survey_sync", "httpx"))))

asyncio.run(main())
"""


def test_home_needs_nothing_of_the_client_to_say_so(office: Office, program: CommandContext) -> None:
    def peek() -> list[str]:
        command = [sys.executable, "-c", PEEK, str(program.home)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    office.write("Chào.")
    push(program.home)
    assert peek() == [
        "(('post_unread', 1),)",
        "survey_sync survey_sync.client survey_sync.client.unread_counts",
    ]


@pytest.mark.pty
@SIZES
def test_a_surveyor_installs_and_interviews(
    study: Study,
    terminal: Callable[..., Terminal],
    server: Server,
    office: Office,
    size: tuple[int, int],
) -> None:
    """The program as it is shipped, in a real terminal: from the push to a question of the new version."""
    enrol(SyncHome(study.home), server.url, server.code(), "x")
    office.trusted_by(Device(study.home))
    office.write("Hôm nay dùng bản mới.")
    office.offer("hau_giang", "2")
    screen = terminal("--language", "vi", columns=size[0], lines=size[1], real=True)
    screen.wait_for("^N")
    screen.send("\x19")
    screen.wait_for("Enter gửi")
    screen.send("\r")
    screen.wait_for("gói đã tải về", "Hôm nay dùng bản mới.")
    screen.send("\x15")
    screen.wait_for("hau_giang 2 (mới)", "Enter cài")
    screen.send("\r")
    screen.wait_for("Đã cài hau_giang 2.")
    screen.send("\r")
    screen.wait_for("Tin mới")
    screen.send("\x02")
    screen.wait_for("^N")
    screen.send("\x0e")
    screen.wait_for("1 (")
    screen.send(f"1\r{COMMUNE}\r1\r7\rCM001\r1\r")
    screen.wait_for("đã lưu")
    screen.send("\x07")
    screen.send("bao nhieu, ban 2")
    screen.wait_for("Bao nhiêu, bản 2?")
