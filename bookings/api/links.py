"""A booking's self-service link over HTTP: with it the client comes to this booking, and to nothing else."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authspine.api.fields import AddressField, IdField, InstantField
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import bookings


class LinkOut(Serializer[Any]):
    id = IdField()
    booking = IdField()
    url = AddressField(help_text="Shown this once. Whoever has it is taken for the client.")
    expires_at = InstantField()


class LinkViewSet(ScopedViewSet):
    """The client's own way to a booking, without a password."""

    resource = "links"
    of = "bookings.Booking"
    shown_as = LinkOut
    told_once = frozenset({"create"})

    def create(self, request: Request, id: UUID) -> Response:
        """Make a link. Its last part is a token, good as `Authorization: Bearer` for this booking, too."""
        link, token = bookings.link(id)
        link.url = request.build_absolute_uri(reverse("self-service", args=[token]))  # type: ignore[attr-defined]
        return self.created(link, "booking", link.booking)

    def destroy(self, request: Request, id: UUID) -> Response:
        """Take back every link of this booking."""
        bookings.unlink(id)
        return self.gone()
