from django.db import migrations, models

import authspine.privacy.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("idempotency", "0002_sealed_answers"),
        ("identity", "0004_sealed_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="keyedrequest",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="keyedrequest",
            constraint=authspine.privacy.constraints.SealedCheck(
                condition=models.Q(
                    ("erased_at", None),
                    models.Q(("content", b""), ("fingerprint", ""), ("headers", {}), ("status__isnull", False)),
                    _connector="OR",
                ),
                name="idempotency_keyedrequest_erased_whole",
            ),
        ),
    ]
