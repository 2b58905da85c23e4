from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from authspine.kernel.validation import an_object
from authspine.privacy import blind
from authspine.privacy.constraints import SealedCheck
from authspine.privacy.fields import EncryptedEmail, EncryptedJSON, EncryptedText, PersonKeyField
from authspine.privacy.migrating import seal_people, sealed_columns

COLUMNS = ["email", "license", "metadata"]


def seal(apps: Any, schema_editor: Any) -> None:
    def found_by(professional: Any) -> dict[str, Any]:
        found = (professional.name, professional.email, *professional.specialties)
        return {
            "email_key": blind.email_index(type(professional), professional.email),
            "tokens": blind.tokens(type(professional), *found),
        }

    seal_people(apps, schema_editor, "professionals.Professional", COLUMNS, found_by)


class Migration(migrations.Migration):
    dependencies = [
        ("professionals", "0003_time_off_years"),
        ("identity", "0004_sealed_email"),
    ]

    operations = [
        migrations.RemoveConstraint("professional", "professionals_professional_named"),
        migrations.RemoveConstraint("professional", "professionals_professional_email_key"),
        migrations.AddField("professional", "data_key", PersonKeyField()),
        migrations.AddField("professional", "erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "professional",
            "tokens",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, editable=False
            ),
        ),
        migrations.AlterField(
            "professional",
            "user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        *sealed_columns(
            "professional",
            {
                "email": EncryptedEmail(max_length=254, default=""),
                "license": EncryptedText(max_length=100, blank=True, default=""),
                "metadata": EncryptedJSON(default=dict, blank=True, validators=[an_object]),
                "email_key": models.BinaryField(editable=False, max_length=32, null=True),
            },
            seal,
        ),
        migrations.AlterField("professional", "email", EncryptedEmail(max_length=254)),
        migrations.RemoveField("professional", "search_text"),
        migrations.AddConstraint(
            "professional",
            models.UniqueConstraint(
                condition=Q(deleted_at=None),
                fields=("organization", "email_key"),
                name="professionals_professional_email_key",
            ),
        ),
        migrations.AddConstraint(
            "professional",
            SealedCheck(
                condition=~Q(erased_at=None) | (~Q(name="") & ~Q(email=b"") & ~Q(email_key=None)),
                name="professionals_professional_named",
            ),
        ),
        migrations.AddConstraint(
            "professional",
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
                & Q(name="", bio="", email=b"", license=b"", metadata=b""),
                name="professionals_professional_erased_whole",
            ),
        ),
        migrations.AddConstraint(
            "professional", blind.BlindSearch(field="tokens", name="professionals_professional_found")
        ),
    ]
