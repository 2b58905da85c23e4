from importlib import import_module

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_clear_away = import_module("authspine.audit.migrations.0002_found_by_actor_and_request")._clear_away


class Migration(migrations.Migration):
    # The index is built beside the writes: each of them leaves an entry, and none is to wait for all of history.
    atomic = False

    dependencies = [
        ("audit", "0002_found_by_actor_and_request"),
    ]

    operations = [
        _clear_away("audit_entry_export"),
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("resource", "export")), fields=["organization", "at"], name="audit_entry_export"
            ),
        ),
    ]
