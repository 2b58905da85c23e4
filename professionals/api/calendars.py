"""When a professional works, over HTTP: weekly hours, date overrides, time off."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer, ValidationError

from authspine.api.fields import (
    ClockField,
    ClockRangeField,
    DayField,
    IdField,
    InstantField,
    LineField,
    WholeNumberField,
    ZoneField,
)
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import professionals
from professionals import queries as professional_queries
from professionals.models import Professional
from professionals.rules.weeks import DayHours, Window
from professionals.rules.working_hours import MAX_OVERRIDES, MAX_RANGES, MAX_WEEKLY


class WeeklyWindow(StrictSerializer):
    """An end at or before the start lies on the next date."""

    weekday = WholeNumberField(most=6, help_text="0 is Monday.")
    start = ClockField(source="start_minute")
    end = ClockField(source="end_minute", midnight=True)
    location = IdField(required=False, allow_null=True, help_text="Whose clock counts; the professional's, if null.")
    valid_from = DayField(required=False, allow_null=True)
    valid_to = DayField(required=False, allow_null=True, help_text="The last date it holds on.")


class DayOverride(StrictSerializer):
    """Replaces the windows that start on this date; no ranges means closed."""

    date = DayField()
    ranges = ListField(child=ClockRangeField(), max_length=MAX_RANGES)
    location = IdField(required=False, allow_null=True, help_text="Whose clock counts; the professional's, if null.")


class WorkingHoursIn(StrictSerializer):
    timezone = ZoneField()
    weekly = ListField(child=WeeklyWindow(), max_length=MAX_WEEKLY)
    overrides = ListField(child=DayOverride(), max_length=MAX_OVERRIDES, default=list)

    def validate_overrides(self, overrides: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({override["date"] for override in overrides}) < len(overrides):
            raise ValidationError("A date has one override at most, with all its ranges.", code="repeated")
        return overrides


class WeeklyWindowOut(WeeklyWindow):
    """A window of every week."""

    location = IdField(source="location_id", allow_null=True)


class DayOverrideOut(DayOverride):
    """What replaces the windows of one date."""

    location = IdField(source="location_id", allow_null=True)


class WorkingHoursOut(Serializer[Any]):
    timezone = ZoneField()
    weekly = ListField(child=WeeklyWindowOut())
    overrides = ListField(child=DayOverrideOut())


class TimeOffIn(ExternalId):
    starts_at = InstantField()
    ends_at = InstantField()
    reason = LineField(required=False, allow_blank=True)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if sent["ends_at"] <= sent["starts_at"]:
            raise ValidationError({"ends_at": ValidationError("Must be after starts_at.", code="order").detail})
        return sent


class TimeOffOut(ResourceOut):
    starts_at = InstantField()
    ends_at = InstantField()
    reason = LineField()


class WorkingHoursViewSet(ScopedViewSet):
    """The hours in which a professional can be booked, in wall time of the professional's zone."""

    resource = "working_hours"
    of = "professionals.Professional"
    shown_as = WorkingHoursOut
    takes = {"replace": WorkingHoursIn}

    def retrieve(self, request: Request, id: UUID) -> Response:
        """Weekly windows and date overrides."""
        return self._show(professional_queries.get(id))

    def replace(self, request: Request, id: UUID) -> Response:
        """Replace zone, weekly windows and date overrides, all of them. Bookings stay.

        Windows may touch; those that overlap while both are valid are refused, also past midnight.
        """
        sent = self.sent()
        weekly = [Window(**window) for window in sent["weekly"]]
        overrides = {day["date"]: DayHours(tuple(day["ranges"]), day.get("location")) for day in sent["overrides"]}
        return self._show(
            professionals.set_working_hours(id, timezone=sent["timezone"], weekly=weekly, overrides=overrides)
        )

    def _show(self, professional: Professional) -> Response:
        return self.show(
            {
                "timezone": professional.timezone,
                "weekly": professional_queries.working_hours([professional.id]),
                "overrides": professional_queries.overrides([professional.id]),
            }
        )


class TimeOffViewSet(ScopedViewSet):
    """Periods in which a professional takes no bookings."""

    resource = "time_off"
    of = "professionals.Professional"
    shown_as = TimeOffOut
    takes = {"create": TimeOffIn}

    def list(self, request: Request, id: UUID) -> Response:
        """Time off, newest first."""
        return self.page(professional_queries.time_off_of(professional_queries.get(id)))

    def create(self, request: Request, id: UUID) -> Response:
        """Close a period. Bookings in it stay, to be moved or cancelled on purpose."""
        period = professionals.take_time_off(id, **self.sent())
        return self.created(period, "time-off", id, period.id)

    def retrieve(self, request: Request, id: UUID, time_off_id: UUID) -> Response:
        """One period."""
        return self.show(professional_queries.time_off(professional_queries.get(id), time_off_id))

    def destroy(self, request: Request, id: UUID, time_off_id: UUID) -> Response:
        """Open a period again."""
        professionals.end_time_off(id, time_off_id)
        return self.gone()
