"""Reads of services, who offers them, and the resources that they take."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet, prefetch_related_objects

from authspine.kernel.text import words
from professionals import queries as professional_queries
from professionals.models import Location
from services.errors import (
    DowntimeNotFound,
    LocationNotFound,
    OfferNotFound,
    ResourceInactive,
    ResourceNotFound,
    ServiceNotFound,
)
from services.models import Downtime, Offer, Option, Requirement, Resource, Service

# Narrows rows to those that whoever asks may see.
type Seen = Callable[[QuerySet[Any]], QuerySet[Any]]


def listed() -> QuerySet[Service]:
    """Every service, newest first, with its professional and that one's vertical; inactive ones too."""
    return Service.objects.select_related("professional__vertical").order_by("-created_at", "-id")


def get(service_id: UUID, *, field: str = "") -> Service:
    """The service with this id. Raises ServiceNotFound, which names `field` when the id stood in a body."""
    service = listed().filter(id=service_id).first()
    if service is None:
        raise ServiceNotFound(field=field)
    return service


def whole(services: QuerySet[Service], seen: Seen = lambda rows: rows) -> QuerySet[Service]:
    """These with their requirements, and those of their offers that are seen: three statements more for all of them."""
    return services.prefetch_related(*_parts(seen))


def with_parts(service: Service, seen: Seen = lambda rows: rows) -> Service:
    """The same for a service that is at hand."""
    prefetch_related_objects([service], *_parts(seen))
    return service


def _parts(seen: Seen) -> tuple[Any, ...]:
    return (
        Prefetch("offers", seen(Offer.objects.order_by("priority", "professional_id"))),
        Prefetch("requirements", Requirement.objects.order_by("position")),
        Prefetch("requirements__options", Option.objects.order_by("position")),
    )


def offered_by(services: QuerySet[Service], professional_id: UUID) -> QuerySet[Service]:
    """Those that belong to this professional, and those of others that they offer, too."""
    theirs = Offer.objects.filter(
        Q(active=True) | Q(service__professional=F("professional")), professional=professional_id
    )
    return services.filter(id__in=theirs.values("service"))


def search(services: QuerySet[Service], typed: str) -> QuerySet[Service]:
    """Those for which every word typed begins a word of the name or the description."""
    for word in words(typed):
        services = services.filter(search_text__contains=f" {word}")
    return services


def has_any(professional_id: UUID) -> bool:
    return Service.objects.filter(professional=professional_id).exists()


def check_asked(services: Sequence[UUID], professionals: Sequence[UUID], found: Sequence[tuple[UUID, UUID]]) -> None:
    """Raise ServiceNotFound or ProfessionalNotFound, naming the field, when one of what was asked for is not here.

    No statement for those that are among the offers that were `found`, as (service, professional).
    """
    missing = set(services) - {service for service, _ in found}
    if missing and Service.objects.filter(id__in=missing).count() < len(missing):
        raise ServiceNotFound(field="service")
    if absent := set(professionals) - {professional for _, professional in found}:
        professional_queries.check_all_present(sorted(absent))


def location(location_id: UUID) -> Location:
    """The location that was named. Raises LocationNotFound, with its field."""
    found = Location.objects.filter(id=location_id).first()
    if found is None:
        raise LocationNotFound(field="location")
    return found


def offers(service: Service) -> QuerySet[Offer]:
    """Every offer of a service, newest first; inactive ones too."""
    return Offer.objects.filter(service=service).select_related("service").order_by("-created_at", "-id")


def offer(service: Service, professional_id: UUID) -> Offer:
    """What this professional asks for this service. Raises OfferNotFound."""
    found = offers(service).filter(professional=professional_id).first()
    if found is None:
        raise OfferNotFound
    return found


def offers_of(services: Iterable[UUID]) -> QuerySet[Offer]:
    """Whom these services can be had from, in the order in which they are asked when anybody will do. One statement."""
    return (
        Offer.objects.filter(service__in=list(services), active=True, professional__deleted_at=None)
        .select_related("service", "professional__vertical")
        .order_by("service_id", "priority", "professional_id")
    )


def requirements_of(services: Iterable[UUID]) -> QuerySet[Requirement]:
    """What these services take, with the options in their order and the resource of each. Two statements."""
    options = Option.objects.select_related("resource").order_by("position")
    return (
        Requirement.objects.filter(service__in=list(services))
        .prefetch_related(Prefetch("options", options))
        .order_by("service_id", "position")
    )


def resources() -> QuerySet[Resource]:
    """Every resource, newest first; inactive ones too."""
    return Resource.objects.order_by("-created_at", "-id")


def resource(resource_id: UUID) -> Resource:
    """The resource with this id. Raises ResourceNotFound."""
    found = Resource.objects.filter(id=resource_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def check_usable(named: Sequence[Sequence[UUID]]) -> None:
    """Look at the resources that each requirement of a list names, all in one statement.

    Raises ResourceNotFound, ResourceInactive, with the field: `requirements.0.resources.1`.
    """
    found = Resource.objects.in_bulk({one for ids in named for one in ids})
    for number, ids in enumerate(named):
        for place, one in enumerate(ids):
            field = f"requirements.{number}.resources.{place}"
            if one not in found:
                raise ResourceNotFound(field=field)
            if not found[one].active:
                raise ResourceInactive(field=field)


def is_required(resource: Resource) -> bool:
    return Option.objects.filter(resource=resource).exists()


def downtimes(resource: Resource) -> QuerySet[Downtime]:
    """All downtime of a resource, newest first."""
    return Downtime.objects.filter(resource=resource).order_by("-created_at", "-id")


def downtime(resource: Resource, downtime_id: UUID) -> Downtime:
    """One period of a resource's downtime. Raises DowntimeNotFound."""
    found = downtimes(resource).filter(id=downtime_id).first()
    if found is None:
        raise DowntimeNotFound
    return found
