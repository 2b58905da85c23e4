"""The start of the demo: how the platform is, what comes next, and the way into each part."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from analytics import queries as event_queries
from analytics.queries import Filters
from authspine.demo.showing import show
from authspine.demo.views.analytics import names_of
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import status
from bookings import queries as booking_queries

NEXT, NEWEST = 5, 6


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The address without a path leads to the demo, where there is one."""
    if not settings.DEMO:
        raise Http404
    return redirect("demo:overview")


@demo_page
@require_safe
def overview(request: DemoRequest) -> HttpResponse:
    now = request.visit.now
    with request.visit.scope():
        told = status.status()
        events = list(event_queries.matching(Filters())[:NEWEST])
        return show(
            request,
            "demo/overview.html",
            tab="overview",
            status=told,
            healthy=all(health == "ok" for health in told["modules"].values()),
            coming=list(booking_queries.coming(now)[:NEXT]),
            events=events,
            names=names_of(events),
        )
