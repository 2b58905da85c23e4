"""What bookings tell of a person, taken away. That they were, when and for how much, stays."""

from uuid import UUID

from django.db.models import F

from bookings.models import Booking, IntakeAnswers


def forget_client(client_id: UUID) -> tuple[int, int]:
    """Empty the notes and reasons of a client's bookings, and remove what they have answered; how many of each.

    Expects the locks of the bookings.
    """
    answers, _ = IntakeAnswers.objects.filter(client=client_id).delete()
    rows = Booking.objects.filter(client=client_id)
    return rows.update(notes="", cancellation_reason="", version=F("version") + 1), answers


def forget_leftovers(client_id: UUID) -> None:
    """Remove what is there of a client whose key is destroyed, and which would not open; most often that is nothing.

    Expects the locks of the bookings.
    """
    IntakeAnswers.objects.filter(client=client_id).delete()
    left = Booking.objects.filter(client=client_id).exclude(notes="", cancellation_reason="")
    left.update(notes="", cancellation_reason="", version=F("version") + 1)
