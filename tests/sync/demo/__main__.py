"""See the package. ``python -m tests.sync.demo [DIRECTORY]``: where the page goes (default: ``demo-out``)."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path

from survey_sync.client.bundles.incoming import receive_bundle
from survey_sync.client.bundles.outgoing import BundleSender, apply_receipts, write_pending
from survey_sync.client.device_keys import SigningKey, trust
from survey_sync.client.enrolment import enrol
from survey_sync.client.exchange import Exchange
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload import UploadRules
from survey_sync.client.upload_report import UploadProgress, UploadReport
from survey_sync.protocol.messages import NewCode, Role
from survey_sync.server import admin
from survey_sync.server.config import Config
from survey_sync.server.serve import ListenOptions, run_in_thread

from survey_tui.fieldwork.interviews import Visit
from survey_tui.forms.compiled import CompiledForm
from survey_tui.locale import Translator
from survey_tui.places import Places
from survey_tui.plugins import Plugins
from survey_tui.plugins.survey_catalogue import Surveys
from survey_tui.store import ResponseStore
from tests.sync.demo.households import interview
from tests.sync.demo.picture import page_picture
from tests.sync.faults.proxy import Fault, FaultProxy, Shape

COMMUNE, SURVEY = "32059", "xa_hoi_so"
BAD_LINE = ("drop", "none", "cut_after_request", "portal", "corrupt_request", "cut_in_reply")
"""What happens to the first exchanges; those after them go well."""


class Machine:
    """A home with a name."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.home = root / name
        self.folder = SyncHome(self.home)

    def store(self) -> ResponseStore:
        return ResponseStore.open(self.home, exclusive=False)

    def enrol(self, database: str, url: str, role: Role, surveyor: str) -> None:
        code = admin.issue_enrolment_code(database, NewCode(role=role, surveyor=surveyor)).code
        enrol(self.folder, url, code, self.name)

    def push(self, url: str) -> UploadReport:
        """Through ``url`` instead of the server itself."""
        from msgspec.structs import replace
        from survey_sync.client import credentials

        given = replace(credentials.load(self.folder), url=url)
        rules = UploadRules(deadline=120.0)
        return Exchange(self.home, self.store, given, rules=rules, on_progress=_tell).run()


def main() -> int:
    """The whole way; 0 when everything arrived exactly once."""
    logging.disable(logging.CRITICAL)  # the server's log is not part of the story
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="survey-demo-") as directory:
        return _show(Path(directory), target)


def _show(root: Path, target: Path) -> int:
    hoa, binh, office = (Machine(root, name) for name in ("may-cua-hoa", "may-cua-binh", "van-phong"))
    say("1. Interviews, offline")
    form = _form(root)
    asked = _interviews(hoa, form, "CM001", 1, 6) + _interviews(binh, form, "CM002", 11, 3)
    database = str(root / "server.db")
    with run_in_thread(Config(database=database, server_name="Demo"), ListenOptions(port=0)) as url:
        password = admin.add_account(database, "coordinator", "coordinator")
        hoa.enrol(database, url, "surveyor", "CM001")
        office.enrol(database, url, "coordinator", "")
        say("2. Hoa sends, over a connection that drops, cuts and corrupts")
        reports = [_over_a_bad_line(hoa, url)]
        say("3. Bình has no network: a USB drive to the office, and receipts back")
        reports.append(_by_usb_drive(binh, office, url, root / "stick"))
        say("4. What the coordinator sees")
        picture = page_picture(url, "coordinator", password, target / "coordinator.png")
    print(f"   page: {picture or f'{target}/coordinator.html (no Chromium to draw it)'}")
    return _summary(asked, [hoa, binh], reports, root)


def _form(root: Path) -> CompiledForm:
    surveys = Surveys(Plugins.load(safe_mode=True), root / "cache", str)
    return surveys.compiled_form(SURVEY, COMMUNE, {"communes": Places().table()})


def _interviews(machine: Machine, form: CompiledForm, surveyor: str, first: int, count: int) -> int:
    begun = time.monotonic()
    with ResponseStore.open(machine.home) as store:
        for number in range(first, first + count):
            visit = Visit(commune=COMMUNE, area=f"{COMMUNE}-01", household=str(number), surveyor=surveyor)
            interview(store, form, visit, machine.name, number)
        size = sum(len(store.final_bytes(summary.id)) for summary in store.search())
    seconds = time.monotonic() - begun
    print(f"   {machine.name}: {count} households, {size:,} canonical bytes, {seconds:.1f} s")
    return count


def _over_a_bad_line(machine: Machine, url: str) -> UploadReport:
    port = int(url.rpartition(":")[2])
    faults = (Fault(kind, 0.7) for kind in BAD_LINE)
    weak = Shape(latency=0.15, rate=20_000)
    with FaultProxy(("127.0.0.1", port), lambda: next(faults, Fault()), weak) as line:
        report = machine.push(line.url)
    done = ", ".join(f"{kind} {count}" for kind, count in sorted(line.done.items()))
    print(f"   exchanges: {done}")
    print(f"   {report.delivered}/{report.total} arrived, {report.counts}, {report.seconds:.1f} s")
    return report


def _by_usb_drive(device: Machine, office: Machine, url: str, drive: Path) -> UploadReport:
    drive.mkdir()
    with device.store() as store:
        written = write_pending(device.folder, store, drive, BundleSender(device.name, device.name))
    assert written.path is not None
    print(f"   bundle: {written.responses} responses, {written.size:,} bytes, signed")
    with office.store() as store:
        got = receive_bundle(office.folder, store, written.path, office.name)
        again = receive_bundle(office.folder, store, written.path, office.name)
    print(f"   office: {got.counts}, the same USB drive again: {again.counts}")
    report = office.push(url)
    trust(device.folder, office.name, SigningKey(office.folder).public)
    with device.store() as store:
        taken = apply_receipts(device.folder, store, again.receipts)
    print(f"   receipts received by {device.name}: {taken.received}")
    return report


def _summary(asked: int, machines: list[Machine], reports: list[UploadReport], root: Path) -> int:
    statuses = []
    for machine in machines:
        with machine.store() as store:
            statuses += [summary.status for summary in store.search()]
    from survey_sync.server.db import Database
    from survey_sync.server.db.tables import responses

    database = Database.open(str(root / "server.db"))
    with database.read() as connection:
        stored = len(connection.execute(responses.select()).all())
    database.close()
    sent = sum(report.sent for report in reports)
    received = statuses.count("received")
    whole = asked == stored == received
    say("Summary")
    print(f"   interviews {asked} · on the server {stored} · receipts on the devices {received}")
    print(f"   sent {sent:,} bytes")
    print("   every response exactly once" if whole else "   NOT EVERY RESPONSE ARRIVED EXACTLY ONCE")
    return 0 if whole else 1


def say(text: str) -> None:
    print(f"\n{text}", flush=True)


def _tell(progress: UploadProgress) -> None:
    if progress.error is not None:
        message = Translator("en").error(progress.error).partition(". ")[0]
        print(f"   … {message}; again in {progress.pause:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
