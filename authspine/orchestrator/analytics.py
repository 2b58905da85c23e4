"""Journeys of events: a caller's own are tracked, all are reported on and exported.

`track`, `report` and `conversion` run inside an organization scope; `export` opens one of its own while it is read.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from analytics import queries as event_queries
from analytics.errors import BadType, ReservedType, SubjectNotFound
from analytics.models import AnalyticsEvent
from analytics.queries import Filters
from analytics.rules import documents, event_types
from analytics.rules.conversion import Conversion
from authspine.audit.reading import Look
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy, times
from authspine.kernel.actor import Actor
from authspine.kernel.streams import gathered
from authspine.kernel.tenancy import organization_scope
from authspine.privacy.errors import PersonErased


def track(
    type: str,
    *,
    timestamp: datetime | None = None,
    user: UUID | None = None,
    session_id: str = "",
    data: dict[str, Any] | None = None,
    external_id: str | None = None,
) -> AnalyticsEvent:
    """Track a custom event: 1. may this type be written; 2. is its user somebody here; 3. the event.

    Raises BadType, ReservedType, SubjectNotFound (field `user`), PersonErased, Invalid.
    """
    if not event_types.is_well_formed(type):
        raise BadType
    if event_types.is_reserved(type):
        raise ReservedType
    if user is not None and not event_queries.is_known(user):
        raise SubjectNotFound
    if user is not None and event_queries.is_erased(user):
        raise PersonErased
    return event_actions.record(
        type,
        timestamp=timestamp,
        user=user,
        session_id=session_id,
        data=data,
        external_id=external_id,
        now=clock.now(),
    )


def report(filters: Filters, *, bucket: str = "day") -> dict[str, Any]:
    """What happened: totals, counts by type, and a series in buckets of the organization's wall clock.

    `active_users` are distinct users, never "nobody". Without `start` or `end` it tells of all time.
    """
    events = event_queries.matching(filters)
    total, users = event_queries.totals(events)
    where = times.zone(tenancy.current().organization.timezone)
    return {
        "start": filters.start,
        "end": filters.end,
        "timezone": where.key,
        "bucket": bucket,
        "total_events": total,
        "active_users": users,
        "by_type": event_queries.by_type(events),
        "series": [point.as_json() for point in event_queries.series(events, bucket, where)],
    }


def conversion(from_type: str, to_type: str, filters: Filters) -> Conversion:
    """Of the users who did one thing, those who did the other at or after their own first; never above all of them."""
    return event_queries.conversion(from_type, to_type, filters)


def export(organization: Organization, actor: Actor, *, format: str, filters: Filters) -> Iterator[str]:
    """Every matching event as `csv` or `json`, oldest first, in pieces; one moment of the data, in constant memory.

    1. the audit is told of everybody in it, first, since the reader may go away; 2. a scope that sees one moment, open
    from the first piece to the last, or until then. Called outside of any scope.
    """
    write = documents.FORMATS[format]
    with organization_scope(organization, actor, one_moment=True):  # for its patience: these may be all there are
        who = event_queries.matching(filters).order_by().values("user")
        Look(AnalyticsEvent._meta.label, found=[who]).record(alone=True)
    with organization_scope(organization, actor, snapshot=True):
        yield from gathered(write(event_queries.rows(filters, *documents.FIELDS)))
