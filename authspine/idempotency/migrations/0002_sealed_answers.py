from typing import Any

from django.db import migrations, models
from django.db.models import Q

from authspine.privacy.fields import ORGANIZATION, EncryptedBytes
from authspine.privacy.migrating import seal_about_people, sealed_columns


def seal(apps: Any, schema_editor: Any) -> None:
    seal_about_people(apps, schema_editor, "idempotency.KeyedRequest", ["content"])


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0001_initial"), ("privacy", "0002_make_keys")]

    operations = [
        migrations.RemoveConstraint("keyedrequest", "idempotency_keyedrequest_answered_whole"),
        *sealed_columns(
            "keyedrequest",
            {
                "content": EncryptedBytes(person=ORGANIZATION, null=True, blank=True),
            },
            seal,
        ),
        migrations.AddConstraint(
            "keyedrequest",
            models.CheckConstraint(
                condition=Q(status__isnull=True, headers__isnull=True, content__isnull=True)
                | Q(status__isnull=False, headers__isnull=False, content__isnull=False),
                name="idempotency_keyedrequest_answered_whole",
            ),
        ),
    ]
