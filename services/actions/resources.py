"""Rooms and equipment, when they can be had, and which of them a service takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from authspine.kernel import tenancy
from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.validation import check_fields
from services import queries
from services.errors import DowntimeNotFound, ResourceNotFound, ServiceNotFound
from services.models import Downtime, Option, Requirement, Resource, Service
from services.rules import Window, check_windows


class Need(NamedTuple):
    """One thing that a service takes: any one of these resources, the first ones first."""

    name: str
    resources: Sequence[UUID]


def add(*, name: str, hours: Sequence[Window] = (), now: datetime, **optional: Any) -> Resource:
    """Add a resource, in the organization's zone unless told otherwise; without hours it is always there.

    Raises Invalid.
    """
    optional.setdefault("timezone", tenancy.current().organization.timezone)
    resource = Resource(id=new_id(), name=name, created_at=now, updated_at=now, **optional)
    check(set_hours(resource, hours))
    resource.save(force_insert=True)
    return resource


def set_hours(resource: Resource, hours: Sequence[Window]) -> Resource:
    """The row keeps plain lists of numbers, in the order of the week."""
    resource.hours = sorted(list(window) for window in hours)
    return resource


def check(resource: Resource) -> None:
    """Raise Invalid, naming the field, unless the row's fields and its hours fit."""
    check_fields(resource)
    try:
        check_windows(resource.windows)
    except ValueError as fault:
        raise Invalid(f"hours: {fault}.", field="hours") from fault


def update(resource: Resource, *, now: datetime, hours: Sequence[Window] | None = None, **changes: Any) -> Resource:
    """Change what is named, of the row as it is now; bookings keep their resources. Raises Invalid, ResourceNotFound.

    Locks the resource.
    """
    lock_row(resource, queries.resources(), missing=ResourceNotFound)
    for field, value in changes.items():
        setattr(resource, field, value)
    check(resource if hours is None else set_hours(resource, hours))
    resource.updated_at = now
    resource.save(update_fields=[*changes, "hours", "updated_at"])
    return resource


def delete(resource: Resource, *, has_history: bool, now: datetime) -> bool:
    """Remove a resource that nothing refers to, with its downtime; otherwise make it inactive.

    False if it was that already. Raises ResourceNotFound. Locks the resource.
    """
    lock_row(resource, queries.resources(), missing=ResourceNotFound)
    if has_history:
        return bool(Resource.objects.filter(id=resource.id, active=True).update(active=False, updated_at=now))
    resource.downtimes.all().delete()
    resource.delete()
    return True


def add_downtime(
    resource: Resource,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    external_id: str | None = None,
    now: datetime,
) -> Downtime:
    """Close a period of a resource. Bookings in it stay: they are moved or cancelled on purpose. Raises Invalid."""
    period = Downtime(
        id=new_id(),
        resource=resource,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(period)
    period.save(force_insert=True)
    return period


def end_downtime(period: Downtime) -> None:
    """Raises DowntimeNotFound. Locks the period."""
    lock_row(period, Downtime.objects.all(), missing=DowntimeNotFound)
    period.delete()


def lock_requirements(service: Service) -> list[Requirement]:
    """What the service takes, in order, for a change that begins with it. Raises ServiceNotFound. Locks the service."""
    lock_row(service, queries.listed(), missing=ServiceNotFound)
    return list(queries.requirements_of([service.id]))


def require(service: Service, needs: Sequence[Need], *, now: datetime) -> None:
    """From now on the service takes these, all of them, in this order. Bookings keep their resources.

    Raises Invalid, ServiceNotFound. Locks the service: of two at once the last one's requirements are kept, whole.
    """
    lock_row(service, queries.listed(), missing=ServiceNotFound)
    Option.objects.filter(requirement__service=service).delete()
    Requirement.objects.filter(service=service).delete()
    stamps = {"created_at": now, "updated_at": now}
    for position, need in enumerate(needs):
        requirement = Requirement(id=new_id(), service=service, position=position, name=need.name, **stamps)
        check_fields(requirement)
        requirement.save(force_insert=True)
        Option.objects.bulk_create(options(requirement, need.resources))


def options(requirement: Requirement, resources: Sequence[UUID]) -> list[Option]:
    """The rows, not written yet, of what satisfies a requirement."""
    stamps = {"created_at": requirement.created_at, "updated_at": requirement.created_at}
    return [
        Option(requirement=requirement, resource_id=resource, position=position, **stamps)
        for position, resource in enumerate(resources)
    ]
