"""Services over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import (
    FlagField,
    IdField,
    LineField,
    MoneyField,
    ObjectField,
    TextField,
    WholeNumberField,
    WordField,
)
from authspine.api.filters import FilterSet, FlagFilter, IdFilter, SearchFilter, TextFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import services
from services import queries as service_queries
from services.models import Service

DAY = 24 * 60
YEAR = 366 * DAY


class ServiceChange(ExternalId):
    """What a service may change to; the professional stays."""

    name = LineField()
    description = TextField(required=False, allow_blank=True)
    duration_minutes = WholeNumberField(least=1, most=DAY)
    price = MoneyField()
    deposit = MoneyField(required=False)
    location_type = WordField(choices=Service.LocationType.values, required=False)
    recurrence = WordField(choices=Service.Recurrence.values, required=False)
    capacity = WholeNumberField(least=1, most=1000, required=False)
    buffer_before_minutes = WholeNumberField(most=DAY, required=False)
    buffer_after_minutes = WholeNumberField(most=DAY, required=False)
    slot_interval_minutes = WholeNumberField(least=1, most=DAY, required=False, allow_null=True)
    min_notice_minutes = WholeNumberField(most=YEAR, required=False)
    horizon_days = WholeNumberField(most=3660, required=False)
    active = FlagField(required=False)
    metadata = ObjectField(required=False)


class ServiceIn(ServiceChange):
    professional = IdField()


class ServiceOut(ResourceOut):
    professional = IdField(source="professional_id")
    name = LineField()
    description = TextField()
    duration_minutes = WholeNumberField()
    price = MoneyField(cents="price_cents")
    deposit = MoneyField(cents="deposit_cents")
    location_type = WordField(choices=Service.LocationType.values)
    recurrence = WordField(choices=Service.Recurrence.values)
    capacity = WholeNumberField()
    buffer_before_minutes = WholeNumberField()
    buffer_after_minutes = WholeNumberField()
    slot_interval_minutes = WholeNumberField(allow_null=True)
    min_notice_minutes = WholeNumberField()
    horizon_days = WholeNumberField()
    active = FlagField()
    metadata = ObjectField()


class ServiceFilters(FilterSet):
    search = SearchFilter(method="matching")
    professional = IdFilter()
    vertical = TextFilter(field_name="professional__vertical__slug")
    active = FlagFilter()

    def matching(self, rows: QuerySet[Any], name: str, typed: str) -> QuerySet[Any]:
        return service_queries.search(rows, typed)


class ServiceViewSet(ScopedViewSet):
    """What professionals offer. Deleting is soft: the service is no longer active, its bookings stay."""

    shown_as = ServiceOut
    takes = {"create": ServiceIn, "partial_update": ServiceChange}
    filterset_class = ServiceFilters

    def list(self, request: Request) -> Response:
        """Services, newest first, inactive ones too. `search`: every word begins a word of name or description."""
        return self.page(service_queries.listed())

    def create(self, request: Request) -> Response:
        """Publish a service of a professional."""
        sent = self.sent()
        return self.created(services.publish(sent.pop("professional"), **sent), "service")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One service."""
        return self.show(service_queries.get(id))

    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change what is named; bookings keep what was agreed."""
        return self.show(services.update(id, **self.sent()))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Withdraw a service: it becomes inactive."""
        services.deactivate(id)
        return self.gone()
