"""The app starts as a role that the policies bind, and as nobody else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from authspine.operations import database
from authspine.operations.embedded import EmbeddedPostgres
from tests.servers import ROOT

OPEN_TO_ALL = {
    "a table": "CREATE TABLE forgotten (id int, organization_id uuid)",
    "a view": "CREATE VIEW forgotten AS SELECT rolname FROM pg_roles",
    "a stored view": "CREATE MATERIALIZED VIEW forgotten AS SELECT rolname FROM pg_roles",
    "a function": "CREATE FUNCTION forgotten() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder: Path = tmp_path_factory.mktemp("roles")
    with EmbeddedPostgres(folder / "postgres", durable=False) as server:
        urls = server.environment()
        database.prepare(owner_url=server.url("postgres"), app_url=urls["DATABASE_URL"])
        database.prepare(owner_url=server.url("postgres"), app_url=server.url("postgres"), one_login=True)
        yield server


WEB_SERVER = ("-c", "import authspine.wsgi")
WORKER = ("manage.py", "worker")


def start(url: str, demo: str = "0", program: tuple[str, str] = WEB_SERVER) -> tuple[int, str]:
    """Load the app as a web server does, or start a worker; exit code and last words."""
    environment = {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DEMO": demo, "SECRET_KEY": "for a test"}
    command = [sys.executable, *program]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""


def test_it_starts_as_the_app(postgres: EmbeddedPostgres) -> None:
    assert start(postgres.url("authspine_app")) == (0, "")


@pytest.mark.parametrize("program", [WEB_SERVER, WORKER])
def test_it_refuses_a_superusers_login(postgres: EmbeddedPostgres, program: tuple[str, str]) -> None:
    code, said = start(postgres.url("postgres"), program=program)
    assert code != 0
    assert "The login postgres of DATABASE_URL is an owner or a superuser" in said


def test_a_newcomer_may_try_the_demo_with_it(postgres: EmbeddedPostgres) -> None:
    assert start(postgres.url("postgres"), demo="1") == (0, "")


def test_it_starts_while_the_database_is_away() -> None:
    assert start("postgresql://authspine_app@/authspine?host=/nowhere")[0] == 0


FIRST_REQUEST = """
import os
from authspine.wsgi import application
from django.conf import settings
from django.test import RequestFactory
settings.DATABASE_URL = os.environ["LATER"]
request = RequestFactory().get("/nowhere").environ  # asks no table
body = application(request, lambda status, headers: print(status, dict(headers).get("Retry-After")))
"""


def first_request(url: str) -> tuple[str, str]:
    """The database is away at the start, and at this address when the first request comes: status, last words."""
    environment = {"DATABASE_URL": "postgresql://authspine_app@/authspine?host=/nowhere", "LATER": url}
    environment["ERASURE_LIST"] = os.devnull  # nobody was erased: this database has no tables to look for them in
    done = subprocess.run(
        [sys.executable, "-c", FIRST_REQUEST],
        cwd=ROOT,
        env=os.environ | environment | {"DEMO": "0", "SECURE": "0", "ALLOWED_HOSTS": "testserver"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip(), done.stderr


def test_what_could_not_be_seen_at_the_start_is_seen_before_the_first_answer(postgres: EmbeddedPostgres) -> None:
    assert first_request(postgres.url("authspine_app"))[0] == "404 Not Found None"
    assert first_request("postgresql://authspine_app@/authspine?host=/nowhere")[0] == "503 Service Unavailable 2"
    status, said = first_request(postgres.url("postgres"))
    assert status == "503 Service Unavailable 2"
    assert "The login postgres of DATABASE_URL is an owner or a superuser" in said


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS"])
def test_it_refuses_a_powerful_role(postgres: EmbeddedPostgres, power: str) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE authspine_app {power}")
        try:
            code, said = start(postgres.url("authspine_app"), demo="1")
        finally:
            connection.execute(f"ALTER ROLE authspine_app NO{power}")
    assert code != 0
    assert "the app must not run as it" in said


def test_it_refuses_an_owner(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE owned (id int)")
        connection.execute("ALTER TABLE owned OWNER TO authspine_app")
        try:
            code, said = start(postgres.url("authspine_app"), demo="1")
        finally:
            connection.execute("DROP TABLE owned")
    assert code != 0
    assert "owns tables" in said


@pytest.fixture(params=OPEN_TO_ALL)
def unsealed(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """Something that a migration made and nobody sealed."""
    statement = OPEN_TO_ALL[request.param]
    kind = statement.partition(" forgotten")[0].removeprefix("CREATE ")
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("SET ROLE authspine_owner")
        connection.execute(statement.encode())
        yield postgres.url("authspine_app")
        connection.execute(f"DROP {kind} forgotten".encode())


@pytest.mark.parametrize("program", [WEB_SERVER, WORKER, ("manage.py", "expire_holds")])
def test_it_refuses_what_nobody_has_sealed(unsealed: str, program: tuple[str, str]) -> None:
    """(E5) Also a view or a function that would read past the policies with its owner's rights."""
    code, said = start(unsealed, demo="1", program=program)
    assert code != 0
    assert "Neither sealed by a row-level policy nor global by design: forgotten." in said


@pytest.fixture
def silent(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Keys that somebody has taken from the app by hand; its address."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("SET ROLE authspine_owner")
        connection.execute("CREATE TABLE privacy_installationkey (id uuid, wrapped bytea)")
        connection.execute("REVOKE SELECT ON privacy_installationkey FROM authspine_app")
        yield postgres.url("authspine_app")
        connection.execute("DROP TABLE privacy_installationkey")


@pytest.mark.parametrize("program", [WEB_SERVER, WORKER, ("manage.py", "expire_holds")])
def test_it_refuses_a_database_that_does_not_let_it_look(silent: str, program: tuple[str, str]) -> None:
    code, said = start(silent, program=program)
    assert code != 0
    assert said.endswith(
        "The database does not let the role authspine_app look whether all is well:"
        " permission denied for table privacy_installationkey."
    )


def test_it_refuses_a_database_that_does_not_answer_in_time(silent: str, postgres: EmbeddedPostgres) -> None:
    """One that is away is let pass, since nothing happens in it; this one is there."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE authspine_app SET lock_timeout = '10ms'")
        with connection.transaction():
            connection.execute("LOCK TABLE privacy_installationkey")
            code, said = start(silent, program=("manage.py", "expire_holds"))
        connection.execute("ALTER ROLE authspine_app RESET lock_timeout")
    assert code == 2
    assert said.endswith("canceling statement due to lock timeout.")


@pytest.mark.usefixtures("silent")
def test_keys_that_cannot_be_read_hide_nothing(unsealed: str) -> None:
    code, said = start(unsealed, program=("manage.py", "expire_holds"))
    assert code == 2
    assert said.startswith("Neither sealed by a row-level policy nor global by design: forgotten.")


def test_commands_that_put_it_right_still_run(unsealed: str) -> None:
    code, said = start(unsealed, program=("manage.py", "check_seals"))
    assert code == 1
    assert said == "1 of 1 are neither sealed nor global."
