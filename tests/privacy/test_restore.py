"""F2 of the matrix: erase, then restore yesterday's backup. The product forgets again, before it answers anybody."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import SealBroken
from authspine.kernel.tenancy import organization_scope
from authspine.operations import database
from authspine.operations.embedded import programs
from authspine.operations.rights import TAKEN
from authspine.orchestrator import auditing
from authspine.privacy import keys
from authspine.privacy.fields import Sealed
from clients.models import Client
from tests import databases
from tests.privacy.canaries import World, everywhere, new_world
from tests.servers import ROOT
from tests.servers import configured as environment

SEALED = ("email", "name", "phone", "notes", "preferences", "metadata")


@pytest.fixture
def listed(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of the test's own, for this process and those that it starts."""
    settings.ERASURE_LIST = tmp_path / "erasures.jsonl"
    monkeypatch.setenv("ERASURE_LIST", str(settings.ERASURE_LIST))
    return Path(settings.ERASURE_LIST)


def tool(name: str, *arguments: str) -> None:
    done = subprocess.run([programs() / "bin" / name, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def dump(into: Path) -> None:
    owner = make_conninfo(configured.DATABASE_OWNER_URL, dbname=str(connections["default"].settings_dict["NAME"]))
    tool("pg_dump", "--format=custom", f"--file={into}", "--dbname", owner)


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Any]:
    """Restores a dump into a database of its own, and has this process use that one until the test ends."""
    mine = str(connections["default"].settings_dict["NAME"])
    name = f"{mine}_restored"

    def restore(dumped: Path) -> None:
        with databases.server() as maintenance:
            maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        urls = (configured.DATABASE_OWNER_URL, configured.DATABASE_URL)
        owner, app = (make_conninfo(url, dbname=name) for url in urls)
        database.prepare(owner_url=owner, app_url=app)
        tool("pg_restore", "--exit-on-error", "--no-comments", "--dbname", owner, str(dumped))
        databases.use(name)

    yield restore
    databases.drop(name)
    databases.use(mine)


def start() -> subprocess.CompletedProcess[str]:
    """What runs before the web server listens."""
    return manage("set_up")


def manage(command: str) -> subprocess.CompletedProcess[str]:
    settings = environment() | {"DEMO": "0", "ALLOWED_HOSTS": "localhost"}
    called = [sys.executable, "manage.py", command]
    return subprocess.run(called, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)


# What roles that are not the owner may do: with each table and sequence, which functions they call, in the database.
RIGHTS = """
    WITH asked (role) AS (VALUES ('authspine_app'::name), ('authspine_readonly')),
    known (kind, "right") AS (VALUES ('r', 'SELECT'), ('r', 'INSERT'), ('r', 'UPDATE'), ('r', 'DELETE'),
        ('r', 'TRUNCATE'), ('r', 'REFERENCES'), ('r', 'TRIGGER'), ('S', 'USAGE'), ('S', 'SELECT'), ('S', 'UPDATE'))
    SELECT role, relname::text, "right" FROM asked, pg_class JOIN known ON kind = relkind
    WHERE relnamespace = 2200 AND CASE kind WHEN 'S' THEN has_sequence_privilege(role, oid, "right")
          ELSE has_table_privilege(role, oid, "right") END
    UNION ALL SELECT role, oid::regprocedure::text, 'EXECUTE' FROM asked, pg_proc
    WHERE pronamespace = 2200 AND has_function_privilege(role, oid, 'EXECUTE')
    UNION ALL SELECT role, 'the database', "right" FROM asked, unnest(ARRAY['CONNECT', 'CREATE', 'TEMP']) "right"
    WHERE has_database_privilege(role, current_database(), "right")
    UNION ALL SELECT role, 'the schema', "right" FROM asked, unnest(ARRAY['USAGE', 'CREATE']) "right"
    WHERE has_schema_privilege(role, 'public', "right")
"""


def rights_of_roles() -> set[tuple[str, str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(RIGHTS)
        return {*cursor.fetchall()}


def row_of(world: World) -> Client:
    with organization_scope(world.studio.organization, SYSTEM):
        found: Client = Client.objects.get(id=world.client)
        return found


def test_f2_a_restored_backup_forgets_again_before_traffic(
    tmp_path: Path, listed: Path, organization: Organization, restored: Any
) -> None:
    world = new_world(organization)
    auditing.extend(organization)
    chained = auditing.prove(organization)
    dump(tmp_path / "yesterday")
    assert world.api.post(f"/clients/{world.client}/erase").status_code == 200
    assert world.mark not in listed.read_text()

    restored(tmp_path / "yesterday")
    # The audit proves as it did, hash for hash.
    assert auditing.prove(organization) == chained
    yesterday = row_of(world)
    sealed = {name: yesterday.__dict__[name] for name in SEALED}
    with organization_scope(organization, SYSTEM):
        # The control: the backup brings the person back, whom the ring's key still opens.
        assert yesterday.name == f"{world.mark}name Ruiz"
    assert everywhere(organization, world.mark)

    done = start()
    assert done.returncode == 0, done.stderr
    assert "People on the list of erasures were in this database: 1, erased again." in done.stderr
    assert everywhere(organization, *world.canaries) == []
    auditing.extend(organization)
    assert auditing.prove(organization).faults == []
    today = row_of(world)
    assert today.erased_at
    assert bytes(today.data_key) == b""
    nobody_opens(world, sealed)
    receipt = world.api.get(f"/clients/{world.client}/erasure").json()
    assert (receipt["by"], receipt["kind"]) == ("system", "client")


def nobody_opens(world: World, sealed: dict[str, Any]) -> None:
    """What the dump has of the person opens with no key that is in the restored database."""
    with organization_scope(world.studio.organization, SYSTEM):
        for name, ciphertext in sealed.items():
            row = Client.objects.get(id=world.client)
            setattr(row, name, Sealed(ciphertext))
            with pytest.raises(SealBroken):
                getattr(row, name)
            holder = world.studio.organization.id
            field: Any = Client._meta.get_field(name)
            place = field._place(row)
            for whose in (holder, None):
                with pytest.raises(SealBroken):
                    keys.opened(whose, ciphertext, place)


def test_f2_after_a_restored_backup_nobody_may_do_more_than_before(tmp_path: Path, listed: Path, restored: Any) -> None:
    before = rights_of_roles()
    assert ("authspine_app", "payments_ledgerentry", "INSERT") in before
    dump(tmp_path / "yesterday")
    restored(tmp_path / "yesterday")
    # The control: what migrations have taken from the app, a dump gives back.
    assert {("authspine_app", table, right) for table, taken in TAKEN.items() for right in taken} == (
        rights_of_roles() - before
    )
    refused = manage("expire_holds")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("The role authspine_app has DELETE on audit_entry, INSERT on audit_entry, ")

    assert start().returncode == 0
    assert rights_of_roles() == before
    assert manage("expire_holds").returncode == 0


def test_f2_a_restored_backup_is_not_served_while_the_list_cannot_be_read(listed: Path) -> None:
    listed.write_text("{not a line}\n")
    done = start()
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "CommandError: The list of erasures cannot be carried out: Line 1 of the list of erasures cannot be read."
    )
