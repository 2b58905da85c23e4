"""Where and when the business is open, over HTTP: locations, closures, holiday calendars."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import DayField, FlagField, IdField, LineField, ObjectField, TextField, ZoneField
from authspine.api.filters import FilterSet, FlagFilter, IdFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import closures, holiday_calendars, locations
from professionals import queries as professional_queries
from professionals.api.fields import CountryField


class LocationIn(ExternalId):
    name = LineField()
    timezone = ZoneField()
    address = TextField(required=False, allow_blank=True, max_length=1000)
    active = FlagField(required=False)
    metadata = ObjectField(required=False)


class LocationOut(ResourceOut):
    name = LineField()
    timezone = ZoneField()
    address = TextField()
    active = FlagField()
    metadata = ObjectField()


class LocationFilters(FilterSet):
    active = FlagFilter()


class LocationViewSet(ScopedViewSet):
    """The places of the business, each with a clock of its own."""

    resource = "locations"
    of = "professionals.Location"
    shown_as = LocationOut
    takes = {"create": LocationIn, "partial_update": LocationIn}
    filterset_class = LocationFilters

    def list(self, request: Request) -> Response:
        """Locations, newest first, inactive ones too."""
        return self.page(professional_queries.locations())

    def create(self, request: Request) -> Response:
        """Open a location."""
        return self.created(locations.create(**self.sent()), "location")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One location."""
        return self.show(professional_queries.location(id))

    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change what is named."""
        return self.show(locations.update(id, **self.sent()))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Delete a location: the row goes, or is made inactive when anything refers to it."""
        locations.delete(id)
        return self.gone()


class ClosureIn(ExternalId):
    location = IdField(required=False, allow_null=True, help_text="The whole business, if null.")
    starts_on = DayField()
    ends_on = DayField(help_text="The last date.")
    reason = LineField(required=False, allow_blank=True)


class ClosureOut(ResourceOut):
    location = IdField(source="location_id", allow_null=True)
    starts_on = DayField()
    ends_on = DayField()
    reason = LineField()


class AtLocation(FilterSet):
    location = IdFilter()


class ClosureViewSet(ScopedViewSet):
    """Dates on which the whole business, or one location, is closed."""

    resource = "closures"
    of = "professionals.Closure"
    shown_as = ClosureOut
    takes = {"create": ClosureIn}
    filterset_class = AtLocation

    def list(self, request: Request) -> Response:
        """Closures, newest first."""
        return self.page(professional_queries.closures())

    def create(self, request: Request) -> Response:
        """Close dates. Bookings on them stay, to be moved or cancelled on purpose."""
        return self.created(closures.create(**self.sent()), "closure")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One closure."""
        return self.show(professional_queries.closure(id))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Open the dates again."""
        closures.delete(id)
        return self.gone()


class HolidayCalendarIn(ExternalId):
    location = IdField(required=False, allow_null=True, help_text="The whole business, if null.")
    country = CountryField()
    region = LineField(required=False, allow_blank=True, max_length=10, help_text="ISO 3166-2 without the country.")


class HolidayCalendarOut(ResourceOut):
    location = IdField(source="location_id", allow_null=True)
    country = CountryField()
    region = LineField()


class HolidayCalendarViewSet(ScopedViewSet):
    """Whose public holidays the whole business, or one location, keeps."""

    resource = "holidays"
    of = "professionals.HolidayCalendar"
    shown_as = HolidayCalendarOut
    takes = {"create": HolidayCalendarIn}
    filterset_class = AtLocation

    def list(self, request: Request) -> Response:
        """Holiday calendars, newest first."""
        return self.page(professional_queries.holiday_calendars())

    def create(self, request: Request) -> Response:
        """Keep the public holidays of a country or of one of its regions."""
        return self.created(holiday_calendars.create(**self.sent()), "holiday-calendar")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One holiday calendar."""
        return self.show(professional_queries.holiday_calendar(id))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Keep these holidays no longer."""
        holiday_calendars.delete(id)
        return self.gone()
