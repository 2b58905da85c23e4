"""Payment intents over HTTP: started, confirmed, listed. No PUT, no DELETE: what was tried stays on record."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import AddressField, FlagField, IdField, LineField, MoneyField, WordField
from authspine.api.filters import FilterSet, IdFilter, WordFilter
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import payments
from payments import queries as payment_queries
from payments.api.next_action import NextActionOut
from payments.models import METHODS, PaymentIntent

STATUSES = PaymentIntent.Status.values
PURPOSES = PaymentIntent.Purpose.values
CAPTURES = PaymentIntent.Capture.values


class IntentIn(ExternalId):
    booking = IdField()
    method = WordField(choices=METHODS)
    payment_method = LineField(max_length=100, required=False, allow_blank=True)
    purpose = WordField(
        choices=PURPOSES, required=False, help_text="What is due of it is the amount; `full`, if absent."
    )
    capture = WordField(choices=CAPTURES, required=False, help_text="`manual`: authorize now, and capture later.")
    off_session = FlagField(
        required=False, help_text="The client is away: what they have on file is charged, if nothing else is named."
    )


class ConfirmIn(StrictSerializer):
    payment_method = LineField(max_length=100, required=False, allow_blank=True)
    return_url = AddressField(required=False, help_text="Where the client goes after having approved the payment.")


class CaptureIn(StrictSerializer):
    amount = MoneyField(least=1, required=False, allow_null=True, help_text="All that is left, if absent.")
    more_follows = FlagField(required=False, help_text="Keep the rest authorized, to be captured later.")


class FailureOut(serializers.Serializer[Any]):
    code = LineField()
    detail = LineField(max_length=300, allow_blank=True)


class IntentOut(ResourceOut):
    booking = IdField(source="booking_id")
    purpose = WordField(choices=PURPOSES)
    capture = WordField(choices=CAPTURES)
    off_session = FlagField()
    method = WordField(choices=METHODS)
    status = WordField(choices=STATUSES)
    amount = MoneyField(cents="amount_cents")
    amount_captured = MoneyField(cents="captured_cents")
    amount_refunded = MoneyField(cents="refunded_cents")
    amount_disputed = MoneyField(cents="disputed_cents")
    fee = MoneyField(cents="fee_cents")
    fee_is_known = FlagField(help_text="By the provider; until then the fee is the table's estimate.")
    next_action = NextActionOut(allow_null=True, help_text="What the client has to do, while it `requires_action`.")
    failure = FailureOut(allow_null=True)


class IntentFilters(FilterSet):
    booking = IdFilter()
    status = WordFilter(words=STATUSES)
    method = WordFilter(words=list(METHODS))
    purpose = WordFilter(words=PURPOSES)


class PaymentIntentViewSet(ScopedViewSet):
    """Attempts to be paid for a booking: several, of which one at a time is under way."""

    resource = "payments"
    of = "payments.PaymentIntent"
    shown_as = IntentOut
    takes = {"create": IntentIn, "confirm": ConfirmIn, "capture": CaptureIn}
    filterset_class = IntentFilters
    own_scopes = frozenset({"create", "confirm", "capture", "cancel"})
    moves_money = own_scopes
    refusals = dict.fromkeys(own_scopes, (402,))

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

    def capture(self, request: Request, id: UUID) -> Response:
        """Take an authorized amount, or part of it. Unless `more_follows`, the rest is let go.

        After a 503 ask again: what was taken already is seen first.
        """
        return self.carry_out(payments.capture, self.show, intent_id=id, **self.sent())

    def cancel(self, request: Request, id: UUID) -> Response:
        """Give up an attempt, and let go what was authorized. Money that is there is given back by a refund."""
        return self.carry_out(payments.cancel, self.show, intent_id=id)
