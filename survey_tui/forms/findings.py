"""What a check says about a form: always where, always what to do.

The words live in ``locale/<language>/check.py`` under the finding's code.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from survey_tui.errors import FormError
from survey_tui.forms.model import Source

Severity = Literal["error", "warning"]

MAX_FINDINGS = 500
"""More than a person reads; a hostile file with 100,000 faults must not fill the memory."""


class FormFinding(Struct, frozen=True):
    """One thing that is wrong or doubtful.

    ``item`` is the name of the question, group, list or module, ``column`` the column it is about
    (``""`` if none).
    ``details`` fill the placeholders of the message ``check.<code>``.
    """

    code: str
    severity: Severity
    source: Source
    item: str = ""
    column: str = ""
    details: dict[str, str] = {}


class Findings:
    """Collects findings up to :data:`MAX_FINDINGS`; those beyond are counted in ``dropped``."""

    def __init__(self) -> None:
        self.all: list[FormFinding] = []
        self.dropped = 0
        self.has_errors = False

    def error(self, code: str, source: Source, item: str = "", column: str = "", **details: object) -> None:
        """The form cannot be used until this is mended."""
        self.add(FormFinding(code, "error", source, item, column, _texts(details)))

    def warning(self, code: str, source: Source, item: str = "", column: str = "", **details: object) -> None:
        """The form can be used, but this looks like a mistake."""
        self.add(FormFinding(code, "warning", source, item, column, _texts(details)))

    def add(self, finding: FormFinding) -> None:
        """Keep ``finding`` unless there are too many already."""
        self.has_errors = self.has_errors or finding.severity == "error"
        if len(self.all) < MAX_FINDINGS:
            self.all.append(finding)
        else:
            self.dropped += 1

    @property
    def count(self) -> int:
        """How many there were, kept or not."""
        return len(self.all) + self.dropped

    def listed(self) -> list[FormFinding]:
        """What was found, and at the end how many more there were if not all could be kept."""
        if not self.dropped:
            return list(self.all)
        rest = FormFinding(
            "more", "warning", Source(self.all[-1].source.file), details={"count": str(self.dropped)}
        )
        return [*self.all, rest]


def _texts(details: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items()}


class InvalidFormError(FormError):
    """A form with errors: ``findings`` holds them all.

    Code ``forms_invalid``; details ``file`` (what was to be read), ``count`` (errors) and ``first``
    (the place of the first one: file, line, item).
    """

    def __init__(self, file: str, findings: list[FormFinding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        first = errors[0]
        place = f"{first.source.file}:{first.source.line}" if first.source.line else first.source.file
        super().__init__("forms_invalid", file=file, count=len(errors), first=f"{place} {first.item}".strip())
        self.findings = findings
