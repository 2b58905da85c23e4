"""Analytics: a chart of what happened with its table, conversion, and the events themselves as they arrive."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from analytics import queries as event_queries
from analytics.models import AnalyticsEvent
from analytics.queries import Filters
from analytics.rules.buckets import bucket_starts
from analytics.rules.event_types import PLATFORM_TYPES
from authspine.demo import chart
from authspine.demo.paging import Page, page
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel import times
from authspine.orchestrator import analytics as journeys
from clients.models import Client
from professionals.models import Professional

TAB = "analytics"
# The days that can be asked for, and the width of a bar.
PERIODS = {"7": "day", "30": "day", "90": "week", "365": "month"}
USUAL = "30"


@demo_page
@require_safe
def report(request: DemoRequest) -> HttpResponse:
    visit = request.visit
    days = _days(request)
    with visit.scope(snapshot=True):
        start = _start(visit.now, int(days), visit.organization.timezone)
        filters = Filters(start=start, end=visit.now + timedelta(seconds=1))
        told = journeys.report(filters, bucket=PERIODS[days])
        starts = bucket_starts(start, visit.now, PERIODS[days], times.zone(visit.organization.timezone))
        events, names = _events(request)
        return show(
            request,
            "demo/analytics/page.html",
            tab=TAB,
            days=days,
            periods=list(PERIODS),
            bucket=PERIODS[days],
            report=told,
            chart=chart.draw(told["series"], starts),
            kept=journeys.conversion("booking.created", "booking.confirmed", filters),
            paid=journeys.conversion("booking.created", "payment.succeeded", filters),
            page=events,
            names=names,
            type=_type(request),
            types=sorted(PLATFORM_TYPES),
        )


@demo_page
@require_safe
def events(request: DemoRequest) -> HttpResponse:
    """The newest events alone: what the page asks for every few seconds."""
    with request.visit.scope():
        found, names = _events(request)
        return show(request, "demo/analytics/events.html", tab=TAB, part="events", page=found, names=names)


def _days(request: DemoRequest) -> str:
    asked = request.GET.get("days", USUAL)
    return asked if asked in PERIODS else USUAL


def _type(request: DemoRequest) -> str:
    asked = request.GET.get("type", "")
    return asked if asked in PLATFORM_TYPES else ""


def _start(now: datetime, days: int, timezone: str) -> datetime:
    """The midnight with which the period of so many days, today included, begins in the organization's zone."""
    zone = times.zone(timezone)
    return times.instant_of(times.local_date(now, zone) - timedelta(days=days - 1), 0, zone)


def _events(request: DemoRequest) -> tuple[Page[AnalyticsEvent], dict[UUID, str]]:
    type = _type(request)
    found = page(request, event_queries.matching(Filters(types=[type] if type else [])))
    return found, names_of(found.rows)


def names_of(rows: Iterable[AnalyticsEvent]) -> dict[UUID, str]:
    """Who the events are about, by id: clients and professionals, those who have left included."""
    ids = {event.user for event in rows if event.user}
    found = {client.id: str(client) for client in Client.objects.filter(id__in=ids)}
    return found | dict(Professional.objects.filter(id__in=ids).values_list("id", "name"))
