from typing import Any

from django.db import migrations
from django.db.models import Q

from authspine.privacy.constraints import SealedCheck
from authspine.privacy.fields import EncryptedParagraphs, EncryptedText
from authspine.privacy.migrating import seal_about_people, sealed_columns


def seal(apps: Any, schema_editor: Any) -> None:
    seal_about_people(apps, schema_editor, "bookings.Booking", ["cancellation_reason", "notes"])


class Migration(migrations.Migration):
    dependencies = [("bookings", "0003_fees"), ("clients", "0002_sealed_people")]

    operations = [
        migrations.RemoveConstraint("booking", "bookings_booking_cancellation_only_when_cancelled"),
        *sealed_columns(
            "booking",
            {
                "cancellation_reason": EncryptedText(person="client", max_length=500, blank=True, default=""),
                "notes": EncryptedParagraphs(person="client", blank=True, default=""),
            },
            seal,
        ),
        migrations.AddConstraint(
            "booking",
            SealedCheck(
                condition=Q(status__in=["cancelled", "declined"]) | Q(cancelled_by="", cancellation_reason=""),
                name="bookings_booking_cancellation_only_when_cancelled",
            ),
        ),
    ]
