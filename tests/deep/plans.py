"""Plans of the statements that the product sends, as the server would run them for the app role inside a scope."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope

ENGINE = re.compile(r'"?bookings_(?:booking|session|occupancy)\b')
EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")
# The policy's own condition reaches every index. Alone it is an organization's whole table.
COLUMNS = re.compile(r"\b(\w+)\b (?:=|<|>|<=|>=|IS) ?")


@dataclass(frozen=True)
class Scan:
    """One access to a table: by which index, and which columns the index itself compares."""

    table: str
    kind: str
    index: str
    columns: frozenset[str]


def of(organization: Organization, journey: Callable[[], object]) -> list[Scan]:
    """Every access to the engine's tables by the statements of a journey, which is called inside a scope.

    Seen with the values that it had. What it writes is rolled back by the caller, or stays.
    """
    with organization_scope(organization, SYSTEM), CaptureQueriesContext(connection) as captured:
        journey()
    return explained(organization, captured)


def explained(organization: Organization, captured: CaptureQueriesContext) -> list[Scan]:
    """The same for statements that were captured on the way of a request. EXPLAIN runs none of them."""
    scans: list[Scan] = []
    statements = [query["sql"] for query in captured.captured_queries]
    with organization_scope(organization, SYSTEM), connection.cursor() as cursor:
        for statement in statements:
            if statement.startswith(EXPLAINED) and ENGINE.search(statement):
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
                [(plan,)] = cursor.fetchall()
                [root] = plan if isinstance(plan, list) else json.loads(plan)
                scans += _scans(root["Plan"], "")
    return scans


def _scans(node: dict[str, Any], table: str) -> Iterator[Scan]:
    table = node.get("Relation Name", table)
    index = node.get("Index Name", "")
    # A bitmap's heap side is told of by the index scans beneath it.
    if ENGINE.match(table) and (index or node["Node Type"] == "Seq Scan"):
        condition = node.get("Index Cond", "")
        yield Scan(table, node["Node Type"], index, frozenset(COLUMNS.findall(condition)))
    for child in node.get("Plans", ()):
        yield from _scans(child, table if "Bitmap" in child["Node Type"] else "")
