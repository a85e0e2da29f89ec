"""``survey-tui`` alone: open Home; and what every way into the full-screen program shares."""

from __future__ import annotations

import msgspec

from survey_tui.application.context import Program
from survey_tui.application.settings import load_settings
from survey_tui.cli.terminal import require_terminal
from survey_tui.errors import ExitCode
from survey_tui.ui import StartRequest, ask_passphrase, run

__all__ = ["open_home"]


def open_home(program: Program, start: StartRequest | None = None) -> int:
    """Run the full-screen program, with ``start`` on top of Home, until it is left; its exit status."""
    require_terminal()
    settings = msgspec.structs.replace(load_settings(program.home), language=program.language)
    if (
        program.locked
        and program.passphrase_file is None
        and not ask_passphrase(program.home, program.catalogue, program.places, settings, program.unlock)
    ):
        return ExitCode.OK
    if settings.keep_days and not program.store().read_only:
        from survey_tui.fieldwork.interviews import device_clock

        program.store().rights.expire(settings.keep_days, device_clock())
    return run(
        program.home,
        program.catalogue,
        program.places,
        program.store(),
        settings,
        start,
        advisers=program.advisers,
        news=program.untold,
        plugins=program,
    )
