"""Clients over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authspine.api.erasures import ErasureOut
from authspine.api.fields import (
    DayField,
    EmailField,
    IdField,
    InstantField,
    LineField,
    ObjectField,
    SlugField,
    TextField,
    WordField,
)
from authspine.api.filters import FilterSet, SearchFilter, TextFilter
from authspine.api.serializers import ExternalId, ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import clients, erasure
from clients import queries as client_queries
from clients.models import Consent

SAID_BY = Consent.Method.values


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

    resource = "clients"
    of = "clients.Client"
    shown_as = ClientOut
    takes = {"create": ClientIn, "partial_update": ClientIn}
    answers = {"erase": ErasureOut}
    own_scopes = frozenset({"erase"})
    filterset_class = ClientFilters

    def list(self, request: Request) -> Response:
        """Clients, newest first. `search`: each of at most ten words begins one of name or e-mail, or ends a phone."""
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
        """Delete a client: made inactive when there are bookings; without any the person is erased and the row goes.

        Then it is refused while a card or account is being added (`payment_in_flight`), and has a receipt.
        """
        clients.delete(id)
        return self.gone()

    def erase(self, request: Request, id: UUID) -> Response:
        """Erase the person for good; what is kept, why and until when is in the answer.

        Refused while a payment is in flight (`payment_in_flight`), with a booking ahead (`booking_ahead`), and under a
        legal hold (`legal_hold`). Sent again, it gives the same receipt.
        """
        return self.carry_out(erasure.erase_client, self.show, client_id=id)


class ConsentIn(ExternalId):
    purpose = SlugField(help_text="Such as `marketing`.")
    text_version = LineField(max_length=50)
    method = WordField(choices=SAID_BY)
    given_at = InstantField(required=False)


class WithdrawalIn(StrictSerializer):
    how = WordField(choices=SAID_BY)
    withdrawn_at = InstantField(required=False)


class ConsentOut(ResourceOut):
    client = IdField(source="client_id")
    purpose = SlugField()
    text_version = LineField(max_length=50)
    given_at = InstantField()
    method = WordField(choices=SAID_BY)
    withdrawn_at = InstantField(allow_null=True)
    withdrawn_how = WordField(choices=[*(word for word, _ in Consent.ENDINGS), ""])


class ConsentViewSet(ScopedViewSet):
    """What a client has agreed to: added and withdrawn, never changed or deleted."""

    resource = "consents"
    of = "clients.Client"
    shown_as = ConsentOut
    takes = {"create": ConsentIn, "withdraw": WithdrawalIn}

    def list(self, request: Request, id: UUID) -> Response:
        """Consents, also those that have ended, newest first."""
        return self.page(client_queries.consents(client_queries.get(id)))

    def create(self, request: Request, id: UUID) -> Response:
        """Note a consent. By another version of the text it takes the place of the one that is live."""
        given = clients.consent(id, **self.sent())
        return self.created(given, "consent", id, given.id)

    def retrieve(self, request: Request, id: UUID, consent_id: UUID) -> Response:
        """One consent."""
        return self.show(client_queries.consent(client_queries.get(id), consent_id))

    def withdraw(self, request: Request, id: UUID, consent_id: UUID) -> Response:
        """End a consent."""
        return self.show(clients.withdraw_consent(id, consent_id, **self.sent()))


class LegalHoldIn(StrictSerializer):
    reference = LineField(max_length=100, help_text="A file number; nothing about a person.")
    until = DayField(required=False, allow_null=True, help_text="The last date it holds on; null: until it is lifted.")


class LegalHoldOut(Serializer[Any]):
    reference = LineField(max_length=100, source="legal_hold_reference")
    until = DayField(allow_null=True, source="legal_hold_until")
    set_at = InstantField(source="legal_hold_at")


class LegalHoldViewSet(ScopedViewSet):
    """What keeps a client from being deleted or erased."""

    resource = "legal_holds"
    shown_as = LegalHoldOut
    takes = {"replace": LegalHoldIn}

    def retrieve(self, request: Request, id: UUID) -> Response:
        """The legal hold on a client."""
        return self.show(clients.held(id))

    def replace(self, request: Request, id: UUID) -> Response:
        """Put a client under a legal hold, or say anew what it goes by and until when."""
        return self.show(clients.hold(id, **self.sent()))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Lift the legal hold."""
        clients.lift_hold(id)
        return self.gone()
