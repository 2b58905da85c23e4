"""Makes a PostgreSQL database ready for the migrations: roles, their grants, the extension. Safe to run again.

What holds afterwards: `authspine_owner` may make tables in schema public; `authspine_app` may read and write rows of
every table that the owner makes from then on, owns nothing, and is bound by every row-level policy. Tables that exist
already get no more rights than they have, since a migration may have taken some away on purpose; what `rights` lists is
taken away again. `authspine_readonly` may read what `reports` opens.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, Final, LiteralString

import psycopg
from psycopg import errors as postgres_errors
from psycopg import sql

from authspine.operations import powers, reports, rights
from authspine.operations.errors import SetUpFailed

OWNER: Final = "authspine_owner"
APP: Final = "authspine_app"
CONNECT_SECONDS: Final = 5
TURN_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 5.0

# (is it so already, make it so). Looked at first: a login that may not grant can still run this after somebody who may.
# And again afterwards: who may grant, and does not own what it is about, is only warned that nothing came of it.
GRANTS: Final[list[tuple[LiteralString, LiteralString]]] = [
    (
        "has_database_privilege('authspine_owner', current_database(), 'CREATE')",
        "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO authspine_owner",
    ),
    (
        "has_database_privilege('authspine_app', current_database(), 'CONNECT')",
        "GRANT CONNECT ON DATABASE {database} TO authspine_app",
    ),
    # Which everybody could until PostgreSQL 15: a function there would be found before the one that was meant. Before
    # the owner is given it, who may have had it as one of everybody.
    (
        "NOT has_schema_privilege('authspine_app', 'public', 'CREATE')",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ),
    (
        "has_schema_privilege('authspine_owner', 'public', 'CREATE')",
        "GRANT USAGE, CREATE ON SCHEMA public TO authspine_owner",
    ),
    ("has_schema_privilege('authspine_app', 'public', 'USAGE')", "GRANT USAGE ON SCHEMA public TO authspine_app"),
    (
        "has_database_privilege('authspine_readonly', current_database(), 'CONNECT')",
        "GRANT CONNECT ON DATABASE {database} TO authspine_readonly",
    ),
    (
        "has_schema_privilege('authspine_readonly', 'public', 'USAGE')",
        "GRANT USAGE ON SCHEMA public TO authspine_readonly",
    ),
    # A temporary table would come before a real one of the same name, wherever a statement does not say the schema.
    (
        "NOT has_database_privilege('authspine_app', current_database(), 'TEMPORARY')",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, authspine_app",
    ),
    ("EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')", "CREATE EXTENSION btree_gist"),
]

# Who has a turn in this database, and what that session calls itself.
_HOLDER: Final[LiteralString] = """
    SELECT pid, COALESCE(NULLIF(application_name, ''), 'nameless')
    FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = hashtext(%s)
"""

# Never TRUNCATE: no policy is asked for it.
DEFAULT_PRIVILEGES: Final[list[LiteralString]] = [
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO authspine_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO authspine_app",
]


def prepare(*, owner_url: str, app_url: str, readonly_url: str = "", one_login: bool = False) -> None:
    """Each login ends up able to take its role and no other. SetUpFailed where the server or a login does not allow it.

    With `one_login`, for a demo, the app may log in as an administrator, and only its role has to be without powers.
    """
    app_login = login_of(app_url, "DATABASE_URL")
    readonly_login = login_of(readonly_url, "DATABASE_READONLY_URL") if readonly_url else None
    with connected(owner_url, "DATABASE_OWNER_URL") as connection, _explained(), connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('authspine.prepare_database'))")
        _create_roles(connection)
        _grant_role(connection, OWNER, connection.info.user)
        _grant_role(connection, APP, app_login)
        if readonly_login:
            _grant_role(connection, reports.ROLE, readonly_login)
        _grant_privileges(connection)
        for role, login, name in (
            (APP, None if one_login else app_login, "DATABASE_URL"),
            (reports.ROLE, readonly_login, "DATABASE_READONLY_URL"),
        ):
            _refuse_powers(connection, role, login, name)
        _read_back(connection)


def login_of(url: str, name: str) -> str:
    with connected(url, name) as connection:
        return connection.info.user


@contextmanager
def connected(url: str, name: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the login itself, without its role, which need not exist yet. `name` is the variable to blame."""
    try:
        connection = psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="authspine set-up"
        )
    except psycopg.ProgrammingError as error:
        # The library's message would quote the URL, and with it the password.
        raise SetUpFailed(
            f"{name} cannot be read; it looks like postgresql://user:password@host:5432/database."
        ) from error
    except psycopg.OperationalError as error:
        raise SetUpFailed(f"{name}: {one_line(error)}") from error
    with connection:
        yield connection


@contextmanager
def queue(url: str, name: str, to: str, *, tell: Callable[[str], object]) -> Iterator[None]:
    """Within, nobody else is: who wants `to` do the same to this database meanwhile waits, however long, and after a
    while is told for whom. A killed process leaves it at once.

    Asked again and again: a statement that waited would be waited for by an index that is built without a lock, while
    whoever builds it holds the turn.
    """
    turn, patient_until = f"authspine.{to}", time.monotonic() + PATIENCE_SECONDS
    with connected(url, name) as connection:
        while not _is_so(connection, "pg_try_advisory_lock(hashtext(%s))", turn):
            if time.monotonic() > patient_until and (holder := connection.execute(_HOLDER, [turn]).fetchone()):
                tell(f"Waiting for another {to}: process {holder[0]} of the database ({holder[1]}) has the turn.")
                patient_until = inf
            time.sleep(TURN_SECONDS)
        yield


def one_line(error: Exception) -> str:
    """What the server or libpq said, without their advice on further lines."""
    lines = [" ".join(line.split()) for line in str(error).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(("Is the server running", "DETAIL", "HINT")))


def _create_roles(connection: psycopg.Connection[Any]) -> None:
    for role in (OWNER, APP, reports.ROLE):
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))


def _grant_role(connection: psycopg.Connection[Any], role: str, login: str) -> None:
    """Who creates a role may administer it, but may not take it before granting it to himself."""
    if not _is_so(connection, "pg_has_role(%s, %s, 'SET')", login, role):
        statement = sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET TRUE")
        connection.execute(statement.format(sql.Identifier(role), sql.Identifier(login)))


def _grant_privileges(connection: psycopg.Connection[Any]) -> None:
    database = sql.Identifier(connection.info.dbname)
    for condition, statement in GRANTS:
        if not _is_so(connection, condition):
            connection.execute(sql.SQL(statement).format(database=database))
    connection.execute("SET LOCAL ROLE authspine_owner")
    for statement in DEFAULT_PRIVILEGES:
        connection.execute(statement)
    reports.open_tables(connection)
    rights.take_away(connection, APP)
    connection.execute("RESET ROLE")


def _read_back(connection: psycopg.Connection[Any]) -> None:
    for condition, statement in GRANTS:
        if not _is_so(connection, condition):
            wanted = sql.SQL(statement).format(database=sql.Identifier(connection.info.dbname)).as_string(connection)
            raise SetUpFailed(
                f"The login of DATABASE_OWNER_URL could not do this, though nothing refused it: {wanted};"
                " let the owner of the database do it once, then come again."
            )


def _refuse_powers(connection: psycopg.Connection[Any], role: str, login: str | None, name: str) -> None:
    if through := powers.of(connection, role, role=role):
        is_it = powers.ROLE_IS if through == role else f"belongs to {through}"
        raise SetUpFailed(f"The role {role} {is_it}; take that from it.")
    if login and (through := powers.of(connection, login, role=role)):
        is_it = powers.LOGIN_IS if through == login else f"belongs to {through}"
        raise SetUpFailed(f"The login {login} of {name} {is_it}; give it a login that is a member of {role} alone.")


def _is_so(connection: psycopg.Connection[Any], condition: LiteralString, *values: str) -> bool:
    row = connection.execute(sql.SQL("SELECT {}").format(sql.SQL(condition)), values).fetchone()
    return bool(row and row[0])


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except postgres_errors.InsufficientPrivilege as error:
        raise SetUpFailed(
            f"The login of DATABASE_OWNER_URL may not prepare the database: {one_line(error)}. "
            "It needs CREATEROLE and must own the database."
        ) from error
    except psycopg.Error as error:
        raise SetUpFailed(f"The database cannot be prepared: {one_line(error)}") from error
