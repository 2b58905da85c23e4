"""What clients keep on file to pay with, over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import FlagField, IdField, LineField, ObjectField, WordField
from authspine.api.filters import FilterSet, IdFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import payment_methods
from payments import queries as payment_queries
from payments.models import METHODS
from payments.rules import GATEWAY_METHODS

KINDS = sorted(method.value for method in GATEWAY_METHODS)


class MethodIn(ExternalId):
    client = IdField()
    type = WordField(choices=KINDS)
    payment_method = LineField(max_length=100)
    is_default = FlagField(required=False)
    metadata = ObjectField(required=False)


class MethodOut(ResourceOut):
    client = IdField(source="client_id")
    type = WordField(choices=METHODS)
    provider = LineField(max_length=20)
    brand = LineField(max_length=30, allow_blank=True)
    last4 = LineField(max_length=4, allow_blank=True)
    is_default = FlagField()
    metadata = ObjectField()


class MethodFilters(FilterSet):
    client = IdFilter()


class PaymentMethodViewSet(ScopedViewSet):
    """Cards and accounts of clients. What the gateway calls them is taken in and never shown."""

    shown_as = MethodOut
    takes = {"create": MethodIn}
    filterset_class = MethodFilters
    own_scopes = frozenset({"create"})

    def list(self, request: Request) -> Response:
        """Payment methods, newest first."""
        return self.page(payment_queries.methods())

    def create(self, request: Request) -> Response:
        """Keep a card or account of a client, by the gateway's id of it. The client's first one is the default."""
        return self.carry_out(payment_methods.add, lambda kept: self.created(kept, "payment-method"), **self.sent())

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One payment method."""
        return self.show(payment_queries.get_method(id))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Forget a payment method. What was paid with it stays."""
        payment_methods.remove(id)
        return self.gone()
