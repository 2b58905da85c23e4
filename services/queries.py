"""Reads of services."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from authspine.kernel.text import words
from professionals import queries as professional_queries
from services.errors import ServiceNotFound
from services.models import Offer, Service


def listed() -> QuerySet[Service]:
    """Every service, newest first, with its professional and that one's vertical; inactive ones too."""
    return Service.objects.select_related("professional__vertical").order_by("-created_at", "-id")


def get(service_id: UUID, *, field: str = "") -> Service:
    """The service with this id. Raises ServiceNotFound, which names `field` when the id stood in a body."""
    service = listed().filter(id=service_id).first()
    if service is None:
        raise ServiceNotFound(field=field)
    return service


def search(services: QuerySet[Service], typed: str) -> QuerySet[Service]:
    """Those for which every word typed begins a word of the name or the description."""
    for word in words(typed):
        services = services.filter(search_text__contains=f" {word}")
    return services


def has_any(professional_id: UUID) -> bool:
    return Service.objects.filter(professional=professional_id).exists()


def asked_for(services: Sequence[UUID], professionals: Sequence[UUID]) -> QuerySet[Offer]:
    """The live offers of these services; or of these professionals; or, of both, of these services by these people."""
    found = Offer.objects.filter(active=True, professional__deleted_at=None).order_by("service_id", "professional_id")
    found = found.filter(service__in=list(services)) if services else found.filter(service__active=True)
    return found.filter(professional__in=list(professionals)) if professionals else found


def check_asked(services: Sequence[UUID], professionals: Sequence[UUID], found: Sequence[tuple[UUID, UUID]]) -> None:
    """Raise ServiceNotFound or ProfessionalNotFound, naming the field, when one of what was asked for is not here.

    No statement for those that are among the offers that were `found`, as (service, professional).
    """
    missing = set(services) - {service for service, _ in found}
    if missing and Service.objects.filter(id__in=missing).count() < len(missing):
        raise ServiceNotFound(field="service")
    if absent := set(professionals) - {professional for _, professional in found}:
        professional_queries.check_all_present(sorted(absent))
