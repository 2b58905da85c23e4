"""Databases for tests: one migrated template for each state of the migrations, cloned for each worker of each run."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

from authspine.audit import constraints as audit_constraints
from authspine.audit import seals as audit_seals
from authspine.kernel import constraints
from authspine.operations import database, reports, rights, seals
from authspine.privacy import blind

ROOT = Path(__file__).resolve().parent.parent
# Which run of pytest this is: the process id of the one that the user started, also within a worker.
RUN = os.environ.setdefault("AUTHSPINE_TEST_RUN", str(os.getpid()))
PREFIX = "test_authspine"
# Held by a name of its own, so that no migration's lock is in the way.
LOCK = 727274


def fingerprint() -> str:
    """Changes when a migration or the preparation changes, or a library that brings migrations."""
    found = hashlib.sha256(Path(database.__file__).read_bytes())
    # Whose SQL the migrations and the preparation run.
    for source in (constraints, blind, reports, rights, seals, audit_constraints, audit_seals):
        found.update(Path(str(source.__file__)).read_bytes())
    found.update(os.environ["PII_KEYS"].encode())  # under which they make the installation's keys
    libraries = ("django", "procrastinate", "django-allauth", "django-axes")
    found.update(" ".join(map(version, libraries)).encode())
    for app in ("authspine", *(path.parent.name for path in ROOT.glob("*/migrations"))):
        for path in sorted((ROOT / app).glob("**/migrations/*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def make(worker: str) -> str:
    """A fresh database for this worker; its name. Both aliases point to it afterwards."""
    template = f"{PREFIX}_{fingerprint()}"
    name = f"{PREFIX}_run_{RUN}_{worker}"
    with server() as maintenance:
        # One worker at a time makes the template and clones it: one that is in use cannot be cloned.
        maintenance.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _drop_leftovers(maintenance, template)
        _make_template(maintenance, template)
        _clone(maintenance, name, template)
    use(name)
    return name


@contextmanager
def another() -> Iterator[None]:
    """Within, both aliases point to a fresh database of the test's own: for what concerns all organizations."""
    before = str(connections["default"].settings_dict["NAME"])
    name = f"{before}_own"
    with server() as maintenance:
        maintenance.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _clone(maintenance, name, f"{PREFIX}_{fingerprint()}")
    use(name)
    try:
        yield
    finally:
        drop(name)
        use(before)


def drop(name: str) -> None:
    use(str(settings.DATABASES["default"]["NAME"]))
    with server() as maintenance:
        # Without FORCE: the server waits for sessions that are just ending, and the owner may not end the app's.
        _execute(maintenance, "DROP DATABASE IF EXISTS {}", name)


def use(name: str) -> None:
    """Point both aliases at this database."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    # Afterwards: a connection that is closed asks for its pool, which would make a new one for the old name.
    pooled = connections["default"]
    assert isinstance(pooled, DatabaseWrapper)
    pooled.close_pool()


def server() -> psycopg.Connection[Any]:
    return psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True)


def _make_template(maintenance: psycopg.Connection[Any], template: str) -> None:
    """Renamed when it is whole: a run that was killed leaves no half of one behind."""
    if maintenance.execute("SELECT FROM pg_database WHERE datname = %s", [template]).rowcount:
        return
    half = f"{PREFIX}_half"
    _execute(maintenance, "DROP DATABASE IF EXISTS {} WITH (FORCE)", half)
    _execute(maintenance, "CREATE DATABASE {}", half)
    urls = (make_conninfo(url, dbname=half) for url in (settings.DATABASE_OWNER_URL, settings.DATABASE_URL))
    database.prepare(owner_url=next(urls), app_url=next(urls), one_login=True)
    use(half)
    call_command("migrate", verbosity=0)
    connections["owner"].close()
    _execute(maintenance, "ALTER DATABASE {} RENAME TO {}", half, template)


def _drop_leftovers(maintenance: psycopg.Connection[Any], template: str) -> None:
    """What killed runs and earlier states of the migrations left. Those of a run that lives are let be."""
    found = maintenance.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"]).fetchall()
    for (name,) in found:
        run = name.removeprefix(f"{PREFIX}_run_").split("_")[0]
        alive = psutil.pid_exists(int(run)) if run.isdigit() else name == template
        if not alive or name == f"{PREFIX}_run_{RUN}":
            with suppress(psycopg.errors.ObjectInUse):
                _execute(maintenance, "DROP DATABASE IF EXISTS {}", name)


def _clone(maintenance: psycopg.Connection[Any], name: str, template: str) -> None:
    """With what was taken on the database itself, which a copy does not bring along."""
    _execute(maintenance, "CREATE DATABASE {} TEMPLATE {}", name, template)
    _execute(maintenance, "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", name)


def _execute(connection: psycopg.Connection[Any], statement: Any, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
