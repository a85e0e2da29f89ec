"""Write the module index of docs/architecture.md: the first line of each module's docstring.

python .ci/module_index.py           rewrite the section
python .ci/module_index.py --check   exit 1 if it is not current
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- modules: begin -->\n", "<!-- modules: end -->\n"
PACKAGES = ("survey_tui", "sync/survey_sync")


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    current = with_index(page)
    if "--check" in sys.argv:
        return int(current != page)
    PAGE.write_text(current, encoding="utf-8")
    return 0


def with_index(page: str) -> str:
    """The page with the section between the two markers written anew."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + "\n".join(index()) + "\n" + END + tail


def index() -> Iterator[str]:
    """A table for each folder; texts and the scaffold of new plugins are left out."""
    for package in PACKAGES:
        folders = sorted({path.parent for path in (ROOT / package).rglob("*.py")})
        for folder in folders:
            name = folder.relative_to(ROOT).as_posix()
            if "/locale/" in name or "/blank" in name or "__pycache__" in name:
                continue
            yield f"\n**`{name}`** {first_line(folder / '__init__.py')}\n"
            yield "| module | |"
            yield "| --- | --- |"
            for path in sorted(folder.glob("*.py")):
                if path.name != "__init__.py":
                    yield f"| `{path.name}` | {first_line(path)} |"


def first_line(path: Path) -> str:
    """First paragraph of the module's docstring, on one line."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n", 1)[0].split()).replace("|", "\\|").replace("``", "`")


if __name__ == "__main__":
    sys.exit(main())
