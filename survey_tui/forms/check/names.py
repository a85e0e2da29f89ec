"""Names: present, valid in XML and in an expression, and used once."""

from __future__ import annotations

import re

from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Form, Source

__all__ = ["MAX_NAME", "check_names"]

MAX_NAME = 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({"meta", "instanceID", "instanceName"})


def check_names(form: Form, findings: Findings) -> None:
    """Names are unique in the whole form, not only in a group as in XLSForm: ``${name}`` means one thing."""
    seen: dict[str, Source] = {}
    if not form.children:
        findings.error("empty_form", Source(f"surveys/{form.id}.toml"), form.id)
    for item in form.items():
        name = item.name
        if not name:
            findings.error("no_name", item.source, "", "name")
            continue
        if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
            findings.error("bad_name", item.source, name[:80], "name", limit=MAX_NAME, better=_better(name))
        elif name in _RESERVED:
            findings.error("reserved_name", item.source, name, "name")
        first = seen.setdefault(name, item.source)
        if first is not item.source:
            findings.error("duplicate_name", item.source, name[:80], "name", file=first.file, line=first.line)


def _better(name: str) -> str:
    better = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")[:MAX_NAME].rstrip("_") or "question"
    return better if not better[0].isdigit() else f"q{better}"
