"""docs/access.md says what the permission table says, line by line."""

import os
from pathlib import Path

from authspine.identity import access

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
BEGINS, ENDS = "<!-- table -->\n", "<!-- end of the table -->\n"
COLUMNS = (*access.ROLES, *access.KEYS)


def table() -> str:
    """Resource by who: the verbs, in the table's own order."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for resource in access.TABLE:
        cells = (", ".join(access.verbs_of(who, resource)).replace("_", " ") or "–" for who in COLUMNS)
        lines.append(f"| {resource.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_page_has_the_table_as_it_is() -> None:
    """After a change of the table: `WRITE_TABLE=1` writes the page anew."""
    before, rest = PAGE.read_text().split(BEGINS)
    if os.environ.get("WRITE_TABLE"):
        PAGE.write_text(before + BEGINS + table() + ENDS + rest.split(ENDS)[1])
    assert PAGE.read_text() == before + BEGINS + table() + ENDS + rest.split(ENDS)[1]
