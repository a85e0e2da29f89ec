"""Final responses as files for other programs: canonical JSON Lines, CSV tables, formats of plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.errors import UsageError
from survey_tui.files import output_target
from survey_tui.store.queries import final, of_form, readable

if TYPE_CHECKING:
    from survey_tui.application.context import AppContext
    from survey_tui.plugins.exporters import Writer
    from survey_tui.store import ResponseStore

__all__ = ["FORMATS", "export_responses", "plugin_formats"]

FORMATS = ("jsonl", "csv")


@lru_cache(maxsize=1)
def plugin_formats(context: AppContext) -> Mapping[str, Writer]:
    """The export formats that plugins add, by name."""
    from survey_tui.plugins.exporters import export_writers

    formats = export_writers(context.plugins, FORMATS)
    context.report_failures()
    return formats


def export_responses(  # noqa: PLR0913 (what to write, where to, how)
    store: ResponseStore,
    kind: str,
    survey: str | None,
    output: Path | None,
    *,
    bom: bool,
    write: Callable[[Sequence[bytes]], bytes] | None = None,
) -> list[Path]:
    """Write the final responses (of one survey) to ``output`` or standard output; return the files written.

    Sealed responses are in JSON Lines only, as envelopes. ``write`` makes the bytes of a format that is none
    of :data:`FORMATS`.

    Raises :class:`UsageError` for a CSV of several surveys, and ``StoreError("cli_output")`` if a file cannot
    be written; an earlier file of that name is then unchanged.
    """
    wanted = final() & of_form(survey) if survey is not None else final()
    found = store.search(wanted if kind == "jsonl" else wanted & readable())
    forms = {each.id: each.form_id for each in found}

    def read() -> Iterator[bytes]:
        return (store.final_bytes(response) for response in sorted(forms))

    if write is not None:
        content = write(tuple(read()))
        with output_target(output) as out:
            out.write(content)
        return [output] if output else []
    if kind == "jsonl":
        with output_target(output) as out:
            out.writelines(read())  # canonical bytes end with a newline
        return [output] if output else []
    surveys = sorted(set(forms.values()))
    if len(surveys) > 1:
        raise UsageError("cli_many_surveys", surveys=", ".join(surveys))
    from survey_tui.exports.csv_tables import write_tables

    return write_tables(read, output, bom=bom)
