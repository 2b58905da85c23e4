"""prepare_database on the embedded server, and on servers where an administrator made it hard."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any, LiteralString

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from psycopg import errors as postgres_errors
from psycopg import sql
from psycopg.conninfo import make_conninfo

from authspine.kernel.constraints import CURRENT_ORGANIZATION
from authspine.operations import database
from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.errors import SetUpFailed
from tests.clusters import copy

ROLES = ("authspine_owner", "authspine_app", "authspine_readonly")
RIGHTS = """
    SELECT defaclobjtype, unnest(defaclacl)::text FROM pg_default_acl
    UNION ALL SELECT 'r', rolname || rolsuper || rolbypassrls FROM pg_roles WHERE rolname LIKE 'authspine%'
    UNION ALL SELECT 'd', unnest(datacl)::text FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'n', unnest(nspacl)::text FROM pg_namespace WHERE nspname = 'public'
    UNION ALL SELECT 'e', extname FROM pg_extension
    ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory, made_cluster: Path) -> Iterator[EmbeddedPostgres]:
    """A server of its own: roles belong to the whole server, and these tests make and drop them."""
    folder = tmp_path_factory.mktemp("managed") / "postgres"
    copy(made_cluster, folder)
    with EmbeddedPostgres(folder, durable=False) as server:
        run(server.url("postgres", "postgres"), "DROP DATABASE authspine", f"DROP ROLE {', '.join(ROLES)}")
        yield server


@pytest.fixture
def fresh(managed: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """With logins as a provider gives them: `admin` may make roles and owns the database, `web` may log in."""
    superuser = managed.url("postgres", "postgres")
    run(superuser, "CREATE ROLE admin LOGIN CREATEROLE", "CREATE ROLE web LOGIN", "CREATE ROLE analyst LOGIN")
    run(superuser, "CREATE DATABASE shop OWNER admin")
    yield managed
    run(superuser, "DROP DATABASE shop WITH (FORCE)")
    run(superuser, *(f"DROP ROLE IF EXISTS {role}" for role in (*ROLES, "admin", "web", "analyst")))


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        for statement in statements:
            session.execute(statement.encode())


def rights(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as session:
        return session.execute(RIGHTS).fetchall()


def as_role(url: str, role: str) -> str:
    return make_conninfo(url, options=f"-c role={role}")


def value(statement: LiteralString) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_twice_is_as_good_as_once() -> None:
    name = str(connections["owner"].settings_dict["NAME"])
    owner, app = (make_conninfo(url, dbname=name) for url in (settings.DATABASE_OWNER_URL, settings.DATABASE_URL))
    before = rights(owner)
    database.prepare(owner_url=owner, app_url=app)
    assert rights(owner) == before


def test_the_app_connects_as_a_role_without_powers() -> None:
    assert value("SELECT current_user") == "authspine_app"
    powers = (
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert value(powers) is False
    assert value("SELECT pg_has_role('authspine_app', 'authspine_owner', 'MEMBER')") is False


def test_the_app_owns_nothing() -> None:
    assert value("SELECT count(*) FROM pg_class WHERE relowner = 'authspine_app'::regrole") == 0
    assert value("SELECT has_schema_privilege('public', 'CREATE')") is False
    assert value("SELECT count(*) FROM pg_class WHERE relowner = 'authspine_owner'::regrole AND relkind = 'r'") > 10


def test_the_app_may_write_rows_of_every_table_and_truncate_none() -> None:
    tables = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND "
    assert value(f"{tables} NOT has_table_privilege(oid, 'SELECT')") == 0
    assert value(f"{tables} has_table_privilege(oid, 'TRUNCATE')") == 0
    assert value(f"{tables} has_table_privilege(oid, 'TRIGGER')") == 0


def test_one_administrator_without_superuser_is_enough(fresh: EmbeddedPostgres) -> None:
    url = fresh.url("admin", "shop")
    database.prepare(owner_url=url, app_url=url, one_login=True)
    database.prepare(owner_url=url, app_url=url, one_login=True)
    run(as_role(url, "authspine_owner"), "CREATE TABLE thing (id int)")
    run(as_role(url, "authspine_app"), "INSERT INTO thing VALUES (1)", "UPDATE thing SET id = 2", "DELETE FROM thing")
    for forbidden in ("TRUNCATE thing", "DROP TABLE thing", "CREATE TABLE mine ()"):
        with pytest.raises(postgres_errors.InsufficientPrivilege):
            run(as_role(url, "authspine_app"), forbidden)


def test_a_login_of_its_own_for_the_app_may_take_the_apps_role_only(fresh: EmbeddedPostgres) -> None:
    web = fresh.url("web", "shop")
    database.prepare(owner_url=fresh.url("admin", "shop"), app_url=web)
    run(as_role(web, "authspine_app"), "SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="permission denied to set role"):
        run(as_role(web, "authspine_owner"), "SELECT 1")


SEALED = f"""
    CREATE TABLE sealed (organization_id uuid);
    ALTER TABLE sealed ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON sealed USING (organization_id = {CURRENT_ORGANIZATION});
    CREATE TABLE global (id int);
    CREATE TABLE open (organization_id uuid);
    ALTER TABLE open ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON open USING (true)
"""


def test_a_login_for_reports_reads_sealed_tables_alone(fresh: EmbeddedPostgres) -> None:
    """(E6) On a managed server too; also a table that was made before the role was."""
    admin, analyst = fresh.url("admin", "shop"), fresh.url("analyst", "shop")
    database.prepare(owner_url=admin, app_url=fresh.url("web", "shop"))
    run(as_role(admin, "authspine_owner"), SEALED, "INSERT INTO sealed VALUES (gen_random_uuid())")
    database.prepare(owner_url=admin, app_url=fresh.url("web", "shop"), readonly_url=analyst)
    reader = as_role(analyst, "authspine_readonly")
    with psycopg.connect(reader) as session:
        assert session.execute("SELECT count(*) FROM sealed").fetchone() == (0,)
    writes = ("INSERT INTO sealed VALUES (NULL)", "DELETE FROM sealed")
    for forbidden in ("SELECT FROM global", "SELECT FROM open", *writes):
        with pytest.raises(postgres_errors.InsufficientPrivilege):
            run(reader, forbidden)
    for role in ("authspine_owner", "authspine_app"):
        with pytest.raises(psycopg.OperationalError, match="permission denied to set role"):
            run(as_role(analyst, role), "SELECT 1")


def test_a_login_may_have_its_role_from_the_start(fresh: EmbeddedPostgres) -> None:
    """For a pooler that hands on no `options`, as docs/database.md tells."""
    web = fresh.url("web", "shop")
    database.prepare(owner_url=fresh.url("admin", "shop"), app_url=web)
    run(web, "ALTER ROLE web SET role TO authspine_app")
    with psycopg.connect(web) as session:
        assert session.execute("SELECT current_user").fetchone() == ("authspine_app",)


def test_rights_that_a_migration_took_away_stay_away(fresh: EmbeddedPostgres) -> None:
    url = fresh.url("admin", "shop")
    database.prepare(owner_url=url, app_url=url, one_login=True)
    revoked = "REVOKE DELETE ON ledger FROM authspine_app"
    run(as_role(url, "authspine_owner"), "CREATE TABLE ledger ()", revoked)
    database.prepare(owner_url=url, app_url=url, one_login=True)
    with pytest.raises(postgres_errors.InsufficientPrivilege):
        run(as_role(url, "authspine_app"), "DELETE FROM ledger")


def test_what_another_has_granted_of_the_audit_is_told(fresh: EmbeddedPostgres) -> None:
    """The owner's REVOKE leaves it as it is, without an error."""
    url, web, analyst = (fresh.url(login, "shop") for login in ("admin", "web", "analyst"))
    database.prepare(owner_url=url, app_url=web)
    handed_on = "GRANT INSERT ON audit_entry TO analyst WITH GRANT OPTION"
    run(as_role(url, "authspine_owner"), "CREATE TABLE audit_entry ()", handed_on)
    run(analyst, "GRANT INSERT ON audit_entry TO authspine_app")
    with pytest.raises(SetUpFailed, match="has INSERT on audit_entry by somebody else's grant"):
        database.prepare(owner_url=url, app_url=web)
    run(analyst, "REVOKE INSERT ON audit_entry FROM authspine_app")
    database.prepare(owner_url=url, app_url=web)


def test_a_login_that_may_not_make_roles_is_told_so(fresh: EmbeddedPostgres) -> None:
    url = fresh.url("web", "shop")
    with pytest.raises(SetUpFailed, match=r"permission denied to create role.*needs CREATEROLE"):
        database.prepare(owner_url=url, app_url=url, one_login=True)


TAKEN = [
    ("TEMPORARY ON DATABASE shop", "GRANT ALL ON DATABASE shop TO admin WITH GRANT OPTION"),
    ("CREATE ON SCHEMA public", "GRANT ALL ON SCHEMA public TO admin WITH GRANT OPTION"),
]


@pytest.mark.parametrize("right", [right for right, _ in TAKEN])
def test_what_everybody_could_do_is_taken(fresh: EmbeddedPostgres, right: str) -> None:
    """A database of the time before PostgreSQL 15 lets everybody make tables in it."""
    url = fresh.url("admin", "shop")
    run(fresh.url("postgres", "shop"), f"GRANT {right} TO PUBLIC")
    database.prepare(owner_url=url, app_url=url, one_login=True)
    with pytest.raises(postgres_errors.InsufficientPrivilege):
        run(
            as_role(url, "authspine_app"),
            "CREATE TEMPORARY TABLE mine ()" if "TEMP" in right else "CREATE TABLE mine ()",
        )


@pytest.mark.parametrize("right", [right for right, _ in TAKEN])
def test_what_was_not_taken_though_nothing_refused_it_is_told(fresh: EmbeddedPostgres, right: str) -> None:
    """Who does not own the database takes back only what they have given themselves, without an error."""
    superuser, url, web = (fresh.url(login, "shop") for login in ("postgres", "admin", "web"))
    own = ("ALTER DATABASE shop OWNER TO postgres", "CREATE EXTENSION btree_gist", *(let for _, let in TAKEN))
    run(superuser, *own, *(f"REVOKE {each} FROM PUBLIC" for each, _ in TAKEN), f"GRANT {right} TO PUBLIC")
    told = "nothing refused it: REVOKE TEMPORARY .* let the owner" if "TEMP" in right else "was given more than rows"
    with pytest.raises(SetUpFailed, match=told):
        database.prepare(owner_url=url, app_url=web)
    run(superuser, f"REVOKE {right} FROM PUBLIC")
    database.prepare(owner_url=url, app_url=web)


@pytest.mark.parametrize("power", ["BYPASSRLS", "SUPERUSER"])
def test_an_app_role_with_powers_is_refused(fresh: EmbeddedPostgres, power: str) -> None:
    url = fresh.url("postgres", "shop")
    run(url, f"CREATE ROLE authspine_app {power}")
    with pytest.raises(SetUpFailed, match="take that from it"):
        database.prepare(owner_url=url, app_url=url, one_login=True)


def test_an_app_role_that_belongs_to_the_owner_is_refused(fresh: EmbeddedPostgres) -> None:
    url = fresh.url("postgres", "shop")
    run(url, "CREATE ROLE authspine_owner", "CREATE ROLE authspine_app IN ROLE authspine_owner")
    with pytest.raises(SetUpFailed, match="belongs to authspine_owner"):
        database.prepare(owner_url=url, app_url=url, one_login=True)


def test_nothing_is_half_done_after_a_refusal(fresh: EmbeddedPostgres) -> None:
    url = fresh.url("postgres", "shop")
    run(url, "CREATE ROLE authspine_app BYPASSRLS")
    with pytest.raises(SetUpFailed):
        database.prepare(owner_url=url, app_url=url, one_login=True)
    with psycopg.connect(url) as session:
        assert not session.execute("SELECT FROM pg_roles WHERE rolname = 'authspine_owner'").rowcount


def test_the_command_says_in_one_line_why_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/app")
    with pytest.raises(CommandError, match=r"^DATABASE_URL: .*Connection refused$") as refused:
        call_command("prepare_database")
    assert refused.value.returncode == 2
    assert "secret" not in str(refused.value)


def test_migrations_run_as_the_owner() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("SELECT current_user").as_string())
        assert cursor.fetchone() == ("authspine_owner",)
    call_command("migrate", verbosity=0, check_unapplied=True)


def test_who_waits_for_a_turn_is_told_once_for_whom(fresh: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(database, "TURN_SECONDS", 0.01)
    url, told, waited = fresh.url("admin", "shop"), [], Event()

    def tell(words: str) -> None:
        told.append(words)
        waited.set()

    def waits() -> None:
        with database.queue(url, "DATABASE_OWNER_URL", to="wait", tell=tell):
            pass

    with ThreadPoolExecutor(1) as other, psycopg.connect(url, autocommit=True, application_name="a shell") as holder:
        who = holder.info.backend_pid
        holder.execute("SELECT pg_advisory_lock(hashtext('authspine.wait'))")
        waiting = other.submit(waits)
        assert waited.wait(30)
        time.sleep(0.3)  # time to tell it again
        holder.execute("SELECT pg_advisory_unlock_all()")
        waiting.result(30)
    assert told == [f"Waiting for another wait: process {who} of the database (a shell) has the turn."]


def test_who_waits_for_a_turn_holds_up_no_index(fresh: EmbeddedPostgres) -> None:
    """Building one waits for every older statement in the database: neither would ever go on."""
    url, second = fresh.url("admin", "shop"), Event()

    def waits() -> None:
        with database.queue(url, "DATABASE_OWNER_URL", to="wait", tell=print):
            second.set()

    run(url, "CREATE SCHEMA own; CREATE TABLE own.history (id int)")
    with ThreadPoolExecutor(1) as other, database.queue(url, "DATABASE_OWNER_URL", to="wait", tell=print):
        other.submit(waits)
        time.sleep(1)  # time to come, and to wait
        run(url, "SET statement_timeout = '5s'", "CREATE INDEX CONCURRENTLY ON own.history (id)")
        assert not second.is_set()
    assert second.is_set()
