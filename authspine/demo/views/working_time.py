"""When a professional works: the week, the days that differ from it, time off and travel."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from authspine.demo.answers import accepted, done, move
from authspine.demo.forms.hours import SpecialDayForm, WeekForm
from authspine.demo.forms.places import TravelForm
from authspine.demo.forms.professionals import TimeOffForm
from authspine.demo.showing import day_or_none, show
from authspine.demo.views.places import choices as place_choices
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel import times
from authspine.kernel.errors import Missing
from authspine.orchestrator import professionals as journeys
from professionals import queries as professional_queries
from professionals.actions import DayHours, Window, as_window
from professionals.models import Professional
from professionals.rules.working_hours import clock_of

TAB = "professionals"

type Exceptions = dict[date, DayHours]


class ShownDay(NamedTuple):
    """A special day in words, and whether its form has room for it."""

    on: date
    hours: str
    place: str
    changeable: bool


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
        hours = list(professional_queries.working_hours([professional_id]).select_related("location"))
        places = place_choices(*(window.location_id for window in hours))
    form = WeekForm(request.POST or None, hours=hours, places=places)
    if form.is_valid() and accepted(
        request.visit, form, lambda: _set_week(professional, form.weekly()), aliases=form.aliases()
    ):
        return done(request, "Working hours saved.", at=reverse("demo:professional-hours", args=[professional_id]))
    return show(
        request, "demo/professionals/hours.html", tab=TAB, part_of="hours", professional=professional, form=form
    )


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def special_days(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    here = reverse("demo:professional-special-days", args=[professional_id])
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
        exceptions = _exceptions(professional)
        chosen = exceptions.get(day_or_none(request.GET.get("on", "")) or date.min)
        places = place_choices(chosen.location if chosen else None)
        form = SpecialDayForm(request.POST or None, places=places, initial=_initial(request, chosen))
        days = _shown(exceptions)
    if form.is_valid() and accepted(
        request.visit,
        form,
        lambda: _set_exceptions(professional, form.among(_exceptions(professional))),
        aliases=form.faults_at(exceptions),
    ):
        return done(request, "Special day saved.", at=here)
    return show(
        request,
        "demo/professionals/special_days.html",
        tab=TAB,
        part_of="special",
        professional=professional,
        days=days,
        form=form,
    )


@demo_page
@require_POST
def end_special_day(request: DemoRequest, professional_id: UUID, on: str) -> HttpResponse:
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
        kept = _exceptions(professional)
        if kept.pop(day_or_none(on) or date.min, None) is None:
            raise Missing
        _set_exceptions(professional, kept)
    back = reverse("demo:professional-special-days", args=[professional_id])
    return done(request, "That day follows the week again.", at=back)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def time_off(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
        periods = list(professional_queries.time_off_of(professional).filter(ends_at__gt=request.visit.now)[:100])
    form = TimeOffForm(request.POST or None)
    if accepted(request.visit, form, lambda: journeys.take_time_off(professional_id, **form.cleaned_data)):
        return done(request, "Time off saved.", at=reverse("demo:professional-time-off", args=[professional_id]))
    return show(
        request,
        "demo/professionals/time_off.html",
        tab=TAB,
        part_of="off",
        professional=professional,
        periods=periods,
        form=form,
    )


@demo_page
@require_POST
def end_time_off(request: DemoRequest, professional_id: UUID, time_off_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.end_time_off(professional_id, time_off_id),
        did="Time off removed.",
        back=reverse("demo:professional-time-off", args=[professional_id]),
    )


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def travel(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
        today = times.local_date(request.visit.now, times.zone(professional.timezone))
        periods = list(professional_queries.travel_of([professional_id]).filter(ends_on__gte=today)[:100])
    form = TravelForm(request.POST or None, zone=professional.timezone)
    if accepted(request.visit, form, lambda: journeys.travel(professional_id, **form.cleaned_data)):
        return done(request, "Travel saved.", at=reverse("demo:professional-travel", args=[professional_id]))
    return show(
        request,
        "demo/professionals/travel.html",
        tab=TAB,
        part_of="travel",
        professional=professional,
        periods=periods,
        form=form,
    )


@demo_page
@require_POST
def end_travel(request: DemoRequest, professional_id: UUID, travel_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.end_travel(professional_id, travel_id),
        did="Back on the usual clock.",
        back=reverse("demo:professional-travel", args=[professional_id]),
    )


def _initial(request: DemoRequest, day: DayHours | None) -> dict[str, object]:
    """The form for a day that stands already, so that it can be changed."""
    return {"on": request.GET["on"], **SpecialDayForm.filled_for(day)} if day else {}


def _set_week(professional: Professional, weekly: Sequence[Window]) -> Professional:
    return journeys.set_working_hours(
        professional.id, timezone=professional.timezone, weekly=weekly, overrides=_exceptions(professional)
    )


def _set_exceptions(professional: Professional, overrides: Exceptions) -> Professional:
    hours = professional_queries.working_hours([professional.id])
    weekly = [as_window(window) for window in hours]
    return journeys.set_working_hours(
        professional.id, timezone=professional.timezone, weekly=weekly, overrides=overrides
    )


def _exceptions(professional: Professional) -> Exceptions:
    return {
        day.date: DayHours(tuple((start, end) for start, end in day.ranges), day.location_id)
        for day in professional_queries.overrides([professional.id])
    }


def _shown(exceptions: Exceptions) -> list[ShownDay]:
    """Each date with its hours in words, and where. Runs in a scope."""
    wanted = {day.location for day in exceptions.values() if day.location}
    places = dict(professional_queries.locations().filter(id__in=wanted).values_list("id", "name")) if wanted else {}
    return [
        ShownDay(on, _spoken(day), places.get(day.location, "") if day.location else "", SpecialDayForm.holds(day))
        for on, day in exceptions.items()
    ]


def _spoken(day: DayHours) -> str:
    return ", ".join(f"{clock_of(start)} to {clock_of(end)}" for start, end in day.ranges) or "Closed"
