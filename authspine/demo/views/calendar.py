"""The calendar: a professional's week, in which a click on a free time holds it, or moves a booking there."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authspine.demo import moments
from authspine.demo.answers import attempt, done
from authspine.demo.calendar import week
from authspine.demo.calendar.choice import Choice, chosen
from authspine.demo.forms.intake import QuestionsForm
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel.times import parse_instant
from authspine.orchestrator import bookings as journeys
from bookings import queries as booking_queries
from bookings.models import Booking

TAB = "calendar"


class Start(forms.CharField):
    """A start as a slot's button sends it: an instant with its offset."""

    def clean(self, value: object) -> datetime:
        try:
            return parse_instant(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError("Choose one of the free times.") from error


class HoldForm(QuestionsForm):
    service = forms.UUIDField(error_messages={"required": "Choose a service first.", "invalid": "Choose a service."})
    client = forms.UUIDField(
        error_messages={"required": "Choose for whom first, then a time.", "invalid": "Choose a client from the list."}
    )
    starts_at = Start(error_messages={"required": "Choose one of the free times."})


class MoveForm(forms.Form):
    starts_at = Start(error_messages={"required": "Choose one of the free times."})


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: DemoRequest) -> HttpResponse:
    """Show the week; a POST to the same address takes one of its times, for `client` or for the booking `move`."""
    if request.method == "POST":
        with request.visit.scope():
            choice = chosen(_asked(request), now=request.visit.now)
            moving = choice.moving
        form: Any = MoveForm(request.POST) if moving else HoldForm(request.POST, questions=choice.questions)
        if form.is_valid():
            taken = attempt(request.visit, form, lambda: _take(form, choice))
            if taken:
                return _taken(request, taken, moved=moving is not None)
        return _show(request, form)
    return _show(request, None)


def _asked(request: DemoRequest) -> QueryDict:
    """The address, and what a form says otherwise."""
    query = request.GET.copy()
    for name in {"client", "service"} & request.POST.keys():
        query[name] = request.POST[name]
    return query


def _take(form: Any, choice: Choice) -> Booking:
    if choice.moving:
        to = choice.professional.id if choice.professional else None
        return journeys.reschedule(choice.moving.id, starts_at=form.cleaned_data["starts_at"], professional=to)
    # A service that was published by somebody else is booked with the one whose week it is, if they offer it.
    offers = any(service.id == form.cleaned_data["service"] for service in choice.services)
    professional = choice.professional.id if choice.professional and offers else None
    said = {name: form.cleaned_data[name] for name in ("service", "client", "starts_at")}
    held = journeys.hold(professional=professional, answers=form.answers() or None, **said)
    # With whom it is, where anybody would do, is told by name.
    return booking_queries.get(held.id, now=held.created_at)


def _taken(request: DemoRequest, booking: Booking, *, moved: bool) -> HttpResponse:
    session = booking.session
    who = f"{booking.client.name} with {session.professional.name}"
    what = f"{session.service.name} for {who}, {moments.short(session.starts_at)}"
    said = f"Time held: {what}. Confirm it before the hold runs out."
    if booking.public_status == "requested":
        said = f"Time requested: {what}. Say yes or no before the request runs out."
    if moved:
        said = f"Moved to a new time: {what}."
    return done(request, said, at=reverse("demo:booking", args=[booking.id]))


def _show(request: DemoRequest, form: forms.Form | None) -> HttpResponse:
    visit = request.visit
    with visit.scope():
        choice = chosen(_asked(request), now=visit.now)
        drawn = form if isinstance(form, HoldForm) else HoldForm(questions=choice.questions)
        shown = week.read(choice, zone=visit.zone, now=visit.now)
        addresses = _addresses(choice, shown) if shown else {}
        return show(
            request,
            "demo/calendar/page.html",
            tab=TAB,
            part="calendar",
            choice=choice,
            week=shown,
            form=form,
            questions=drawn.questions(),
            here=_address(choice, day=shown.monday if shown else None),
            **addresses,
        )


def _addresses(choice: Choice, shown: week.Week) -> dict[str, str]:
    """Where the arrows lead; what has been chosen stays chosen."""
    return {
        "previous": _address(choice, day=shown.previous),
        "next": _address(choice, day=shown.next),
        "soonest": _address(choice, day=None),
        "next_free": _address(choice, day=shown.next_free),
    }


def _address(choice: Choice, *, day: date | None) -> str:
    query = QueryDict(mutable=True)
    rows: dict[str, Any] = {"move": choice.moving}
    if not choice.moving:
        rows = {"service": choice.service, "client": choice.client}
    query["professional"] = choice.whose
    for name, row in rows.items():
        if row is not None:
            query[name] = str(row.id)
    if day:
        query["week"] = str(day)
    return f"{reverse('demo:calendar')}?{query.urlencode()}"
