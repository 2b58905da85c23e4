"""An installation of a test's own whose keys are rotated, and what is looked for in it past the code."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connections
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.crypto import Key, new_key
from authspine.privacy import keys
from authspine.privacy.models import InstallationKey, OrganizationKey

_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND data_type = 'bytea' AND table_type = 'BASE TABLE'
"""


@dataclass
class Installation:
    """Its ring, first the key that writes."""

    settings: Settings
    ring: list[bytes] = field(default_factory=list)

    def use(self, *ring: bytes) -> None:
        """As if all processes had been started again with it."""
        self.ring = list(ring)
        self.settings.PII_SECRETS = ring
        forget()

    def add(self) -> bytes:
        """A new key that writes; what opens is still all the others."""
        made = new_key().secret
        self.use(made, *self.ring)
        return made

    @property
    def environment(self) -> dict[str, str]:
        return {"PII_KEYS": ring_text(*self.ring)}


def ring_text(*ring: bytes) -> str:
    return ",".join(base64.b64encode(secret).decode() for secret in ring)


def forget() -> None:
    """What this process knows of keys."""
    for holder in (None, *Organization.objects.values_list("id", flat=True)):
        keys.forget(holder)


def as_owner(statement: str, *values: Any) -> Any:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def data_keys() -> set[bytes]:
    """The ids of everybody's data keys."""
    rows: list[Any] = list(InstallationKey.objects.using("owner").filter(purpose="data"))
    rows += OrganizationKey._base_manager.using("owner").filter(purpose="data")
    return {keys._unwrapped(getattr(row, "organization_id", None), row.pk, bytes(row.wrapped)).id for row in rows}


def ring_id(secret: bytes) -> bytes:
    return Key(secret).id


def under(ids: set[bytes]) -> list[str]:
    """Whatever in the database is under one of these keys, in any column of bytes of any table."""
    found = []
    for table, column in as_owner(_COLUMNS):
        where = f"substring({column} from 2 for 8) = ANY(%s)"
        ((number,),) = as_owner(f"SELECT count(*) FROM {table} WHERE {where}", list(ids))
        found += [f"{table}.{column}"] * bool(number)
    return sorted(found)


def rotate(**options: Any) -> tuple[int, str, list[str]]:
    """The exit code, what was said, and what was said to be wrong."""
    said, wrong = StringIO(), StringIO()
    code = 0
    try:
        call_command("rotate_keys", stdout=said, stderr=wrong, **options)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, said.getvalue().strip(), wrong.getvalue().splitlines()


class Killed(BaseException):
    """No handler of errors takes it for one."""


def killed_at(step: int, work: Callable[[], object], monkeypatch: Any) -> bool:
    """Do the work, and break off at its n-th commit: before it when n is even, after it when n is odd. Whether it was
    broken off.
    """
    passed, killed = 0, False
    commit = connections["default"].__class__.commit

    def counted(self: Any) -> None:
        nonlocal passed, killed
        passed += 1
        if passed == step // 2 + 1:
            if step % 2:
                commit(self)
            killed = True
            raise Killed
        commit(self)

    with monkeypatch.context() as patched:
        patched.setattr(connections["default"].__class__, "commit", counted)
        try:
            work()
        except BaseException:
            if not killed:
                raise
            connections["default"].close()  # as the system does with what a dead process had open
    return killed
