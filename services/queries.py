"""Reads of services."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from authspine.kernel.text import words
from professionals import queries as professional_queries
from services.errors import ServiceNotFound
from services.models import Service


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


def asked_for(services: Sequence[UUID], professionals: Sequence[UUID]) -> list[Service]:
    """These services; or all active ones of these professionals; or, of both, these that are by these professionals.

    Raises ServiceNotFound or ProfessionalNotFound, naming the field, when one of the ids is not here.
    """
    found = {service.id: service for service in listed().filter(id__in=list(services))}
    if len(found) < len(set(services)):
        raise ServiceNotFound(field="service")
    if professionals:
        professional_queries.check_all_present(professionals)
    if professionals and not services:
        return list(listed().filter(professional__in=list(professionals), active=True))
    return [service for service in found.values() if not professionals or service.professional_id in professionals]
