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
