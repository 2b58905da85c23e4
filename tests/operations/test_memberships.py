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
            "CREATE TABLE things (); ALTER TABLE things OWNER TO authspine_owner",
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
        back = grant.partition(" WITH ")[0].replace("GRANT", "REVOKE").replace(" TO ", " FROM ")
        run(server, back.replace(" REPLICATION", " NOREPLICATION").format(who))


def start(server: EmbeddedPostgres, settings: Any, login: str = "web", *, demo: bool = False) -> bool:
    settings.DATABASE_URL, settings.DEMO = server.url(login), demo
    return app_role.look()


def test_it_starts_where_nobody_is_more_than_they_should(server: EmbeddedPostgres, settings: Any) -> None:
    """A role that was given nothing here, such as one that only lets logins in, is no power."""
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
