"""Loading the full instrument from the cache, against reading the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, interleaved, seconds
from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.compiled import compile_form
from survey_tui.plugins import Plugins

SURVEY = "xa_hoi_so"
REPEATS = 20


def measure() -> list[Figure]:
    directories = Plugins.load().questionnaire_directories()
    with tempfile.TemporaryDirectory() as directory:
        cache = Path(directory)
        Catalogue(directories, cache).form(SURVEY)
        files = [path for path in cache.rglob("*") if path.is_file()]

        def read() -> None:
            for path in files:
                path.read_bytes()

        opened, baseline = interleaved(
            lambda: seconds(lambda: Catalogue(directories, cache).form(SURVEY)),
            lambda: seconds(read),
            REPEATS,
        )
        compiled, again = interleaved(
            lambda: seconds(lambda: compile_form(Catalogue(directories, cache).form(SURVEY))),
            lambda: seconds(read),
            REPEATS,
        )
    against = "reading the cached bytes"
    return [
        Figure("open the full instrument from cache", opened * 1e3, baseline * 1e3, "ms", against),
        Figure("… and compile its expressions", compiled * 1e3, again * 1e3, "ms", against),
    ]
