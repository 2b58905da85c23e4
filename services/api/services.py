"""Services over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField

from authspine.api.fields import (
    DayField,
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
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import services
from professionals.api.verticals import IntakeQuestion, IntakeQuestionOut, policy_field
from professionals.rules import starting_points
from professionals.rules.limits import MOST
from services import queries as service_queries
from services.api.offers import OfferOut
from services.api.requirements import RequirementOut
from services.models import Service

DAY = 24 * 60
YEAR = 366 * DAY


class PolicyOverrides(StrictSerializer):
    """What differs from the vertical's policies."""

    hold_minutes = policy_field("hold_minutes", required=False)
    cancellation_window_minutes = policy_field("cancellation_window_minutes", required=False)
    cancellation_fee_bps = policy_field("cancellation_fee_bps", required=False)
    cancellation_fee_cents = policy_field("cancellation_fee_cents", required=False)
    no_show_fee_bps = policy_field("no_show_fee_bps", required=False)
    no_show_fee_cents = policy_field("no_show_fee_cents", required=False)
    reschedule_window_minutes = policy_field("reschedule_window_minutes", required=False)
    max_reschedules = policy_field("max_reschedules", required=False)
    approval_minutes = policy_field("approval_minutes", required=False)
    max_open_holds = policy_field("max_open_holds", required=False)
    max_future_bookings = policy_field("max_future_bookings", required=False)


class PeriodLimit(StrictSerializer):
    """At most so many sessions, at most so many minutes; at least one of the two."""

    bookings = WholeNumberField(most=MOST, required=False)
    minutes = WholeNumberField(most=MOST, required=False)


class ServiceLimits(StrictSerializer):
    """How much of a service one professional takes in a local day, week (from Monday) or month."""

    day = PeriodLimit(required=False)
    week = PeriodLimit(required=False)
    month = PeriodLimit(required=False)


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
    slot_offset_minutes = WholeNumberField(most=DAY - 1, required=False)
    min_notice_minutes = WholeNumberField(most=YEAR, required=False)
    horizon_days = WholeNumberField(most=3660, required=False)
    bookable_from = DayField(required=False, allow_null=True)
    bookable_to = DayField(required=False, allow_null=True, help_text="The last date.")
    location = IdField(required=False, allow_null=True)
    requires_approval = FlagField(required=False)
    policy = PolicyOverrides(required=False)
    booking_limits = ServiceLimits(required=False)
    intake_questions = ListField(child=IntakeQuestion(), max_length=starting_points.MOST, required=False)
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
    slot_offset_minutes = WholeNumberField()
    min_notice_minutes = WholeNumberField()
    horizon_days = WholeNumberField()
    bookable_from = DayField(allow_null=True)
    bookable_to = DayField(allow_null=True)
    location = IdField(source="location_id", allow_null=True)
    requires_approval = FlagField()
    policy = ObjectField()
    booking_limits = ObjectField()
    offers = ListField(child=OfferOut(), source="offers.all")
    requirements = ListField(child=RequirementOut(), source="requirements.all")
    intake_questions = ListField(child=IntakeQuestionOut())
    questions = ListField(
        child=IntakeQuestionOut(), help_text="What a booking is asked: the vertical's questions with the service's own."
    )
    active = FlagField()
    metadata = ObjectField()


class ServiceFilters(FilterSet):
    search = SearchFilter(method="matching")
    professional = IdFilter(method="by")
    vertical = TextFilter(field_name="professional__vertical__slug")
    active = FlagFilter()

    def matching(self, rows: QuerySet[Any], name: str, typed: str) -> QuerySet[Any]:
        return service_queries.search(rows, typed)

    def by(self, rows: QuerySet[Any], name: str, professional: UUID) -> QuerySet[Any]:
        return service_queries.offered_by(rows, professional)


class ServiceViewSet(ScopedViewSet):
    """What professionals offer. Deleting is soft: the service is no longer active, its bookings stay."""

    resource = "services"
    of = "services.Service"
    shown_as = ServiceOut
    takes = {"create": ServiceIn, "partial_update": ServiceChange}
    filterset_class = ServiceFilters

    def list(self, request: Request) -> Response:
        """Services, newest first, inactive ones too. `search`: every word begins a word of name or description.
        `professional`: those that belong to this one, and those of others that this one offers, too."""
        return self.page(service_queries.whole(service_queries.listed(), self.visible))

    def create(self, request: Request) -> Response:
        """Publish a service of a professional."""
        sent = self.sent()
        service = services.publish(sent.pop("professional"), **sent)
        return self.created(self._whole(service), "service")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One service."""
        return self.show(self._whole(service_queries.get(id)))

    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change what is named; bookings keep what was agreed."""
        return self.show(self._whole(services.update(id, **self.sent())))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Withdraw a service: it becomes inactive."""
        services.deactivate(id)
        return self.gone()

    def _whole(self, service: Service) -> Service:
        return service_queries.with_parts(service, self.visible)
