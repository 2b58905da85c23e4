"""Bookings over HTTP. A booking has no PUT: it is held, confirmed, moved, cancelled."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authspine.api.fields import (
    FlagField,
    IdField,
    InstantField,
    LineField,
    MoneyField,
    SlugField,
    TextField,
    TextsField,
    WholeNumberField,
    WordField,
    ZoneField,
)
from authspine.api.filters import FilterSet, IdFilter, InstantFilter, WordFilter
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.kernel import clock
from authspine.kernel.money import Money
from authspine.orchestrator import bookings
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.rules.intake import MOST_ANSWERS
from bookings.rules.status import RESCHEDULABLE, Status, can_move
from bookings.rules.terms import Terms
from professionals.rules.starting_points import MAX_ANSWER

WORDS = [status.value for status in Status]


class StatusField(WordField):
    """The status as it reads now: a hold past its deadline is expired, whatever its row says."""

    def to_representation(self, booking: Booking) -> str:
        return booking.status_at(clock.now())


def answers_field(**kwargs: Any) -> TextsField:
    """Answers by the ids of their questions."""
    return TextsField(most=MOST_ANSWERS, max_length=MAX_ANSWER, **kwargs)


class BookingIn(ExternalId):
    client = IdField()
    service = IdField()
    starts_at = InstantField()
    professional = IdField(required=False)
    notes = TextField(required=False, allow_blank=True)
    answers: TextsField = answers_field(
        required=False, help_text="To the questions of the vertical and the service; without it they may follow."
    )
    override = FlagField(required=False, help_text="Take any time that is free, also outside of the slots.")


class Confirmation(StrictSerializer):
    override = FlagField(required=False, help_text="Also where a question that must be answered has not been.")


class Cancellation(StrictSerializer):
    reason = LineField(max_length=500, required=False, allow_blank=True)


class CancellationIn(Cancellation):
    waive_fee = FlagField(required=False, help_text="No fee is owed, whatever the policy says: the business cancels.")


class NewTime(StrictSerializer):
    starts_at = InstantField()
    professional = IdField(required=False, help_text="Somebody else who offers the service.")
    override = FlagField(required=False)


class BookingOut(ResourceOut):
    client = IdField(source="client_id")
    service = IdField(source="session.service_id")
    professional = IdField(source="session.professional_id")
    vertical = SlugField(source="vertical.slug")
    starts_at = InstantField(source="session.starts_at")
    ends_at = InstantField(source="session.ends_at")
    timezone = ZoneField()
    status = StatusField(choices=WORDS, source="*")
    total = MoneyField(cents="total_cents")
    deposit = MoneyField(cents="deposit_cents")
    fee = MoneyField(cents="fee_cents")
    hold_expires_at = InstantField(allow_null=True)
    notes = TextField()
    cancelled_by = LineField(allow_blank=True)
    cancellation_reason = LineField(max_length=500, allow_blank=True)
    location = IdField(source="session.location_id", allow_null=True)
    reschedules = WholeNumberField()
    version = WholeNumberField()


class PolicyQuery(StrictSerializer):
    at = InstantField(required=False)


class CancellationTerms(Serializer[Any]):
    allowed = FlagField(help_text="Whether the booking's status allows it now.")
    free_until = InstantField()
    fee = MoneyField()


class NoShowTerms(Serializer[Any]):
    fee = MoneyField()


class RescheduleTerms(Serializer[Any]):
    allowed = FlagField()
    until = InstantField()
    left = WholeNumberField(allow_null=True, help_text="null: as often as one likes.")


class PolicyOut(Serializer[Any]):
    at = InstantField()
    cancellation = CancellationTerms()
    no_show = NoShowTerms()
    reschedule = RescheduleTerms()
    deposit = MoneyField()


def policy_as_json(booking: Booking, terms: Terms, at: datetime) -> dict[str, Any]:
    status, left = booking.status_at(at), terms.moves_left(booking.reschedules)
    told = {
        "at": at,
        "cancellation": {
            "allowed": can_move(status, Status.CANCELLED),
            "free_until": terms.free_until,
            "fee": Money(terms.cancellation_fee(at), booking.currency),
        },
        "no_show": {"fee": Money(terms.no_show_fee, booking.currency)},
        "reschedule": {
            "allowed": status in RESCHEDULABLE and at <= terms.movable_until and left != 0,
            "until": terms.movable_until,
            "left": left,
        },
        "deposit": Money(booking.deposit_cents, booking.currency),
    }
    return dict(PolicyOut(told).data)


class BookingFilters(FilterSet):
    client = IdFilter()
    professional = IdFilter(field_name="session__professional")
    service = IdFilter(field_name="session__service")
    status = WordFilter(words=WORDS, method="reading")
    starts_after = InstantFilter(field_name="session__starts_at", lookup_expr="gte")
    starts_before = InstantFilter(field_name="session__starts_at", lookup_expr="lt")

    def reading(self, rows: QuerySet[Any], name: str, word: str) -> QuerySet[Any]:
        return booking_queries.with_status(rows, word)


class BookingViewSet(ScopedViewSet):
    """A client's seat at a time. End, price and policy are the server's, as agreed when the time was held."""

    resource = "bookings"
    of = "bookings.Booking"
    shown_as = BookingOut
    takes = {
        "create": BookingIn,
        "confirm": Confirmation,
        "approve": Confirmation,
        "cancel": CancellationIn,
        "decline": Cancellation,
        "reschedule": NewTime,
    }
    answers = {"policy": PolicyOut}
    asks = {"policy": PolicyQuery}
    filterset_class = BookingFilters
    limited_as = {"create": "hold"}
    versioned = True
    if_match = frozenset({"confirm", "approve", "decline", "cancel", "complete", "no_show", "reschedule"})
    conditional = frozenset({"retrieve"})

    def current_version(self, row: UUID) -> int:
        return booking_queries.get(row, now=clock.now()).version

    def list(self, request: Request) -> Response:
        """Bookings, newest first; those that start in `[starts_after, starts_before)`."""
        return self.page(booking_queries.listed(clock.now()))

    def create(self, request: Request) -> Response:
        """Hold a time. The hold expires at `hold_expires_at` unless it is confirmed. Answers are kept and not shown."""
        return self.created(bookings.hold(**self.sent()), "booking")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One booking."""
        return self.show(booking_queries.get(id, now=clock.now()))

    def confirm(self, request: Request, id: UUID) -> Response:
        """Confirm a hold: held -> confirmed."""
        return self.show(bookings.confirm(id, **self.sent(), if_version=self.if_version(id)))

    def approve(self, request: Request, id: UUID) -> Response:
        """Say yes to a request: requested -> confirmed, or -> held where a deposit has to follow."""
        return self.show(bookings.approve(id, **self.sent(), if_version=self.if_version(id)))

    def decline(self, request: Request, id: UUID) -> Response:
        """Say no to a request: requested -> declined; the time is free again."""
        return self.show(bookings.decline(id, **self.sent(), if_version=self.if_version(id)))

    def policy(self, request: Request, id: UUID) -> Response:
        """What cancelling, not coming and moving would mean for this booking, now or `at` another time."""
        booking, terms, at = bookings.policy(id, at=self.asked().get("at"))
        return Response(policy_as_json(booking, terms, at))

    def cancel(self, request: Request, id: UUID) -> Response:
        """Cancel: requested, held or confirmed -> cancelled; the time is free again."""
        return self.show(bookings.cancel(id, **self.sent(), if_version=self.if_version(id)))

    def complete(self, request: Request, id: UUID) -> Response:
        """Complete: confirmed -> completed."""
        return self.show(bookings.complete(id, if_version=self.if_version(id)))

    def no_show(self, request: Request, id: UUID) -> Response:
        """Record that the client did not come: confirmed -> no_show."""
        return self.show(bookings.mark_no_show(id, if_version=self.if_version(id)))

    def reschedule(self, request: Request, id: UUID) -> Response:
        """Move to another time or professional, in one piece: when that cannot be had, nothing has changed."""
        return self.show(bookings.reschedule(id, **self.sent(), if_version=self.if_version(id)))
