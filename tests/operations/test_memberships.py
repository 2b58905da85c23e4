"""A login or a role that could become another one, however far away: refused when the app starts, and before that when
the database is prepared.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import make_conninfo

from authspine.operations import app_role, database
from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.errors import SetUpFailed
from tests.clusters import copy

# What is given to somebody, and through which role that makes them powerful.
POWERS = {
    "the owner, to be taken": ("GRANT authspine_owner TO {} WITH INHERIT FALSE, SET TRUE", "authspine_owner"),
    "the owner, inherited": ("GRANT authspine_owner TO {} WITH INHERIT TRUE, SET FALSE", "authspine_owner"),
    "the owner, to be given": ("GRANT authspine_owner TO {} WITH INHERIT FALSE, ADMIN TRUE", "authspine_owner"),
    "another superuser": ("GRANT chief TO {}", "chief"),
    "who passes policies, by way of another": ("GRANT friend TO {}", "backup"),
    "who reads everything": ("GRANT pg_read_all_data TO {}", "pg_read_all_data"),
    "who writes everything": ("GRANT pg_write_all_data TO {}", "pg_write_all_data"),
    "who starts programs": ("GRANT pg_execute_server_program TO {}", "pg_execute_server_program"),
    "who empties a table": ("GRANT cleaner TO {}", "cleaner"),
    "who copies the server": ("ALTER ROLE {} REPLICATION", "{}"),
    "by itself, emptying a table": ("GRANT TRUNCATE ON things TO {}", "{}"),
    "by itself, triggers on a table": ("GRANT TRIGGER ON things TO {}", "{}"),
    "by itself, making tables": ("GRANT CREATE ON SCHEMA public TO {}", "{}"),
    "by itself, making schemas": ("GRANT CREATE ON DATABASE authspine TO {}", "{}"),
    "the owner of a schema": ("ALTER SCHEMA aside OWNER TO {}", "{}"),
    "the owner of a function": ("ALTER FUNCTION aside.one() OWNER TO {}", "{}"),
}
# What the app's role has on tables, and nobody else: a login keeps it after RESET ROLE, where a migration has taken it.
ROWS = {
    "rows of a table": "GRANT DELETE, UPDATE ON things TO {}",
    "one column of a table": "GRANT SELECT (id) ON things TO {}",
    "a function": "GRANT EXECUTE ON FUNCTION aside.one() TO {}",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, made_cluster: Path) -> Iterator[EmbeddedPostgres]:
    """With `web`, the app's login, `analyst`, who makes reports, and several that neither of them should be."""
    folder = tmp_path_factory.mktemp("members") / "postgres"
    copy(made_cluster, folder)
    with EmbeddedPostgres(folder, durable=False) as server:
        run(
            server,
            "CREATE ROLE web LOGIN; CREATE ROLE analyst LOGIN; CREATE ROLE harmless; GRANT harmless TO web, analyst",
            "CREATE ROLE chief SUPERUSER; CREATE ROLE backup BYPASSRLS; CREATE ROLE friend IN ROLE backup",
            "CREATE TABLE things (id int); ALTER TABLE things OWNER TO authspine_owner",
            "CREATE SCHEMA aside; CREATE FUNCTION aside.one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "REVOKE EXECUTE ON FUNCTION aside.one() FROM PUBLIC",
            "CREATE ROLE group_of_logins; GRANT USAGE ON SCHEMA public, aside TO group_of_logins",
            "GRANT CONNECT ON DATABASE authspine TO group_of_logins; GRANT group_of_logins TO web, analyst",
            "CREATE ROLE cleaner; GRANT TRUNCATE ON things TO cleaner",
        )
        prepare(server)
        # What is looked for is who could do it; that it is open to all is another matter.
        run(server, "REVOKE ALL ON things FROM authspine_app, authspine_readonly")
        yield server


def run(server: EmbeddedPostgres, *statements: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as session:
        for statement in statements:
            session.execute(statement.encode())


def prepare(server: EmbeddedPostgres) -> None:
    database.prepare(
        owner_url=server.url("postgres"), app_url=server.url("web"), readonly_url=server.url("analyst", "authspine")
    )


@contextmanager
def given(server: EmbeddedPostgres, grant: str, who: str) -> Iterator[None]:
    run(server, grant.format(who))
    try:
        yield
    finally:
        run(server, taken_back(grant, who))


def taken_back(grant: str, who: str) -> str:
    if " OWNER TO " in grant:
        return grant.format("postgres")
    back = grant.partition(" WITH ")[0].replace("GRANT", "REVOKE").replace(" TO ", " FROM ")
    return back.replace(" REPLICATION", " NOREPLICATION").format(who)


def start(server: EmbeddedPostgres, settings: Any, login: str = "web", *, demo: bool = False) -> bool:
    settings.DATABASE_URL, settings.DEMO = server.url(login), demo
    return app_role.look()


def test_it_starts_where_nobody_is_more_than_they_should(server: EmbeddedPostgres, settings: Any) -> None:
    """A role that only lets logins in and look for names is no power."""
    assert start(server, settings)
    assert start(server, settings, "authspine_app")
    prepare(server)


@pytest.mark.parametrize(("grant", "through"), POWERS.values(), ids=POWERS)
def test_e6_a_login_that_could_become_it_is_refused(
    server: EmbeddedPostgres, settings: Any, grant: str, through: str
) -> None:
    said = "an owner or a superuser" if through == "{}" else f"belongs to {through}"
    with given(server, grant, "web"):
        with pytest.raises(ImproperlyConfigured, match=f"The login web of DATABASE_URL .*{said}"):
            start(server, settings)
        # A newcomer tries the platform with one administrator's login; its role is bound all the same.
        assert start(server, settings, demo=True)
        with pytest.raises(SetUpFailed, match=f"The login web of DATABASE_URL .*{said}"):
            prepare(server)


@pytest.mark.parametrize(("grant", "through"), POWERS.values(), ids=POWERS)
def test_e6_so_is_the_apps_role_in_a_demo_too(
    server: EmbeddedPostgres, settings: Any, grant: str, through: str
) -> None:
    with given(server, grant, "authspine_app"):
        for demo in (True, False):
            with pytest.raises(ImproperlyConfigured, match=r"The role authspine_app .* must not run as it"):
                start(server, settings, "authspine_app", demo=demo)
        with pytest.raises(SetUpFailed, match=r"The role authspine_app .*; take that from it"):
            prepare(server)


@pytest.mark.parametrize("grant", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("who", ["web", "harmless"])
def test_e6_a_login_is_given_no_table_beside_its_role(
    server: EmbeddedPostgres, settings: Any, who: str, grant: str
) -> None:
    with given(server, grant, who):
        with pytest.raises(ImproperlyConfigured, match=f"The login web of DATABASE_URL .*({who}|was given more)"):
            start(server, settings)
        with pytest.raises(SetUpFailed, match=f"The login web of DATABASE_URL .*({who}|was given more)"):
            prepare(server)


@pytest.mark.parametrize("right", ["TRUNCATE ON things", "TRIGGER ON things", "CREATE ON SCHEMA aside"])
def test_e6_nor_is_everybody_given_what_no_policy_is_asked_for(
    server: EmbeddedPostgres, settings: Any, right: str
) -> None:
    with given(server, f"GRANT {right} TO {{}}", "PUBLIC"):
        with pytest.raises(ImproperlyConfigured, match=r"The role authspine_app .* was given more"):
            start(server, settings, demo=True)
        with pytest.raises(SetUpFailed, match=r"The role authspine_app .* was given more"):
            prepare(server)


@pytest.mark.parametrize("who", ["analyst", "authspine_readonly"])
@pytest.mark.parametrize(
    ("grant", "through"),
    [*POWERS.values(), ("GRANT authspine_app TO {}", "authspine_app")],
    ids=[*POWERS, "who writes as the app"],
)
def test_e6_nor_is_a_report_anybody_else(server: EmbeddedPostgres, who: str, grant: str, through: str) -> None:
    said = "owns tables|an owner" if through == "{}" else through
    with given(server, grant, who), pytest.raises(SetUpFailed, match=f"{who} .*({said})"):
        prepare(server)


def test_e6_no_temporary_table_stands_before_a_real_one(server: EmbeddedPostgres) -> None:
    for login, role in (("web", "authspine_app"), ("analyst", "authspine_readonly")):
        url = make_conninfo(server.url(login), options=f"-c role={role}")
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="temporary")
        with psycopg.connect(url) as session, refused:
            session.execute("CREATE TEMPORARY TABLE identity_user ()")
