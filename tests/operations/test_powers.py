"""(E6) What the app's role and the reports' role cannot do, each tried: the database itself refuses it."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from psycopg import errors as postgres_errors
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from authspine.identity.models import Organization
from authspine.kernel.constraints import AppendOnly
from authspine.kernel.models import TenantModel
from authspine.operations import reports
from authspine.operations.seals import GLOBAL
from tests.fixtures import Maker, new_organization

SEALED = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel))
# History and the ledger: rows are added, and that is all.
APPEND_ONLY = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if any(isinstance(one, AppendOnly) for one in model._meta.constraints)
)

OF_EACH_TABLE = [
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} ADD COLUMN mine int",
    "ALTER TABLE {} OWNER TO authspine_app",
    "CREATE POLICY mine ON {} USING (true)",
    "CREATE TRIGGER mine BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE INDEX mine ON {} ((1))",
    "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
]
OF_THE_DATABASE = [
    "SET ROLE authspine_owner",
    "SET SESSION AUTHORIZATION authspine_owner",
    "CREATE TABLE public.mine ()",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION dblink",
    "CREATE ROLE mine SUPERUSER",
    "ALTER ROLE authspine_app BYPASSRLS",
    "GRANT authspine_owner TO authspine_app",
    "ALTER DEFAULT PRIVILEGES FOR ROLE authspine_owner GRANT ALL ON TABLES TO PUBLIC",
    "SET session_replication_role = replica",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "SELECT pg_read_file('/etc/passwd')",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SELECT lo_import('/etc/passwd')",
    "CREATE DATABASE mine",
]


def refused(session: psycopg.Connection[Any], statement: str) -> None:
    """By a lack of rights, and not by something else that would have been in the way first."""
    inside = session.info.transaction_status != TransactionStatus.IDLE
    with pytest.raises(postgres_errors.InsufficientPrivilege), session.transaction() if inside else nullcontext():
        session.execute(statement.encode())


def connected(role: str) -> psycopg.Connection[Any]:
    name = str(connections["default"].settings_dict["NAME"])
    url = settings.DATABASE_URL if role == "authspine_app" else make_conninfo(settings.DATABASE_URL, user=role)
    return psycopg.connect(make_conninfo(url, dbname=name, options=f"-c role={role}"), autocommit=True)


@pytest.fixture(scope="module", params=["authspine_app", "authspine_readonly"])
def anybody(database: str, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    with connected(request.param) as session:
        yield session


@pytest.fixture(scope="module")
def app(database: str) -> Iterator[psycopg.Connection[Any]]:
    with connected("authspine_app") as session:
        yield session


@pytest.fixture(scope="module")
def report(database: str) -> Iterator[psycopg.Connection[Any]]:
    with connected("authspine_readonly") as session:
        yield session


@pytest.mark.parametrize("statement", OF_EACH_TABLE)
def test_e6_no_table_can_be_changed(anybody: psycopg.Connection[Any], statement: str) -> None:
    for table in (*SEALED, *GLOBAL):
        refused(anybody, statement.format(table))


@pytest.mark.parametrize("statement", OF_THE_DATABASE)
def test_e6_nor_the_database_nor_its_roles(anybody: psycopg.Connection[Any], statement: str) -> None:
    refused(anybody, statement)


def test_e6_neither_is_powerful_nor_owns_anything(anybody: psycopg.Connection[Any]) -> None:
    powers = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
    assert anybody.execute(f"{powers} WHERE rolname = current_user").fetchone() == (False,) * 5
    assert anybody.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone() == (0,)
    assert anybody.execute("SELECT count(*) FROM pg_proc WHERE proowner = current_user::regrole").fetchone() == (0,)
    member = "SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole"
    assert anybody.execute(member).fetchone() == (0,)


def test_e6_switching_the_policies_off_is_an_error_and_shows_no_row(anybody: psycopg.Connection[Any]) -> None:
    """`row_security = off` is for backups: who is bound by a policy gets an error in place of all rows."""
    with anybody.transaction(force_rollback=True):
        anybody.execute("SET LOCAL row_security = off")
        refused(anybody, "SELECT count(*) FROM clients_client")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_e6_history_and_the_ledger_are_only_added_to(app: psycopg.Connection[Any], table: str) -> None:
    for statement in (f"UPDATE {table} SET created_at = now()", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        refused(app, statement)


def test_e6_the_tables_of_money_are_among_them() -> None:
    assert {"payments_ledgerentry", "payments_ledgertransaction"} <= set(APPEND_ONLY)


@pytest.mark.parametrize("table", SEALED)
def test_e6_a_report_writes_no_row(report: psycopg.Connection[Any], table: str) -> None:
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
        refused(report, statement)


@pytest.mark.parametrize("table", sorted([*GLOBAL, *reports.SECRET]))
def test_e6_a_report_reads_nothing_to_sign_in_or_decrypt_with(report: psycopg.Connection[Any], table: str) -> None:
    refused(report, f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("table", sorted({*SEALED} - {*reports.SECRET}))
def test_e6_a_report_reads_the_organization_that_it_names(
    report: psycopg.Connection[Any], organization: Organization, table: str
) -> None:
    assert report.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with report.transaction():
        report.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization.id)])
        found = report.execute(f"SELECT DISTINCT organization_id FROM {table}").fetchall()
    assert found in ([], [(organization.id,)])


def test_e6_a_report_sees_its_rows(report: psycopg.Connection[Any], make: Maker) -> None:
    mine, theirs = make.booking(), Maker(new_organization()).booking()
    with report.transaction():
        report.execute("SELECT set_config('app.organization_id', %s, true)", [str(make.organization.id)])
        found = {id for (id,) in report.execute("SELECT id FROM bookings_booking").fetchall()}
    assert mine.id in found
    assert theirs.id not in found


def test_e6_functions_with_their_owners_rights_are_not_for_reports(report: psycopg.Connection[Any]) -> None:
    refused(report, "SELECT clients_client_found(ARRAY[1]::bigint[])")


def test_the_app_connects_as_the_role_that_was_tried() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("authspine_app",)
