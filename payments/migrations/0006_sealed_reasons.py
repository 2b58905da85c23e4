from typing import Any

from django.db import migrations

from authspine.privacy.fields import ORGANIZATION, EncryptedText
from authspine.privacy.migrating import seal_about_people, sealed_columns


def seal_requests(apps: Any, schema_editor: Any) -> None:
    seal_about_people(apps, schema_editor, "payments.RefundRequest", ["reason", "decision_reason"])


def seal(apps: Any, schema_editor: Any) -> None:
    seal_about_people(apps, schema_editor, "payments.Refund", ["reason"])


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_refund_approvals"), ("privacy", "0002_make_keys")]

    operations = [
        *sealed_columns(
            "refund",
            {
                "reason": EncryptedText(person=ORGANIZATION, max_length=500, blank=True, default=""),
            },
            seal,
        ),
        *sealed_columns(
            "refundrequest",
            {
                "reason": EncryptedText(person=ORGANIZATION, max_length=500, blank=True, default=""),
                "decision_reason": EncryptedText(person=ORGANIZATION, max_length=500, blank=True, default=""),
            },
            seal_requests,
        ),
    ]
