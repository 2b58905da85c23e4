"""Attempts to keep something on file whose owner has to approve it, over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import IdField, LineField, WordField
from authspine.api.serializers import ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import payment_methods
from payments import queries as payment_queries
from payments.api.next_action import NextActionOut
from payments.models import METHODS, MethodSetup


class SetupOut(ResourceOut):
    client = IdField(source="client_id")
    type = WordField(choices=METHODS)
    status = WordField(choices=MethodSetup.Status.values)
    next_action = NextActionOut(allow_null=True, help_text="What the client has to do, while it `requires_action`.")
    payment_method = IdField(source="method_id", allow_null=True, help_text="What is on file, once it has succeeded.")
    failure_code = LineField(max_length=60, allow_blank=True)


class MethodSetupViewSet(ScopedViewSet):
    """A card or account that is not on file yet: `POST /payments/methods` leads here where the client must approve."""

    resource = "payment_methods"
    shown_as = SetupOut
    own_scopes = frozenset({"confirm"})

    def retrieve(self, request: Request, id: UUID) -> Response:
        """What is known of it."""
        return self.show(payment_queries.get_setup(id))

    def confirm(self, request: Request, id: UUID) -> Response:
        """Ask the payment provider what the client has said; then it is on file, or has failed, or still waits."""
        return self.carry_out(payment_methods.settle, self.show, setup_id=id)
