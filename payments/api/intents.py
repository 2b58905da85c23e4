"""Payment intents over HTTP: started, confirmed, listed. No PUT, no DELETE: what was tried stays on record."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import IdField, LineField, MoneyField, WordField
from authspine.api.filters import FilterSet, IdFilter, WordFilter
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import payments
from payments import queries as payment_queries
from payments.models import METHODS, PaymentIntent

STATUSES = PaymentIntent.Status.values


class IntentIn(ExternalId):
    booking = IdField()
    method = WordField(choices=METHODS)
    payment_method = LineField(max_length=100, required=False, allow_blank=True)


class ConfirmIn(StrictSerializer):
    payment_method = LineField(max_length=100, required=False, allow_blank=True)


class FailureOut(serializers.Serializer[Any]):
    code = LineField()
    detail = LineField(max_length=300, allow_blank=True)


class IntentOut(ResourceOut):
    booking = IdField(source="booking_id")
    method = WordField(choices=METHODS)
    status = WordField(choices=STATUSES)
    amount = MoneyField(cents="amount_cents")
    amount_captured = MoneyField(cents="captured_cents")
    amount_refunded = MoneyField(cents="refunded_cents")
    fee = MoneyField(cents="fee_cents")
    failure = FailureOut(allow_null=True)


class IntentFilters(FilterSet):
    booking = IdFilter()
    status = WordFilter(words=STATUSES)
    method = WordFilter(words=list(METHODS))


class PaymentIntentViewSet(ScopedViewSet):
    """Attempts to be paid for a booking: several, of which one at a time is under way."""

    shown_as = IntentOut
    takes = {"create": IntentIn, "confirm": ConfirmIn}
    filterset_class = IntentFilters
    own_scopes = frozenset({"create", "confirm"})
    moves_money = own_scopes
    refusals = {"create": (402,), "confirm": (402,)}

    def list(self, request: Request) -> Response:
        """Payments, newest first."""
        return self.page(payment_queries.intents())

    def create(self, request: Request) -> Response:
        """Start to be paid what is due of a booking. Nothing is charged before `/confirm`.

        After a 503 the same request again takes this attempt up.
        """
        return self.carry_out(payments.start, lambda intent: self.created(intent, "payment-intent"), **self.sent())

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One payment."""
        return self.show(payment_queries.get(id))

    def confirm(self, request: Request, id: UUID) -> Response:
        """Be paid: charge the card or account, or record cash or an invoice. One that has succeeded stays as it is.

        402 says that it was declined: this payment has failed, and another can be started. After a 503 the outcome is
        not known; ask again, and it is never charged twice.
        """
        return self.carry_out(payments.confirm, self.show, intent_id=id, **self.sent())
