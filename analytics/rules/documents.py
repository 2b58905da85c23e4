"""Events as documents: a table for spreadsheets, or a list for programs, in pieces of text.

Each piece is made of one row, so that any number of rows fits in the memory of a few.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from authspine.kernel.spreadsheet import cell

FIELDS = ("id", "type", "timestamp", "user", "session_id", "data")

type Row = tuple[Any, ...]  # the values of FIELDS


def as_csv(rows: Iterable[Row]) -> Iterator[str]:
    """A header and a line for each event, quoted as RFC 4180 has it; no cell runs as a formula."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(FIELDS)
    for row in rows:
        yield _taken(line)
        writer.writerow([cell(_plain(value)) for value in row])
    yield _taken(line)


def as_json(rows: Iterable[Row]) -> Iterator[str]:
    """A list of objects, one on each line."""
    before = "[\n"
    for row in rows:
        told = {field: value if field == "data" else _plain(value) for field, value in zip(FIELDS, row, strict=True)}
        yield before + json.dumps(told, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


FORMATS: dict[str, Callable[[Iterable[Row]], Iterator[str]]] = {"csv": as_csv, "json": as_json}


def _plain(value: object) -> str | None:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
