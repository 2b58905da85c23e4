from typing import Any

from django.db import migrations, models

from authspine.privacy import blind
from authspine.privacy.fields import INSTALLATION, EncryptedEmail
from authspine.privacy.migrating import seal_of_installation, sealed_columns


def seal(apps: Any, schema_editor: Any) -> None:
    def found_by(user: Any) -> dict[str, Any]:
        return {"email_key": blind.email_index(type(user), user.plain_email)}

    seal_of_installation(apps, schema_editor, "identity.User", ["email"], found_by)


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_refund_approval"), ("privacy", "0002_make_keys")]

    operations = [
        migrations.RemoveConstraint("user", "identity_user_email_unique"),
        migrations.RemoveConstraint("user", "identity_user_email_key_unique"),
        *sealed_columns(
            "user",
            {
                "email": EncryptedEmail(max_length=254, person=INSTALLATION, default=""),
                "email_key": models.BinaryField(editable=False, max_length=32, null=True),
            },
            seal,
        ),
        migrations.AlterField("user", "email", EncryptedEmail(max_length=254, person=INSTALLATION)),
        migrations.AlterField("user", "email_key", models.BinaryField(editable=False, max_length=32)),
        migrations.AddConstraint(
            "user", models.UniqueConstraint(fields=["email_key"], name="identity_user_email_key_unique")
        ),
    ]
