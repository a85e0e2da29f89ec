"""Long choice lists as CSV (``select_one_from_file communes.csv``), one choice per row.

The header row names the columns: ``name``, ``label.vi``, ``label.en`` (or XLSForm's ``label::vi``), and the
list's own columns for choice filters. The list has the file's name.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from survey_tui.forms.columns import split_column
from survey_tui.forms.findings import Findings
from survey_tui.forms.library import display_name, read_text, text_sha256
from survey_tui.forms.model import Source
from survey_tui.forms.sources import ListFile, ListRow


def read_table(path: Path, findings: Findings) -> ListFile | None:
    """The choices in ``path``; ``None``, and a finding, when it is not a CSV file with a column ``name``."""
    text = read_text(path, findings)
    if text is None:
        return None
    file = display_name(path)
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows: list[ListRow] = []
    try:
        if "name" not in (reader.fieldnames or ()):
            findings.error("table_without_name", Source(file, 1), path.stem, "name")
            return None
        for row in reader:
            cells = _cells(row)
            if cells:
                rows.append(ListRow(path.stem, cells, Source(file, reader.line_num)))
    except csv.Error as error:
        findings.error("bad_table", Source(file, reader.line_num), path.stem, reason=str(error))
        return None
    return ListFile(rows, path, text_sha256(text))


def _cells(row: dict[str | None, object]) -> dict[str, object]:
    """Cells by canonical column; those after the last header have no name and are left out."""
    cells: dict[str, object] = {}
    for header, value in row.items():
        if header and isinstance(value, str) and value:
            column, language = split_column(header.replace("label.", "label::", 1))
            cells[f"{column}::{language}" if language else column] = value
    return cells
