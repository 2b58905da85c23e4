"""Who offers a service, over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import FlagField, IdField, MoneyField, WholeNumberField
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import services
from services import queries as service_queries

MOST_PRIORITY = 32_767


class OfferReplacement(ExternalId):
    """An offer as a whole: without a price or a duration the service's holds."""

    price = MoneyField(allow_null=True, default=None)
    duration_minutes = WholeNumberField(least=1, most=24 * 60, allow_null=True, default=None)
    priority = WholeNumberField(most=MOST_PRIORITY, default=0, help_text="Who is asked first when anybody will do: 0.")
    active = FlagField(default=True)


class OfferOut(ResourceOut):
    """What a professional asks for a service, where it differs."""

    professional = IdField(source="professional_id")
    price = MoneyField(allow_null=True)
    duration_minutes = WholeNumberField(allow_null=True)
    priority = WholeNumberField()
    active = FlagField()


class OfferViewSet(ScopedViewSet):
    """The professionals who offer a service. The one whom it belongs to always has an offer, which may be inactive."""

    resource = "offers"
    of = "services.Service"
    shown_as = OfferOut
    takes = {"replace": OfferReplacement}
    statuses = {"replace": (200, 201)}

    def list(self, request: Request, id: UUID) -> Response:
        """Offers of a service, newest first, inactive ones too."""
        return self.page(service_queries.offers(service_queries.get(id)))

    def retrieve(self, request: Request, id: UUID, professional_id: UUID) -> Response:
        """One professional's offer."""
        return self.show(service_queries.offer(service_queries.get(id), professional_id))

    def replace(self, request: Request, id: UUID, professional_id: UUID) -> Response:
        """Let a professional offer the service on these terms, or replace theirs; bookings keep what was agreed."""
        offer, made = services.offer(id, professional_id, **self.sent())
        return self.created(offer, "offer", id, professional_id) if made else self.show(offer)

    def destroy(self, request: Request, id: UUID, professional_id: UUID) -> Response:
        """Take an offer back; its bookings stay."""
        services.take_back_offer(id, professional_id)
        return self.gone()
