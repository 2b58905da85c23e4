"""What can be booked, over HTTP, and why the rest cannot."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer, ValidationError

from authspine.api.fields import (
    DayField,
    IdField,
    InstantField,
    TypedFlag,
    TypedNumber,
    WholeNumberField,
    WordField,
    ZoneField,
)
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import bookings
from bookings.queries.slots import Availability, Day, Slot, Unbookable
from bookings.rules.refusals import Rule

MAX_ASKED = 100
MAX_FIRST = 100


class AvailabilityQuery(StrictSerializer):
    service = ListField(child=IdField(), max_length=MAX_ASKED, required=False)
    professional = ListField(child=IdField(), max_length=MAX_ASKED, required=False)
    timezone = ZoneField(required=False)
    first_free = TypedNumber(least=1, most=MAX_FIRST, required=False)
    explain = TypedFlag(required=False)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python.
        until = InstantField(source="to_at", required=False, help_text="Required unless `first_free` is asked for.")
        return {**super().get_fields(), "from": InstantField(source="from_at"), "to": until}

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked.get("service") and not asked.get("professional"):
            raise ValidationError({"service": _fault("Name a service or a professional.", "required")})
        if "to_at" not in asked and "first_free" not in asked:
            raise ValidationError({"to": _fault("This query parameter is required.", "required")})
        if "to_at" in asked and asked["to_at"] <= asked["from_at"]:
            raise ValidationError({"to": _fault("Must be after `from`.", "order")})
        return asked


class SlotOut(Serializer[Any]):
    starts_at = InstantField()
    ends_at = InstantField()
    professionals = ListField(child=IdField())
    seats_left = WholeNumberField()


class UnbookableOut(Serializer[Any]):
    """A point of the grid that is no slot: who it would have been by, and the first rule that forbids it."""

    starts_at = InstantField()
    ends_at = InstantField()
    professional = IdField()
    service = IdField()
    rule = WordField(choices=[rule.value for rule in Rule])


class DayOut(Serializer[Any]):
    date = DayField()
    slots = SlotOut(many=True)
    unbookable = UnbookableOut(many=True, required=False, help_text="Only with `explain=true`.")


class AvailabilityOut(Serializer[Any]):
    timezone = ZoneField()
    days = DayOut(many=True)


class AvailabilityViewSet(ScopedViewSet):
    """The starts that a hold will be granted for."""

    resource = "availability"
    answers = {"show_slots": AvailabilityOut}
    asks = {"show_slots": AvailabilityQuery}
    conditional = frozenset({"show_slots"})
    limited_as = {"show_slots": "search"}

    def show_slots(self, request: Request) -> Response:
        """Bookable slots with `from <= start < to`, by local date: of these services or of these people.

        With `first_free` the first so many of them. With `explain` also every other point of the grids, with the rule
        that forbids it.
        """
        asked = self.asked()
        found = bookings.availability(
            services=asked.get("service", []),
            professionals=asked.get("professional", []),
            from_at=asked["from_at"],
            to_at=asked.get("to_at"),
            timezone=asked.get("timezone"),
            first_free=asked.get("first_free"),
            explain=asked.get("explain", False),
        )
        return Response(_as_json(found, explain=asked.get("explain", False)))


def _as_json(found: Availability, *, explain: bool) -> dict[str, Any]:
    """By hand: a month of a busy house is thousands of slots, and a serializer would cost more than finding them."""
    where = ZoneInfo(found.timezone)
    return {"timezone": found.timezone, "days": [_day(day, where, explain=explain) for day in found.days]}


def _day(day: Day, where: ZoneInfo, *, explain: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"date": day.date.isoformat(), "slots": [_slot(slot, where) for slot in day.slots]}
    if explain:
        told["unbookable"] = [_unbookable(point, where) for point in day.unbookable]
    return told


def _unbookable(point: Unbookable, where: ZoneInfo) -> dict[str, Any]:
    return {
        "starts_at": _local(point.starts_at, where),
        "ends_at": _local(point.ends_at, where),
        "professional": str(point.professional),
        "service": str(point.service),
        "rule": point.rule.value,
    }


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
