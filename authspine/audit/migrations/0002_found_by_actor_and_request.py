"""Finds entries by who did it and by their request. The whole history is read for it, and meanwhile entries are added: so
without a lock that writers wait for, and outside of a transaction.
"""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_ACTOR, _REQUEST = "audit_entry_actor", "audit_entry_request"


def _clear_away(name: str) -> migrations.RunSQL:
    """What is left of an attempt that was killed: an index that nobody reads, and whose name is taken."""
    return migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("audit", "0001_initial"),
        ("identity", "0008_audited_links"),
    ]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        _clear_away(_ACTOR),
        AddIndexConcurrently("auditentry", models.Index(fields=["organization", "actor", "-at", "-id"], name=_ACTOR)),
        _clear_away(_REQUEST),
        AddIndexConcurrently("auditentry", models.Index(fields=["organization", "request_id"], name=_REQUEST)),
    ]
