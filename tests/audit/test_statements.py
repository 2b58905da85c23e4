"""Among many entries each way to ask for some is found by an index, under row-level security."""

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from authspine.audit import reading
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from tests.api.test_statements import statements
from tests.fixtures import new_organization
from tests.rest import caller

COUNT = 30_000
# Pages of the table and its indexes: all that is read of them by who finds a few entries by an index.
FEW = 60

_MANY = """
    INSERT INTO audit_entry
        (organization_id, at, actor, address, request_id, resource, "row", person, people, verb, changes)
    SELECT %(organization)s::uuid, now() - n * interval '1 second', 'user:' || n %% 500, '', 'asked-' || n / 3,
        'bookings.Booking', md5('row' || n / 5)::uuid,
        CASE WHEN n %% 2 = 0 THEN md5(%(organization)s || 'who' || n / 10)::uuid END,
        CASE WHEN n %% 2 = 1 THEN ARRAY[md5(%(organization)s || 'who' || n / 10)::uuid] END, 'change', '{}'
    FROM generate_series(1, %(count)s) n
"""


@pytest.fixture(scope="module")
def many(database: str) -> Organization:
    """An organization with many entries, of many people about many people of its own, beside another with as many."""
    found = [new_organization() for _ in range(2)]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for organization in found:
            cursor.execute(_MANY, {"organization": str(organization.id), "count": COUNT})
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_entry")
    return found[0]


@pytest.fixture(scope="module")
def who(many: Organization) -> UUID:
    with organization_scope(many, SYSTEM):
        found = reading.entries().exclude(person=None).order_by("id")[700].person
    assert found
    return found


def walks(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from walks(child)


def planned(many: Organization, sql: str, options: str = "FORMAT JSON") -> list[dict[str, Any]]:
    with organization_scope(many, SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}) {sql}")
        [(plan,)] = cursor.fetchall()
    [root] = plan if isinstance(plan, list) else json.loads(plan)
    return list(walks(root["Plan"]))


def asked(many: Organization, **filters: str) -> list[dict[str, Any]]:
    """The plan of a page of `GET /audit`, as it is: nothing is forbidden to the server."""
    api = caller(many, "admin")
    assert api.get("/audit", **filters).json()["results"]
    [sql] = [sql for sql in statements(lambda: api.get("/audit", **filters)) if '"at" DESC' in sql]
    return planned(many, sql)


@pytest.mark.parametrize(
    ("filters", "index", "column"),
    [
        ({"actor": "user:7"}, "audit_entry_actor", "actor"),
        ({"request_id": "asked-700"}, "audit_entry_request", "request_id"),
        ({"row": str(UUID(md5(b"row700").hexdigest()))}, "audit_entry_row", '"row"'),
        ({"after": (clock.now() - timedelta(seconds=100)).isoformat()}, "audit_entry_list", "at"),
        ({"before": (clock.now() - timedelta(seconds=20_000)).isoformat()}, "audit_entry_list", "at"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_filter_is_found_by_its_index(
    many: Organization, filters: dict[str, str], index: str, column: str
) -> None:
    scans = [node for node in asked(many, **filters) if "Scan" in node["Node Type"]]
    [walked] = [node for node in scans if "Index Name" in node]
    assert walked["Index Name"] == index, scans
    assert f"{column} " in walked["Index Cond"], walked
    assert "organization_id" in walked["Index Cond"], walked


@pytest.mark.parametrize("filters", [{}, {"actor": "user:7"}])
def test_nothing_is_sorted_where_an_index_keeps_the_order(many: Organization, filters: dict[str, str]) -> None:
    assert "Sort" not in {node["Node Type"] for node in asked(many, **filters)}


def pages_read(cursor: Any, who: UUID) -> int:
    """How many pages the server looks at to find what is about somebody, once it has learnt how the tables look, which
    others may make it forget at any time: so the fewest of some.
    """
    counts = []
    for _ in range(4):
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT audit_about(%s)", [who])
        [(plan,)] = cursor.fetchall()
        [root] = plan if isinstance(plan, list) else json.loads(plan)
        counts.append(int(root["Plan"]["Shared Hit Blocks"] + root["Plan"]["Shared Read Blocks"]))
    return min(counts)


def test_what_is_about_somebody_is_found_by_two_indexes(many: Organization, who: UUID) -> None:
    """A function finds it, whose own plan is not to be seen from outside: so the pages are counted that it reads."""
    with organization_scope(many, SYSTEM), connection.cursor() as cursor:
        assert {entry.people is None for entry in reading.about(who)} == {True, False}
        assert pages_read(cursor, new_id()) < FEW
        assert pages_read(cursor, who) < FEW


def test_exports_of_everything_are_found_by_an_index_of_theirs(many: Organization, who: UUID) -> None:
    found = {node.get("Index Name") for node in asked(many, person=str(who))}
    assert "audit_entry_export" in found, found


@pytest.mark.parametrize("index", ["audit_entry_person", "audit_entry_people"])
def test_the_control_without_one_of_them_all_is_read(many: Organization, who: UUID, index: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(many.id)])
        assert pages_read(cursor, who) < FEW
        cursor.execute(f"DROP INDEX {index}")
        assert pages_read(cursor, who) > 5 * FEW
        raise RuntimeError("the index comes back")
