"""Findings about a form, with place and remedy.

The messages are in ``locale/<language>/check.py``, under the finding's code.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from survey_tui.errors import FormError
from survey_tui.forms.model import Source

Severity = Literal["error", "warning"]

MAX_FINDINGS = 500
"""More than anybody reads; a hostile file with 100,000 faults must not fill the memory."""


class FormFinding(Struct, frozen=True):
    """An error or a warning about a form.

    ``item`` is the name of the question, group, list or module, ``column`` the column (``""`` if none).
    ``details`` fill the placeholders of the message ``check.<code>``.
    """

    code: str
    severity: Severity
    source: Source
    item: str = ""
    column: str = ""
    details: dict[str, str] = {}


class Findings:
    """Collects findings up to :data:`MAX_FINDINGS`; further ones are counted in ``dropped``."""

    def __init__(self) -> None:
        self.all: list[FormFinding] = []
        self.dropped = 0
        self.has_errors = False

    def error(self, code: str, source: Source, item: str = "", column: str = "", **details: object) -> None:
        """Report a fault that must be corrected before the form can be used."""
        self.add(FormFinding(code, "error", source, item, column, _texts(details)))

    def warning(self, code: str, source: Source, item: str = "", column: str = "", **details: object) -> None:
        """Report a likely mistake; the form can still be used."""
        self.add(FormFinding(code, "warning", source, item, column, _texts(details)))

    def add(self, finding: FormFinding) -> None:
        self.has_errors = self.has_errors or finding.severity == "error"
        if len(self.all) < MAX_FINDINGS:
            self.all.append(finding)
        else:
            self.dropped += 1

    @property
    def count(self) -> int:
        """Number of findings, dropped ones included."""
        return len(self.all) + self.dropped

    def as_list(self) -> list[FormFinding]:
        """All findings kept, and a last one with the number of dropped ones, if any."""
        if not self.dropped:
            return list(self.all)
        rest = FormFinding(
            "more", "warning", Source(self.all[-1].source.file), details={"count": str(self.dropped)}
        )
        return [*self.all, rest]


def _texts(details: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items()}


class InvalidFormError(FormError):
    """A form with errors; ``findings`` has them all.

    Code ``forms_invalid``; details ``file`` (the file read), ``count`` (errors) and ``first`` (the place of
    the first one: file, line, item).
    """

    def __init__(self, file: str, findings: list[FormFinding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        first = errors[0]
        place = f"{first.source.file}:{first.source.line}" if first.source.line else first.source.file
        super().__init__("forms_invalid", file=file, count=len(errors), first=f"{place} {first.item}".strip())
        self.findings = findings
