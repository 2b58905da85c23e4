"""E29: whatever is changed, removed or put in after an entry was numbered is found."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from authspine.audit import chain
from authspine.audit.models import AuditEntry, AuditHead
from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations import tasks
from authspine.orchestrator import auditing
from tests.audit.chains import add_entries, tampering, verify
from tests.audit.entries import entries
from tests.fixtures import Maker, new_organization


@pytest.fixture
def chained(organization: Organization) -> list[AuditEntry]:
    """The entries of an organization that has just been made, and fifty more."""
    add_entries(organization, 50)
    assert verify(organization)[0] == 0
    return entries(organization)


def test_e29_an_untouched_chain_is_whole(organization: Organization, chained: list[AuditEntry]) -> None:
    code, said, wrong = verify(organization)
    assert (code, wrong) == (0, [])
    head = bytes(chained[-1].hash or b"").hex()
    assert said == f"{organization.slug}: {len(chained)} entries, whole, head {head}."
    assert sorted(entry.number or 0 for entry in chained) == list(range(1, len(chained) + 1))


def change(cursor: Any, entry: AuditEntry) -> None:
    cursor.execute("UPDATE audit_entry SET changes = '{\"version\": [0, 0]}' WHERE id = %s", [entry.id])


def remove(cursor: Any, entry: AuditEntry) -> None:
    cursor.execute("DELETE FROM audit_entry WHERE id = %s", [entry.id])


def put_in(cursor: Any, entry: AuditEntry) -> None:
    """Behind this entry, under its number: another would leave a gap."""
    cursor.execute("DROP INDEX audit_entry_number")
    cursor.execute(
        "INSERT INTO audit_entry"
        " (organization_id, at, actor, address, request_id, resource, verb, changes, number, hash)"
        " SELECT organization_id, at, 'user:x', address, request_id, resource, verb, changes, number, hash"
        " FROM audit_entry WHERE id = %s",
        [entry.id],
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01T00:00:00Z"), ("actor", "system:x"), ("address", "10.0.0.1"), ("request_id", "x"),
        ("resource", "x"), ("row", "00000000-0000-0000-0000-000000000000"),
        ("person", "00000000-0000-0000-0000-000000000000"), ("people", "{00000000-0000-0000-0000-000000000000}"),
        ("verb", "read"), ("changes", "{}"), ("hash", "\\x00"),
    ],
)  # fmt: skip
def test_e29_each_column_is_part_of_it(
    organization: Organization, chained: list[AuditEntry], column: str, value: str
) -> None:
    with tampering() as cursor:
        cursor.execute(f'UPDATE audit_entry SET "{column}" = %s WHERE id = %s', [value, chained[20].id])
    code, _, wrong = verify(organization)
    assert code == 1
    assert wrong[0].startswith(f"the entry {chained[20].number} (id {chained[20].id}) is not what it was")


def test_e29_a_removed_row_is_found(organization: Organization, chained: list[AuditEntry]) -> None:
    with tampering() as cursor:
        remove(cursor, chained[20])
    assert verify(organization)[2] == [f"the entry {chained[20].number} is missing."]
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [chained[21].id])
    assert verify(organization)[2] == [f"the entries {chained[20].number} to {chained[21].number} are missing."]


def test_e29_a_removed_end_is_found(organization: Organization, chained: list[AuditEntry]) -> None:
    last = max(entry.number or 0 for entry in chained)
    with tampering() as cursor:
        cursor.execute(
            "DELETE FROM audit_entry WHERE organization_id = %s AND number > %s", [organization.id, last - 3]
        )
    code, _, wrong = verify(organization)
    assert (code, wrong) == (1, [f"the entries {last - 2} to {last}, the last ones, are missing."])


def test_e29_a_removed_beginning_is_found(organization: Organization, chained: list[AuditEntry]) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE organization_id = %s AND number < 4", [organization.id])
    assert verify(organization)[2] == ["the entries 1 to 3 are missing."]


def test_e29_a_row_that_was_put_in_is_found(organization: Organization, chained: list[AuditEntry]) -> None:
    with pytest.raises(RuntimeError), tampering() as cursor:
        put_in(cursor, chained[20])
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization.id)])
        cursor.execute(chain._STORED, [organization.id])
        proof = chain.Proof()
        for number, row, stored, text in cursor.fetchall():
            chain._compare(proof, number, row, bytes(stored), text)
        assert [re.sub(r"id \d+", "id", fault) for fault in proof.faults] == [
            f"the entry {chained[20].number} (id) stands there twice: one was put in"
        ]
        raise RuntimeError("the index comes back")


def test_e29_a_changed_head_is_found(organization: Organization, chained: list[AuditEntry]) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE audit_head SET hash = '\\x00' WHERE organization_id = %s", [organization.id])
    code, _, wrong = verify(organization)
    assert code == 1
    assert "another hash" in wrong[0]


COUNT = 100_000


def test_e29_one_changed_and_one_removed_row_among_100_000(organization: Organization) -> None:
    add_entries(organization, COUNT)
    code, said, _ = verify(organization)
    assert (code, int(said.split()[1]) >= COUNT) == (0, True)
    with organization_scope(organization, SYSTEM):
        changed, removed = AuditEntry.objects.filter(number__in=[31_415, 77_777]).order_by("number")
    with tampering() as cursor:
        change(cursor, changed)
        remove(cursor, removed)
    code, _, wrong = verify(organization)
    assert code == 1
    assert wrong == [
        f"the entry 31415 (id {changed.id}) is not what it was, or the hash of the one before is not.",
        "the entry 77777 is missing.",
    ]


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET number = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_e29_nobody_changes_or_removes_entries(chained: list[AuditEntry], table: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match="audit_"), transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(statement.format(table))


@pytest.mark.parametrize("more", ["actor = 'x'", "changes = '[]'", "at = now()"])
def test_e29_while_it_is_numbered_nothing_else_changes(organization: Organization, more: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(
            f"UPDATE audit_entry SET number = 999, hash = '\\x00', {more} WHERE organization_id = %s", [organization.id]
        )


FORGED = (
    "INSERT INTO audit_entry (organization_id, at, actor, address, request_id, resource, verb, changes)"
    " VALUES (current_setting('app.organization_id')::uuid, now(), '', '', '', '', 'read', '{}')"
)


@pytest.mark.parametrize(
    "statement",
    [
        FORGED,
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_head SET number = number + 1",
        "DELETE FROM audit_head",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        "ALTER TABLE clients_client DISABLE TRIGGER USER",
        "DROP TRIGGER clients_client_audited_update ON clients_client",
        "SET session_replication_role = replica",
    ],
)
def test_e6_the_app_can_neither_forge_nor_remove(organization: Organization, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        organization_scope(organization, SYSTEM),
    ):
        connection.cursor().execute(statement)


def test_e6_no_trigger_of_the_audit_fires_for_a_table_of_ones_own(organization: Organization) -> None:
    """It would write what is in there as the owner, of whatever organization. The app makes no table, and had it one,
    no trigger of the audit could be put on it."""
    with (
        pytest.raises(ProgrammingError, match="permission denied to create temporary tables"),
        organization_scope(organization, SYSTEM),
    ):
        connection.cursor().execute("CREATE TEMPORARY TABLE forged (LIKE clients_consent)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('clients_consent_audited()', 'EXECUTE')")
        assert cursor.fetchone() == (False,)


def test_another_organization_sees_and_chains_nothing_of_it(organization: Organization) -> None:
    other = new_organization()
    add_entries(organization, 5)
    with organization_scope(other, SYSTEM):
        while chain.extend():
            pass
        assert not AuditEntry._base_manager.filter(organization_id=organization.id).exists()
        assert {head.organization_id for head in AuditHead._base_manager.all()} == {other.id}
    assert all(entry.number is None for entry in entries(organization))


def test_the_job_of_every_minute_numbers_what_is_committed(organization: Organization, make: Maker) -> None:
    make.client()
    closed = new_organization()
    identity_actions.close_organization(closed)
    going_on: Any = SimpleNamespace(should_abort=lambda: False)
    tasks.chain_audit.func(going_on, 0)
    for each in (organization, closed):
        assert all(entry.number for entry in entries(each))
    assert chain.pending() == []


def test_entries_are_numbered_in_batches(organization: Organization) -> None:
    add_entries(organization, 7)
    with organization_scope(organization, SYSTEM):
        assert chain.extend(3) == 3
        assert chain.extend(3) == 3
    proof = auditing.prove(organization)
    assert (proof.faults, proof.count) == ([], 6)
    assert proof.waiting == len(entries(organization)) - 6


def test_what_is_not_committed_is_numbered_later(organization: Organization, make: Maker) -> None:
    """The number is the order of the chain; the order of the entries is that of their ids."""
    with transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(
            "UPDATE identity_organization SET name = 'Later' WHERE id = %s", [organization.id]
        )
        make.client()
        auditing.extend(organization)
        assert auditing.prove(organization).faults == []
    found = entries(organization)
    (late,) = [entry for entry in found if entry.changes.get("name") == [organization.name, "Later"]]
    assert late.number is None
    auditing.extend(organization)
    assert auditing.prove(organization).count == len(found)
    (late,) = entries(organization, id=late.id)
    assert late.number == len(found)
    assert late.id < found[-1].id


def test_settings_of_the_server_change_nothing(organization: Organization, chained: list[AuditEntry]) -> None:
    strange = [
        "timezone = 'Asia/Kathmandu'",
        "datestyle = 'German'",
        "extra_float_digits = 0",
        "bytea_output = 'escape'",
    ]
    with organization_scope(organization, SYSTEM):
        for setting in strange:
            connection.cursor().execute(f"SET LOCAL {setting}")
        assert chain.prove().faults == []


def test_progress_is_told(organization: Organization, chained: list[AuditEntry]) -> None:
    told: list[int] = []
    add_entries(organization, 2100)
    auditing.extend(organization)
    count = auditing.prove(organization, progress=told.append).count
    assert sum(told) == count
    assert told[:2] == [1000, 1000]
