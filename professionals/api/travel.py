"""A professional's travel over HTTP: dates on which another zone's clock counts."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import DayField, ZoneField
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import professionals
from professionals import queries as professional_queries


class TravelIn(ExternalId):
    timezone = ZoneField()
    starts_on = DayField()
    ends_on = DayField(help_text="The last date.")


class TravelOut(ResourceOut):
    timezone = ZoneField()
    starts_on = DayField()
    ends_on = DayField()


class TravelViewSet(ScopedViewSet):
    """Dates on which a professional's hours are meant in another zone; hours at a location keep the location's."""

    resource = "travel"
    of = "professionals.Professional"
    shown_as = TravelOut
    takes = {"create": TravelIn}

    def list(self, request: Request, id: UUID) -> Response:
        """Travel, newest first."""
        return self.page(professional_queries.travels(professional_queries.get(id)))

    def create(self, request: Request, id: UUID) -> Response:
        """Enter a period of travel. Bookings in it stay. On one date there is one clock: periods do not overlap."""
        period = professionals.travel(id, **self.sent())
        return self.created(period, "travel", id, period.id)

    def retrieve(self, request: Request, id: UUID, travel_id: UUID) -> Response:
        """One period."""
        return self.show(professional_queries.travel(professional_queries.get(id), travel_id))

    def destroy(self, request: Request, id: UUID, travel_id: UUID) -> Response:
        """Take a period away."""
        professionals.end_travel(id, travel_id)
        return self.gone()
