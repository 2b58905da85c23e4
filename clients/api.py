"""Clients over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.erasures import ErasureOut
from authspine.api.fields import EmailField, LineField, ObjectField, TextField
from authspine.api.filters import FilterSet, SearchFilter, TextFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import clients, erasure
from authspine.privacy import receipts
from authspine.privacy.models import Erasure
from clients import queries as client_queries


class ClientIn(ExternalId):
    email = EmailField()
    name = LineField()
    phone = LineField(max_length=40, required=False, allow_blank=True)
    preferences = ObjectField(required=False)
    metadata = ObjectField(required=False)
    notes = TextField(required=False, allow_blank=True)


class ClientOut(ResourceOut):
    email = EmailField()
    name = LineField()
    phone = LineField(max_length=40)
    preferences = ObjectField()
    metadata = ObjectField()
    notes = TextField()


class _AddressFilter(TextFilter):
    """As much as an e-mail address may have."""

    parsed_by = LineField(max_length=254)


class ClientFilters(FilterSet):
    search = SearchFilter(method="matching")
    email = _AddressFilter(method="with_email")

    def matching(self, rows: QuerySet[Any], name: str, typed: str) -> QuerySet[Any]:
        return client_queries.search(rows, typed)

    def with_email(self, rows: QuerySet[Any], name: str, email: str) -> QuerySet[Any]:
        return client_queries.with_email(rows, email)


class ClientViewSet(ScopedViewSet):
    """The people whom the organization serves."""

    shown_as = ClientOut
    takes = {"create": ClientIn, "partial_update": ClientIn}
    answers = {"erase": ErasureOut, "erasure": ErasureOut}
    scopes = {"erase": "admin"}
    own_scopes = frozenset({"erase"})
    filterset_class = ClientFilters

    def list(self, request: Request) -> Response:
        """Clients, newest first. `search`: every word begins a word of name or e-mail, or ends the phone number."""
        return self.page(client_queries.present())

    def create(self, request: Request) -> Response:
        """Register a client."""
        return self.created(clients.register(**self.sent()), "client")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One client."""
        return self.show(client_queries.get(id))

    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change what is named."""
        return self.show(clients.update(id, **self.sent()))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Delete a client: the row goes, or is made inactive when there are bookings."""
        clients.delete(id)
        return self.gone()

    def erase(self, request: Request, id: UUID) -> Response:
        """Erase the person for good; what is kept, why and until when is in the answer.

        Refused while a payment is in flight (`payment_in_flight`), with a booking ahead (`booking_ahead`), and under a
        legal hold (`legal_hold`). Sent again, it gives the same receipt.
        """
        return self.carry_out(erasure.erase_client, self.show, client_id=id)

    def erasure(self, request: Request, id: UUID) -> Response:
        """The receipt of a client's erasure."""
        return self.show(receipts.get(Erasure.Kind.CLIENT, id))
