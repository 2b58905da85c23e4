"""Verticals over HTTP, by their slug. Changing one asks for the scope `admin`."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer, ValidationError

from authspine.api.fields import FlagField, LineField, ObjectField, SlugField, WholeNumberField, WordField
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.kernel.money import MAX_PRICE_CENTS
from authspine.orchestrator import verticals
from professionals import queries as professional_queries
from professionals.rules import starting_points
from professionals.rules.policies import POLICIES, YEAR_MINUTES

METHODS = ["card", "bank", "wallet", "cash", "invoice"]


class ServiceTemplate(StrictSerializer):
    name = LineField(max_length=starting_points.MAX_LINE)
    duration_minutes = WholeNumberField(least=1, most=starting_points.MAX_MINUTES)
    price_cents = WholeNumberField(most=MAX_PRICE_CENTS)
    location_type = WordField(choices=starting_points.LOCATIONS)
    metadata = ObjectField(required=False)


class IntakeQuestion(StrictSerializer):
    """Asked before a booking. A choice has options, a text has none; `max_length` is of an answer in words."""

    id = SlugField()
    prompt = LineField(max_length=starting_points.MAX_PROMPT)
    type = WordField(choices=starting_points.QUESTION_TYPES)
    options = ListField(
        child=LineField(max_length=starting_points.MAX_LINE), max_length=starting_points.MOST, default=list
    )
    required = FlagField(default=False)  # type: ignore[assignment]
    max_length = WholeNumberField(least=1, most=starting_points.MAX_ANSWER, default=starting_points.USUAL_ANSWER)


class IntakeQuestionOut(Serializer[Any]):
    """A question, whole: what a form is drawn from. The prompt and the options are plain text."""

    id = SlugField()
    prompt = LineField(max_length=starting_points.MAX_PROMPT)
    type = WordField(choices=starting_points.QUESTION_TYPES)
    options = ListField(child=LineField(max_length=starting_points.MAX_LINE))
    required = FlagField()  # type: ignore[assignment]
    max_length = WholeNumberField()


class Compliance(StrictSerializer):
    requires_verification = FlagField(default=False)
    data_retention_days = WholeNumberField(
        least=starting_points.RETENTION_DAYS[0], most=starting_points.RETENTION_DAYS[1], default=365
    )
    allowed_payment_methods = ListField(child=WordField(choices=METHODS), max_length=5, default=["card"])


def policy_field(name: str, **kwargs: Any) -> WholeNumberField:
    """A policy within its bounds."""
    least, most, optional = POLICIES[name]
    return WholeNumberField(least=least, most=most, allow_null=optional, **kwargs)


NO_CAP = "null: as many as the installation allows."


class Policies(StrictSerializer):
    hold_minutes = policy_field("hold_minutes", default=15)
    min_notice_minutes = WholeNumberField(most=YEAR_MINUTES, default=0)
    cancellation_window_minutes = policy_field("cancellation_window_minutes", default=24 * 60)
    cancellation_fee_bps = policy_field("cancellation_fee_bps", default=0)
    cancellation_fee_cents = policy_field("cancellation_fee_cents", default=0)
    no_show_fee_bps = policy_field("no_show_fee_bps", default=0)
    no_show_fee_cents = policy_field("no_show_fee_cents", default=0)
    reschedule_window_minutes = policy_field("reschedule_window_minutes", default=0)
    max_reschedules = policy_field("max_reschedules", default=None)
    deposit_bps = WholeNumberField(most=10_000, default=0, help_text="Of the price of a new service.")
    approval_minutes = policy_field("approval_minutes", default=24 * 60)
    max_open_holds = policy_field("max_open_holds", default=None, help_text=NO_CAP)
    max_future_bookings = policy_field("max_future_bookings", default=None)


class ComplianceOut(Compliance):
    """What compliance asks."""


class PoliciesOut(Policies):
    """The policies of new bookings."""


class VerticalReplacement(ExternalId):
    """A vertical as a whole: what is left out takes its default."""

    display_name = LineField(max_length=100)
    service_templates = ListField(child=ServiceTemplate(), max_length=starting_points.MOST, default=list)
    compliance = Compliance(source="*", required=False)
    policies = Policies(source="*", required=False)
    intake_questions = ListField(child=IntakeQuestion(), max_length=starting_points.MOST, default=list)
    metadata = ObjectField(default=dict)
    slug = SlugField(required=False)

    def to_internal_value(self, sent: Any) -> Any:
        # Given as empty, so that their own defaults are filled in.
        whole = {"compliance": {}, "policies": {}, **sent} if isinstance(sent, dict) else sent
        return super().to_internal_value(whole)

    def validate_slug(self, slug: str) -> str:
        if self.context["view"].kwargs.get("slug", slug) != slug:
            raise ValidationError("The slug of a vertical cannot change.", code="read_only")
        return slug


class VerticalIn(VerticalReplacement):
    slug = SlugField()


class VerticalOut(ResourceOut):
    slug = SlugField()
    display_name = LineField()
    service_templates = ListField(child=ObjectField())
    compliance = ComplianceOut(source="*")
    policies = PoliciesOut(source="*")
    intake_questions = ListField(child=IntakeQuestionOut())
    metadata = ObjectField()


class VerticalViewSet(ScopedViewSet):
    """The trades of the organization: templates, what compliance asks, and the policies of new bookings."""

    resource = "verticals"
    shown_as = VerticalOut
    takes = {"create": VerticalIn, "replace": VerticalReplacement}
    statuses = {"replace": (200, 201)}

    def list(self, request: Request) -> Response:
        """Verticals, newest first."""
        return self.page(professional_queries.verticals())

    def create(self, request: Request) -> Response:
        """Make a vertical."""
        vertical = verticals.create(**self.sent())
        return self.created(vertical, "vertical", vertical.slug)

    def retrieve(self, request: Request, slug: str) -> Response:
        """One vertical."""
        return self.show(professional_queries.vertical(slug))

    def replace(self, request: Request, slug: str) -> Response:
        """Replace a vertical by this one, or make it. What is left out takes its default; bookings keep their terms."""
        vertical, made = verticals.configure(**self.sent() | {"slug": slug})
        return self.created(vertical, "vertical", slug) if made else self.show(vertical)
