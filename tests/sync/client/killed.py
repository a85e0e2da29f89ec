"""``killed.py HOME fetch|install``: do it in a child that is killed with SIGKILL before its 1st, 2nd, 3rd …
operation on a file of the home, until it comes to its end; look at the home each time, then do it again in
peace. Prints how many kills there were.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from survey_sync.client import credentials
from survey_sync.client.exchange import Exchange
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_install import install_ready, ready_changes
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload import UploadRules

from survey_tui.authoring import admission
from survey_tui.plugins import Plugins
from survey_tui.plugins.inventory import plugin_records
from survey_tui.store import ResponseStore

admission.admission_error = lambda archive, home: None  # slow, and it touches nothing of the home
IMPORTED = plugin_records  # now, or each child would import it anew

_TOUCHES = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link"}


def fetch(home: Path) -> None:
    """A meeting with the server."""
    opener = lambda: ResponseStore.open(home, exclusive=False)  # noqa: E731
    report = Exchange(home, opener, credentials.load(SyncHome(home)), rules=UploadRules(deadline=10)).run()
    assert report.error is None, report.error
    assert report.later_error is None, report.later_error


def install(home: Path) -> None:
    """What is ready."""
    inbox = Inbox(SyncHome(home))
    for one in install_ready(inbox, ready_changes(inbox)):
        assert one.error is None, one.error


def version(home: Path) -> str:
    """The version that an interview would get."""
    plugins = Plugins.load([], home)
    assert not plugins.failures, plugins.failures
    member = plugins.member("hau_giang")
    assert member is not None
    assert member.resolved is not None
    return member.resolved.manifest.version


def killed(work: Callable[[Path], None], home: Path, at: int) -> bool:
    """Whether the child was killed, before operation ``at``."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return True
        assert os.WEXITSTATUS(status) == 0, "the child failed"
        return False
    left = [at]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in _TOUCHES and str(arguments[0]).startswith(str(home)):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        work(home)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(original: Path, what: str) -> int:
    work = fetch if what == "fetch" else install
    room = original.with_name("killed")
    kills, end = 0, False
    while not end:
        shutil.rmtree(room, ignore_errors=True)
        shutil.copytree(original, room)
        end = not killed(work, room, kills + 1)
        found = version(room)
        assert found in ({"1"} if work is fetch else {"1", "2"}), (kills, found)
        if work is fetch:
            fetch(room)
            assert [each.state for each in Inbox(SyncHome(room)).packages] == ["installed", "ready"], kills
        install(room)
        assert version(room) == "2", kills
        left = [path.name for path in (room / "plugins").iterdir() if path.name != "hau_giang"]
        assert not left, (kills, left)
        assert not list(SyncHome(room).downloads.iterdir()), kills
        states = [each.state for each in Inbox(SyncHome(room)).packages]
        assert states == ["superseded", "installed"], (kills, states)
        kills += not end
    print(kills)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
