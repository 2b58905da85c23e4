from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from authspine.kernel.validation import an_object
from authspine.privacy import blind
from authspine.privacy.constraints import SealedCheck
from authspine.privacy.fields import EncryptedEmail, EncryptedJSON, EncryptedParagraphs, EncryptedText, PersonKeyField
from authspine.privacy.migrating import seal_people, sealed_columns

COLUMNS = ["email", "name", "phone", "preferences", "metadata", "notes"]


def seal(apps: Any, schema_editor: Any) -> None:
    def found_by(client: Any) -> dict[str, Any]:
        found = (client.name, client.email)
        return {
            "email_key": blind.email_index(type(client), client.email),
            "tokens": blind.tokens(type(client), *found, phone=client.phone),
        }

    seal_people(apps, schema_editor, "clients.Client", COLUMNS, found_by)


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
        ("identity", "0004_sealed_email"),
    ]

    operations = [
        migrations.RemoveConstraint("client", "clients_client_named"),
        migrations.RemoveConstraint("client", "clients_client_email_key"),
        migrations.AddField("client", "data_key", PersonKeyField()),
        migrations.AddField("client", "erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "client",
            "tokens",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, editable=False
            ),
        ),
        migrations.AlterField(
            "client",
            "user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        *sealed_columns(
            "client",
            {
                "email": EncryptedEmail(max_length=254, default=""),
                "name": EncryptedText(max_length=200, default=""),
                "phone": EncryptedText(max_length=40, blank=True, default=""),
                "preferences": EncryptedJSON(default=dict, blank=True, validators=[an_object]),
                "metadata": EncryptedJSON(default=dict, blank=True, validators=[an_object]),
                "notes": EncryptedParagraphs(blank=True, default=""),
                "email_key": models.BinaryField(editable=False, max_length=32, null=True),
            },
            seal,
        ),
        migrations.AlterField("client", "email", EncryptedEmail(max_length=254)),
        migrations.AlterField("client", "name", EncryptedText(max_length=200)),
        migrations.RemoveField("client", "search_text"),
        migrations.AddConstraint(
            "client",
            models.UniqueConstraint(
                condition=Q(deleted_at=None), fields=("organization", "email_key"), name="clients_client_email_key"
            ),
        ),
        migrations.AddConstraint(
            "client",
            SealedCheck(
                condition=~Q(erased_at=None) | (~Q(name=b"") & ~Q(email=b"") & ~Q(email_key=None)),
                name="clients_client_named",
            ),
        ),
        migrations.AddConstraint(
            "client",
            SealedCheck(
                condition=Q(erased_at=None, user__isnull=False) & ~Q(data_key=b"")
                | Q(
                    erased_at__isnull=False,
                    deleted_at__isnull=False,
                    data_key=b"",
                    email_key=None,
                    tokens=[],
                    user=None,
                )
                & Q(name=b"", email=b"", phone=b"", notes=b"", preferences=b"", metadata=b""),
                name="clients_client_erased_whole",
            ),
        ),
        migrations.AddConstraint("client", blind.BlindSearch(field="tokens", name="clients_client_found")),
    ]
