"""Reads of events. Everything is counted in the database, nothing is cut off; filters combine with AND.

A period is `[start, end)`: `start` is included, `end` is not, so that neighbouring periods never share an event. One
that ends before it starts has none.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, F, Func, Max, Min, Q, QuerySet, Value

from analytics.errors import EventNotFound
from analytics.models import AnalyticsEvent
from analytics.rules.buckets import bucket_starts
from analytics.rules.conversion import Conversion
from authspine.identity.models import Membership
from authspine.kernel import tenancy
from clients.models import Client
from professionals.models import Professional

_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events are meant; what is left out does not filter."""

    start: datetime | None = None
    end: datetime | None = None
    types: Sequence[str] = ()
    user: UUID | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One type's events in one bucket; buckets without any are left out."""

    bucket_start: datetime
    type: str
    count: int

    def as_json(self) -> dict[str, Any]:
        return {"bucket_start": self.bucket_start, "type": self.type, "count": self.count}


def matching(filters: Filters) -> QuerySet[AnalyticsEvent]:
    """The events that pass every filter, newest first."""
    wanted = Q()
    if filters.start:
        wanted &= Q(timestamp__gte=filters.start)
    if filters.end:
        wanted &= Q(timestamp__lt=filters.end)
    if filters.types:
        wanted &= Q(type__in=list(filters.types))
    if filters.user:
        wanted &= Q(user=filters.user)
    if filters.session_id is not None:
        wanted &= Q(session_id=filters.session_id)
    return AnalyticsEvent.objects.filter(wanted).order_by("-timestamp", "-id")


def get(event_id: UUID) -> AnalyticsEvent:
    """The event with this id. Raises EventNotFound."""
    event = AnalyticsEvent.objects.filter(id=event_id).first()
    if event is None:
        raise EventNotFound
    return event


def of_payment(intent_id: UUID, *, client: UUID, since: datetime) -> QuerySet[AnalyticsEvent]:
    """The events that name this payment; its client and the time of its start narrow them down by an index."""
    told = AnalyticsEvent.objects.filter(user=client, timestamp__gte=since, data__paymentIntentId=str(intent_id))
    return told.order_by("timestamp", "id")


def totals(events: QuerySet[AnalyticsEvent]) -> tuple[int, int]:
    """How many events, and how many distinct users they are about; an event about nobody counts no user."""
    found = events.aggregate(total=Count("id"), users=Count("user", distinct=True))
    return found["total"], found["users"]


def by_type(events: QuerySet[AnalyticsEvent]) -> dict[str, int]:
    return dict(events.order_by("type").values_list("type").annotate(count=Count("id")))


def by_user(events: QuerySet[AnalyticsEvent]) -> QuerySet[AnalyticsEvent, Any]:
    """`{"user", "count"}` for each user that the events are about, in the order of the ids."""
    return events.exclude(user=None).values("user").annotate(count=Count("id")).order_by("user")


def series(events: QuerySet[AnalyticsEvent], bucket: str, where: ZoneInfo) -> list[Point]:
    """The events of each type in each hour, day, week or month of the wall clock in a zone, ascending.

    The database groups by what the local clock shows and by its offset from UTC, so that an hour shown twice is two
    groups. Which bucket a group belongs to is asked of the rules, once per group, by the group's first event.
    """
    local = Func(Value(where.key), F("timestamp"), function="timezone", output_field=DateTimeField())
    utc = Func(Value("UTC"), F("timestamp"), function="timezone", output_field=DateTimeField())
    shown = Func(Value(bucket), local, function="date_trunc", output_field=DateTimeField())
    groups = (
        events.order_by()
        .values("type", shown=shown, offset=local - utc)
        .annotate(first=Min("timestamp"), count=Count("id"))
        .values_list("first", "type", "count")
    )
    counts: Counter[tuple[datetime, str]] = Counter()
    for first, type, count in groups:
        counts[bucket_starts(first, first + _AN_INSTANT, bucket, where)[0], type] += count
    return [Point(start, type, count) for (start, type), count in sorted(counts.items())]


def conversion(from_type: str, to_type: str, filters: Filters) -> Conversion:
    """Of the distinct users who did `from_type`, how many did `to_type` at or after their own first `from_type`."""
    users = (
        matching(filters)
        .filter(type__in=[from_type, to_type])
        .exclude(user=None)
        .order_by()
        .values("user")
        .annotate(
            entered_at=Min("timestamp", filter=Q(type=from_type)), last_at=Max("timestamp", filter=Q(type=to_type))
        )
    )
    return Conversion(
        **users.aggregate(entered=Count("entered_at"), converted=Count("user", filter=Q(last_at__gte=F("entered_at"))))
    )


def rows(filters: Filters, *fields: str, batch: int = 2000) -> Iterator[tuple[Any, ...]]:
    """These fields of every matching event, oldest first, through a cursor of the server: as large as it may be."""
    return matching(filters).order_by("timestamp", "id").values_list(*fields).iterator(chunk_size=batch)


def is_known(user: UUID) -> bool:
    """Whether this is a client or professional of the organization, or the login of one or of a member."""
    return (
        Client.objects.filter(Q(id=user) | Q(user=user)).exists()
        or Professional.objects.filter(Q(id=user) | Q(user=user)).exists()
        or Membership.objects.filter(organization=tenancy.organization_id(), user=user).exists()
    )


def is_erased(user: UUID) -> bool:
    """Whether this is a client or professional who was erased."""
    return any(model.objects.filter(id=user).exclude(erased_at=None).exists() for model in (Client, Professional))


def erased_among(people: Collection[UUID]) -> set[UUID]:
    """Which of these are clients or professionals who were erased."""
    found = (model.objects.filter(id__in=people).exclude(erased_at=None) for model in (Client, Professional))
    return {id for rows in found for id in rows.values_list("id", flat=True)} if people else set()


def count_about(user: UUID) -> int:
    """How many events there are about somebody."""
    return AnalyticsEvent.objects.filter(user=user).count()
