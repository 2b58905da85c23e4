"""A day that falls out, over HTTP."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authspine.api.fields import DayField, EmailField, IdField, InstantField, LineField, ZoneField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import bookings


class DayIn(StrictSerializer):
    date = DayField(help_text="In the professional's zone.")
    reason = LineField(max_length=500, required=False, allow_blank=True)


class TouchedClient(Serializer[Any]):
    id = IdField()
    name = LineField()
    email = EmailField()
    phone = LineField(allow_blank=True)


class CancelledBooking(Serializer[Any]):
    id = IdField()
    starts_at = InstantField(source="session.starts_at")
    service = IdField(source="session.service_id")
    client = TouchedClient()


class CancelledDayOut(Serializer[Any]):
    date = DayField()
    timezone = ZoneField()
    bookings = CancelledBooking(many=True)


class CancelledDayViewSet(ScopedViewSet):
    """The professional is ill: everything on a date is cancelled in one piece."""

    resource = "professionals"
    of = "professionals.Professional"
    answers = {"cancel_day": CancelledDayOut}
    takes = {"cancel_day": DayIn}

    def cancel_day(self, request: Request, id: UUID) -> Response:
        """Cancel what is requested, held or confirmed on a date; gives the bookings with the clients to be told."""
        sent = self.sent()
        done = bookings.cancel_day(id, on=sent["date"], reason=sent.get("reason", ""))
        return self.show(done)
