"""Where the business is, and when all of it, or one place, is closed: locations, closed days, public holidays."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authspine.demo.answers import accepted, attempt, done, move
from authspine.demo.forms.places import ClosureForm, HolidaysForm, LocationForm
from authspine.demo.paging import page
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel import times
from authspine.orchestrator import closures as closure_journeys
from authspine.orchestrator import holiday_calendars as holiday_journeys
from authspine.orchestrator import locations as journeys
from professionals import queries as professional_queries
from professionals.models import HolidayCalendar, Location
from professionals.rules.holidays import dates_between

TAB = "professionals"
# Of how many locations a form offers one.
CHOICES = 100
# How many of a calendar's next holidays are told.
NEXT = 3


def choices(*besides: UUID | None) -> list[Location]:
    """Those in use, and those that are chosen already. Runs in a scope."""
    found = list(professional_queries.locations().filter(active=True)[:CHOICES])
    missing = {one for one in besides if one} - {place.id for place in found}
    return found + (list(professional_queries.locations().filter(id__in=missing)) if missing else [])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    with request.visit.scope():
        found = page(request, professional_queries.locations())
        return show(request, "demo/places/locations.html", tab=TAB, part_of="locations", page=found)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DemoRequest) -> HttpResponse:
    form = LocationForm(request.POST or None, zone=request.visit.organization.timezone)
    if form.is_valid():
        made = attempt(request.visit, form, lambda: journeys.create(**form.cleaned_data))
        if made:
            return done(request, f"Location opened: {made.name}", at=reverse("demo:locations"))
    return show(request, "demo/places/location.html", tab=TAB, form=form)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DemoRequest, location_id: UUID) -> HttpResponse:
    with request.visit.scope():
        location = professional_queries.location(location_id)
    kept = {"name": location.name, "address": location.address}
    form = LocationForm(request.POST or None, zone=location.timezone, initial=kept)
    if form.is_valid():
        changed = attempt(request.visit, form, lambda: journeys.update(location_id, **form.cleaned_data))
        if changed:
            return done(request, f"Saved: {changed.name}", at=reverse("demo:locations"))
    return show(request, "demo/places/location.html", tab=TAB, form=form, location=location)


@demo_page
@require_POST
def delete(request: DemoRequest, location_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.delete(location_id),
        did="The location is gone, or out of use where hours or services still name it.",
        back=reverse("demo:locations"),
    )


@demo_page
@require_POST
def reopen(request: DemoRequest, location_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.update(location_id, active=True),
        did="The location is in use again.",
        back=reverse("demo:locations"),
    )


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def closures(request: DemoRequest) -> HttpResponse:
    with request.visit.scope():
        form = ClosureForm(request.POST or None, places=choices())
    if accepted(request.visit, form, lambda: closure_journeys.create(**form.cleaned_data)):
        return done(request, "Closed on these dates. What is booked stays booked.", at=reverse("demo:closures"))
    with request.visit.scope():
        found = page(request, professional_queries.closures().select_related("location"))
        return show(request, "demo/places/closures.html", tab=TAB, part_of="closures", form=form, page=found)


@demo_page
@require_POST
def end_closure(request: DemoRequest, closure_id: UUID) -> HttpResponse:
    return move(request, lambda: closure_journeys.delete(closure_id), did="Open again.", back=reverse("demo:closures"))


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: DemoRequest) -> HttpResponse:
    with request.visit.scope():
        form = HolidaysForm(request.POST or None, places=choices())
    if accepted(request.visit, form, lambda: holiday_journeys.create(**form.cleaned_data)):
        return done(request, "Closed on these public holidays from now on.", at=reverse("demo:holidays"))
    with request.visit.scope():
        found = page(request, professional_queries.holiday_calendars().select_related("location"))
        today = times.local_date(request.visit.now, request.visit.zone)
        coming = [(calendar, _next(calendar, today)) for calendar in found.rows]
        return show(
            request, "demo/places/holidays.html", tab=TAB, part_of="holidays", form=form, page=found, coming=coming
        )


def _next(calendar: HolidayCalendar, today: date) -> list[date]:
    year = timedelta(days=366)
    return sorted(dates_between(calendar.country, calendar.region, today, today + year))[:NEXT]


@demo_page
@require_POST
def end_holidays(request: DemoRequest, calendar_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: holiday_journeys.delete(calendar_id),
        did="These holidays are working days again.",
        back=reverse("demo:holidays"),
    )
