"""What clients keep on file to pay with, over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import AddressField, FlagField, IdField, LineField, ObjectField, WordField
from authspine.api.filters import FilterSet, IdFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import payment_methods
from payments import queries as payment_queries
from payments.api.setups import SetupOut
from payments.models import METHODS, PaymentMethod
from payments.rules import GATEWAY_METHODS

KINDS = sorted(method.value for method in GATEWAY_METHODS)


class MethodIn(ExternalId):
    client = IdField()
    type = WordField(choices=KINDS)
    payment_method = LineField(max_length=100)
    is_default = FlagField(required=False)
    metadata = ObjectField(required=False)
    return_url = AddressField(required=False, help_text="Where the client goes after having approved.")


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

    resource = "payment_methods"
    shown_as = MethodOut
    takes = {"create": MethodIn}
    accepted = {"create": SetupOut}
    filterset_class = MethodFilters
    own_scopes = frozenset({"create", "destroy"})
    refusals = {"create": (402,)}

    def list(self, request: Request) -> Response:
        """Payment methods, newest first."""
        return self.page(payment_queries.methods())

    def create(self, request: Request) -> Response:
        """Keep a card or account of a client, by the gateway's id of it. The client's first one is the default.

        It can be charged while the client is away. 202 says that the client has to approve that first.
        """
        return self.carry_out(payment_methods.add, self._kept, **self.sent())

    def _kept(self, kept: payment_methods.Kept) -> Response:
        if isinstance(kept, PaymentMethod):
            return self.created(kept, "payment-method")
        return self.begun(kept, "payment-method-setup")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One payment method."""
        return self.show(payment_queries.get_method(id))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Forget a payment method, at the payment provider too. What was paid with it stays."""
        return self.carry_out(payment_methods.remove, lambda _: self.gone(), method_id=id)

    def make_default(self, request: Request, id: UUID) -> Response:
        """Make it the one by which its client is charged, and no other."""
        return self.show(payment_methods.set_default(id))
