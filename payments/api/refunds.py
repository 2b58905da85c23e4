"""Refunds over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import IdField, MoneyField, TextField, WordField
from authspine.api.filters import FilterSet, IdFilter, WordFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import payments
from payments import queries as payment_queries
from payments.models import Refund


class RefundIn(ExternalId):
    intent = IdField()
    amount = MoneyField(least=1, required=False, allow_null=True)
    reason = TextField(max_length=500, required=False, allow_blank=True)


class RefundOut(ResourceOut):
    intent = IdField(source="intent_id")
    amount = MoneyField(cents="amount_cents")
    reason = TextField(max_length=500, allow_blank=True)
    status = WordField(choices=Refund.Status.values)
    cause = WordField(choices=Refund.Cause.values)


class RefundFilters(FilterSet):
    intent = IdFilter()
    status = WordFilter(words=Refund.Status.values)
    cause = WordFilter(words=Refund.Cause.values)


class RefundViewSet(ScopedViewSet):
    """Money given back: in part or in full, several times, never more than was captured."""

    resource = "refunds"
    of = "payments.Refund"
    shown_as = RefundOut
    takes = {"create": RefundIn}
    filterset_class = RefundFilters
    own_scopes = frozenset({"create"})
    moves_money = own_scopes
    refusals = {"create": (402,)}

    def list(self, request: Request) -> Response:
        """Refunds, newest first."""
        return self.page(payment_queries.refunds())

    def create(self, request: Request) -> Response:
        """Give money back; without an `amount` all that is left of the payment.

        After a 503 the outcome is not known; the same request again takes that refund up.
        """
        return self.carry_out(payments.refund, lambda refund: self.created(refund, "refund"), **self.sent())

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One refund."""
        return self.show(payment_queries.get_refund(id))
