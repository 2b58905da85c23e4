from typing import Any

from django.db import migrations

from authspine.privacy.fields import EncryptedText
from authspine.privacy.migrating import seal_about_people, sealed_columns


def seal(apps: Any, schema_editor: Any) -> None:
    seal_about_people(apps, schema_editor, "professionals.TimeOff", ["reason"])


class Migration(migrations.Migration):
    dependencies = [("professionals", "0004_sealed_people")]

    operations = [
        *sealed_columns(
            "timeoff",
            {
                "reason": EncryptedText(person="professional", max_length=200, blank=True, default=""),
            },
            seal,
        ),
    ]
