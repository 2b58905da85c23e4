"""Rooms and equipment over HTTP: when they can be had, and when they are out of use."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, ValidationError

from authspine.api.fields import (
    ClockField,
    FlagField,
    InstantField,
    LineField,
    ObjectField,
    WholeNumberField,
    ZoneField,
)
from authspine.api.filters import FilterSet, FlagFilter, TextFilter
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import resources
from services import queries as service_queries
from services.rules import MAX_WINDOWS, Window


class ResourceWindow(StrictSerializer):
    """A window of every week. An end at or before the start lies on the next date."""

    weekday = WholeNumberField(most=6, help_text="0 is Monday.")
    start = ClockField(source="start_minute")
    end = ClockField(source="end_minute", midnight=True)

    def validate(self, window: dict[str, Any]) -> dict[str, Any]:
        # A PATCH may leave out fields of the resource, not of a window in it.
        absent = [name for name, field in self.fields.items() if field.source not in window]
        if absent:
            raise ValidationError({name: [ErrorDetail("This field is required.", "required")] for name in absent})
        return window


class ResourceWindowOut(ResourceWindow):
    """A window of every week."""


class BookableResourceIn(ExternalId):
    """Without hours a resource is always there."""

    name = LineField()
    kind = LineField(max_length=50, required=False, allow_blank=True)
    timezone = ZoneField(required=False)
    hours = ListField(child=ResourceWindow(), max_length=MAX_WINDOWS, required=False)
    active = FlagField(required=False)
    metadata = ObjectField(required=False)

    def validate_hours(self, hours: list[dict[str, Any]]) -> list[Window]:
        return [Window(**window) for window in hours]


class BookableResourceOut(ResourceOut):
    """A room or a piece of equipment, which one session at a time can have."""

    name = LineField()
    kind = LineField()
    timezone = ZoneField()
    hours = ListField(child=ResourceWindowOut(), source="windows")
    active = FlagField()
    metadata = ObjectField()


class DowntimeIn(ExternalId):
    starts_at = InstantField()
    ends_at = InstantField()
    reason = LineField(required=False, allow_blank=True)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if sent["ends_at"] <= sent["starts_at"]:
            raise ValidationError({"ends_at": ValidationError("Must be after starts_at.", code="order").detail})
        return sent


class DowntimeOut(ResourceOut):
    starts_at = InstantField()
    ends_at = InstantField()
    reason = LineField()


class ResourceFilters(FilterSet):
    kind = TextFilter()
    active = FlagFilter()


class ResourceViewSet(ScopedViewSet):
    """Rooms and equipment."""

    resource = "resources"
    shown_as = BookableResourceOut
    takes = {"create": BookableResourceIn, "partial_update": BookableResourceIn}
    filterset_class = ResourceFilters

    def list(self, request: Request) -> Response:
        """Resources, newest first, inactive ones too."""
        return self.page(service_queries.resources())

    def create(self, request: Request) -> Response:
        """Add a resource, in the organization's zone unless told otherwise."""
        return self.created(resources.add(**self.sent()), "resource")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One resource."""
        return self.show(service_queries.resource(id))

    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change what is named; bookings keep the resources that they have."""
        return self.show(resources.update(id, **self.sent()))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Delete a resource: the row goes, or is made inactive when a service or a booking has it."""
        resources.delete(id)
        return self.gone()


class DowntimeViewSet(ScopedViewSet):
    """Periods in which a resource cannot be had."""

    resource = "downtime"
    shown_as = DowntimeOut
    takes = {"create": DowntimeIn}

    def list(self, request: Request, id: UUID) -> Response:
        """Downtime, newest first."""
        return self.page(service_queries.downtimes(service_queries.resource(id)))

    def create(self, request: Request, id: UUID) -> Response:
        """Close a period. Bookings in it stay, to be moved or cancelled on purpose."""
        period = resources.add_downtime(id, **self.sent())
        return self.created(period, "downtime", id, period.id)

    def retrieve(self, request: Request, id: UUID, downtime_id: UUID) -> Response:
        """One period."""
        return self.show(service_queries.downtime(service_queries.resource(id), downtime_id))

    def destroy(self, request: Request, id: UUID, downtime_id: UUID) -> Response:
        """Open a period again."""
        resources.end_downtime(id, downtime_id)
        return self.gone()
