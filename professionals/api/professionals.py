"""Professionals over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField

from authspine.api.erasures import ErasureOut
from authspine.api.fields import (
    EmailField,
    InstantField,
    LineField,
    ObjectField,
    SlugField,
    TextField,
    WholeNumberField,
    ZoneField,
)
from authspine.api.filters import FilterSet, FlagFilter, SearchFilter, TextFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import erasure, professionals
from professionals import queries as professional_queries
from professionals.api.fields import LimitsField


class ProfessionalIn(ExternalId):
    email = EmailField()
    name = LineField()
    vertical = SlugField()
    specialties = ListField(child=LineField(max_length=100), max_length=50, required=False)
    bio = TextField(required=False, allow_blank=True)
    timezone = ZoneField(required=False)
    years_of_experience = WholeNumberField(most=100, required=False, allow_null=True)
    booking_limits = LimitsField(required=False)
    metadata = ObjectField(required=False)


class ProfessionalOut(ResourceOut):
    email = EmailField()
    name = LineField()
    vertical = SlugField(source="vertical.slug")
    specialties = ListField(child=LineField(max_length=100))
    bio = TextField()
    timezone = ZoneField()
    verified_at = InstantField(allow_null=True)
    years_of_experience = WholeNumberField(allow_null=True)
    booking_limits = LimitsField()
    metadata = ObjectField()


class ProfessionalFilters(FilterSet):
    search = SearchFilter(method="matching")
    vertical = TextFilter(field_name="vertical__slug")
    verified = FlagFilter(method="with_verification")

    def matching(self, rows: QuerySet[Any], name: str, typed: str) -> QuerySet[Any]:
        return professional_queries.search(rows, typed)

    def with_verification(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        return professional_queries.verified(rows, wanted)


class ProfessionalViewSet(ScopedViewSet):
    """The people who serve clients, each in one vertical."""

    resource = "professionals"
    of = "professionals.Professional"
    shown_as = ProfessionalOut
    takes = {"create": ProfessionalIn, "partial_update": ProfessionalIn}
    answers = {"erase": ErasureOut}
    own_scopes = frozenset({"erase"})
    filterset_class = ProfessionalFilters

    def list(self, request: Request) -> Response:
        """Professionals, newest first. `search`: every word begins a word of name, e-mail or specialties."""
        return self.page(professional_queries.present())

    def create(self, request: Request) -> Response:
        """Onboard a professional, who works Monday to Friday, 09:00-17:00, until told otherwise."""
        return self.created(professionals.onboard(**self.sent()), "professional")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One professional."""
        return self.show(professional_queries.get(id))

    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change what is named."""
        return self.show(professionals.update(id, **self.sent()))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Delete a professional with the services; whoever or whatever has bookings is made inactive.

        Otherwise the person is erased, and the row goes.
        """
        professionals.delete(id)
        return self.gone()

    def verify(self, request: Request, id: UUID) -> Response:
        """Put on record that the professional's papers were seen."""
        return self.show(professionals.verify(id))

    def erase(self, request: Request, id: UUID) -> Response:
        """Erase the person for good, with the calendar and what is offered; what is kept, and why, is in the answer.

        Refused with a booking ahead (`booking_ahead`). Sent again, it gives the same receipt.
        """
        return self.carry_out(erasure.erase_professional, self.show, professional_id=id)
