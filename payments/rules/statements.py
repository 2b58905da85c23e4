"""Statements as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from authspine.kernel.money import Money, format_amount
from authspine.kernel.spreadsheet import cell

AMOUNTS = ("opening", "earned", "refunded", "closing", "fees")
HEADER = ("professional", "name", "from", "to", "currency", *AMOUNTS, "bookings")


def as_csv(rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Money]]]) -> str:
    """A header and a line for each statement, quoted as RFC 4180 has it, amounts in the major unit.

    No cell runs as a formula: of an amount that is below nothing the cell is a number, which is none.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADER)
    for words, money in rows:
        told = {name: cell(value) for name, value in words.items()}
        amounts = {name: format_amount(one.amount_cents, one.currency) for name, one in money.items()}
        writer.writerow([(told | amounts)[name] for name in HEADER])
    return table.getvalue()
