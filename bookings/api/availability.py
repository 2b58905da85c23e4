"""What can be booked, over HTTP."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer, ValidationError

from authspine.api.fields import DayField, IdField, InstantField, WholeNumberField, ZoneField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import bookings
from bookings.queries.slots import Availability, Slot

MAX_ASKED = 100


class AvailabilityQuery(StrictSerializer):
    service = ListField(child=IdField(), max_length=MAX_ASKED, required=False)
    professional = ListField(child=IdField(), max_length=MAX_ASKED, required=False)
    timezone = ZoneField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python.
        return {**super().get_fields(), "from": InstantField(source="from_at"), "to": InstantField(source="to_at")}

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked.get("service") and not asked.get("professional"):
            raise ValidationError({"service": _fault("Name a service or a professional.", "required")})
        if asked["to_at"] <= asked["from_at"]:
            raise ValidationError({"to": _fault("Must be after `from`.", "order")})
        return asked


class SlotOut(Serializer[Any]):
    starts_at = InstantField()
    ends_at = InstantField()
    professionals = ListField(child=IdField())
    seats_left = WholeNumberField()


class DayOut(Serializer[Any]):
    date = DayField()
    slots = SlotOut(many=True)


class AvailabilityOut(Serializer[Any]):
    timezone = ZoneField()
    days = DayOut(many=True)


class AvailabilityViewSet(ScopedViewSet):
    """The starts that a hold will be granted for."""

    answers = {"show_slots": AvailabilityOut}
    asks = {"show_slots": AvailabilityQuery}

    def show_slots(self, request: Request) -> Response:
        """Bookable slots with `from <= start < to`, by local date: of these services or of these people."""
        asked = self.asked()
        found = bookings.availability(
            services=asked.get("service", []),
            professionals=asked.get("professional", []),
            from_at=asked["from_at"],
            to_at=asked["to_at"],
            timezone=asked.get("timezone"),
        )
        return Response(_as_json(found))


def _as_json(found: Availability) -> dict[str, Any]:
    """By hand: a month of a busy house is thousands of slots, and a serializer would cost more than finding them."""
    where = ZoneInfo(found.timezone)
    days = [{"date": day.isoformat(), "slots": [_slot(slot, where) for slot in slots]} for day, slots in found.days]
    return {"timezone": found.timezone, "days": days}


def _slot(slot: Slot, where: ZoneInfo) -> dict[str, Any]:
    return {
        "starts_at": _local(slot.starts_at, where),
        "ends_at": _local(slot.ends_at, where),
        "professionals": [str(professional) for professional in slot.professionals],
        "seats_left": slot.seats_left,
    }


def _local(at: datetime, where: ZoneInfo) -> str:
    # In the zone's own offset, so that the clock of a slot agrees with the date that it stands under.
    return at.astimezone(where).isoformat()


def _fault(detail: str, code: str) -> Any:
    return ValidationError(detail, code=code).detail
