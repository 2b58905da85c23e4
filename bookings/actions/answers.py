"""What a client answered for a booking. Runs inside an organization scope.

The booking's row is locked by the update of its version, so two who answer at once come one after the other.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from authspine.kernel.errors import Stale
from authspine.kernel.ids import new_id
from authspine.kernel.inserting import insert
from bookings import queries
from bookings.errors import InvalidTransition
from bookings.models import Booking, IntakeAnswers
from bookings.rules import status as status_rules
from bookings.rules.intake import Answered


def write(booking: Booking, content: Sequence[Answered], *, now: datetime) -> None:
    """Keep what was answered together with a new booking: one statement."""
    stamps = {"created_at": now, "updated_at": now}
    insert(IntakeAnswers(id=new_id(), booking=booking, client=booking.client, content=list(content), **stamps))


def replace(booking: Booking, content: Sequence[Answered], *, now: datetime, if_version: int | None = None) -> None:
    """Keep this as what was answered, in the place of what was there, while the booking is still to come.

    Its version goes up. Raises Stale, InvalidTransition, PersonErased.
    """
    open = [queries.stored_status(status) for status in status_rules.OPEN]
    coming = Booking.objects.filter(id=booking.id, status__in=open)
    seen = coming if if_version is None else coming.filter(version=if_version)
    if not seen.exclude(queries.lapsed(now)).update(version=F("version") + 1, updated_at=now):
        booking.refresh_from_db(fields=["status", "hold_expires_at", "version"])
        if if_version not in (None, booking.version):
            raise Stale
        raise InvalidTransition(status=booking.status_at(now), to="answered")
    # An erasure, which locks the booking too, may have come first: the key as it was read before may be destroyed.
    booking.client.refresh_from_db(fields=["data_key"])
    there = IntakeAnswers.objects.filter(booking=booking).first()
    if there is None:
        write(booking, content, now=now)
        return
    there.client = booking.client  # whose key is at hand
    there.content, there.updated_at = list(content), now
    there.save(update_fields=["content", "updated_at"])
