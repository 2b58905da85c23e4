"""A day that falls out: the professional is ill, and all that is booked on it is cancelled in one go."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authspine.demo.answers import attempt, done
from authspine.demo.forms.days import DayForm
from authspine.demo.showing import day_or_none, show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel import times
from authspine.orchestrator import bookings as journeys
from bookings import queries as booking_queries
from bookings.models import Booking
from professionals import queries as professional_queries
from professionals.models import Professional

TAB = "professionals"
# Whom the last day that this visitor has cancelled touched, kept so that they can be told one after the other.
KEPT = "cancelled_day"


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    """The form; with `?on=` what would go; after it was sent, the clients who must be told."""
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
    today = times.local_date(request.visit.now, times.zone(professional.timezone))
    on = day_or_none(request.GET.get("on", "")) or today
    form = DayForm(request.POST or None, initial={"date": on})
    if form.is_valid():
        cancelled = attempt(request.visit, form, lambda: _cancel(professional_id, **form.cleaned_data))
        if cancelled is not None:
            return _told(request, professional, form.cleaned_data["date"], cancelled)
    with request.visit.scope():
        return show(
            request,
            "demo/professionals/cancel_day.html",
            tab=TAB,
            part_of="cancel",
            professional=professional,
            form=form,
            on=on,
            booked=list(_booked(professional, on, request)),
            touched=_touched(request, professional),
        )


def _cancel(professional_id: UUID, **day: Any) -> list[str]:
    return [
        str(booking.id)
        for booking in journeys.cancel_day(professional_id, on=day["date"], reason=day["reason"]).bookings
    ]


def _told(request: DemoRequest, professional: Professional, on: date, cancelled: list[str]) -> HttpResponse:
    request.session[KEPT] = {"professional": str(professional.id), "bookings": cancelled}
    here = reverse("demo:professional-cancel-day", args=[professional.id])
    count = len(cancelled)
    said = f"{count} booking{'' if count == 1 else 's'} cancelled" if count else "Nothing was booked"
    return done(request, f"{said} on {on:%a} {on.day} {on:%b %Y}.", at=f"{here}?on={on}")


def _booked(professional: Professional, on: date, request: DemoRequest) -> Any:
    zone = times.zone(professional.timezone)
    since, until = times.instant_of(on, 0, zone), times.instant_of(on + timedelta(days=1), 0, zone)
    return booking_queries.live_between(professional.id, since, until, now=request.visit.now)


def _touched(request: DemoRequest, professional: Professional) -> list[Booking]:
    """What the last cancelled day of this professional took with it, in order of time."""
    kept = request.session.get(KEPT, {})
    if kept.get("professional") != str(professional.id):
        return []
    found = booking_queries.listed(request.visit.now).filter(id__in=kept["bookings"])
    return list(found.order_by("session__starts_at", "id"))
