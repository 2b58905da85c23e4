"""Bookings: the list, and one booking with its moves and its payments."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from authspine.demo import words
from authspine.demo.answers import accepted, attempt_outside, done, move
from authspine.demo.forms.payments import CancelForm, PayForm
from authspine.demo.paging import page
from authspine.demo.showing import show, typed, uuid_or_none
from authspine.demo.visit import ACTOR, DemoRequest, demo_page
from authspine.orchestrator import bookings as journeys
from authspine.orchestrator import payments as payment_journeys
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.rules import status as status_rules
from clients import queries as client_queries
from clients.models import Client
from payments import queries as payment_queries
from payments import rules as payment_rules

TAB = "calendar"


@dataclass(frozen=True)
class Moves:
    """What can be done with a booking now."""

    confirm: bool
    answer: bool
    complete: bool
    no_show: bool
    cancel: bool
    reschedule: bool
    pay: bool


def address(booking_id: UUID) -> str:
    return reverse("demo:booking", args=[booking_id])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    search, status = typed(request), request.GET.get("status", "")
    with request.visit.scope():
        return show(
            request,
            "demo/bookings/list.html",
            tab=TAB,
            part="found",
            search=search,
            status=status,
            statuses=words.BOOKING,
            page=page(request, _matching(request, search, status)),
        )


def _matching(request: DemoRequest, search: str, status: str) -> QuerySet[Booking]:
    found = booking_queries.listed(request.visit.now)
    if search:
        found = found.filter(client__in=client_queries.search(Client.objects.all(), search))
    if session := uuid_or_none(request.GET.get("session", "")):
        found = found.filter(session=session)
    return booking_queries.with_status(found, status) if status in words.BOOKING else found


@demo_page
@require_safe
def detail(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _show(request, booking_id)


def _show(
    request: DemoRequest, booking_id: UUID, *, pay: PayForm | None = None, cancel: forms.Form | None = None
) -> HttpResponse:
    visit = request.visit
    with visit.scope():
        booking, terms, at = journeys.policy(booking_id, at=visit.now)
        due = payment_queries.due(booking)
        intents = payment_queries.intents().filter(booking=booking_id).prefetch_related("refunds")
        return show(
            request,
            "demo/bookings/detail.html",
            tab=TAB,
            booking=booking,
            moves=_moves(booking.status_at(visit.now), owes=due.amount_cents > 0),
            terms=terms,
            late=at > terms.free_until,
            cancelling=terms.cancellation_fee(at),
            moves_left=terms.moves_left(booking.reschedules),
            due=due,
            intents=list(intents),
            pay=pay or PayForm(allowed=booking.vertical.allowed_payment_methods),
            cancel=cancel or CancelForm(),
            errors=pay or cancel,
        )


def _moves(status: str, *, owes: bool) -> Moves:
    may = {to: status_rules.can_move(status, to) for to in ("completed", "no_show", "cancelled")}
    return Moves(
        confirm=status == "held",
        answer=status == "requested",
        complete=may["completed"],
        no_show=may["no_show"],
        cancel=may["cancelled"],
        reschedule=status in status_rules.RESCHEDULABLE,
        pay=owes and status in payment_rules.PAYABLE,
    )


def _button(request: DemoRequest, booking_id: UUID, journey: Any, did: str) -> HttpResponse:
    return move(request, lambda: journey(booking_id), did=did, back=address(booking_id))


@demo_page
@require_POST
def confirm(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _button(request, booking_id, journeys.confirm, "Confirmed: the time is the client's.")


@demo_page
@require_POST
def approve(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _button(request, booking_id, journeys.approve, "Approved.")


@demo_page
@require_POST
def decline(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _button(request, booking_id, journeys.decline, "Declined: the time is free again.")


@demo_page
@require_POST
def complete(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _button(request, booking_id, journeys.complete, "Completed.")


@demo_page
@require_POST
def no_show(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _button(request, booking_id, journeys.mark_no_show, "Marked as a no-show.")


@demo_page
@require_POST
def cancel(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    form = CancelForm(request.POST)
    if accepted(request.visit, form, lambda: journeys.cancel(booking_id, **form.cleaned_data)):
        return done(request, "Cancelled: the time is free again.", at=address(booking_id))
    return _show(request, booking_id, cancel=form)


@demo_page
@require_POST
def pay(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    """Start and confirm a payment; the journey opens scopes of its own, since it talks to the gateway."""
    visit = request.visit
    with visit.scope():
        allowed = booking_queries.get(booking_id, now=visit.now).vertical.allowed_payment_methods
    form = PayForm(request.POST, allowed=allowed)
    if form.is_valid():
        way = form.chosen()
        intent = attempt_outside(
            form,
            lambda: payment_journeys.pay(
                visit.organization, ACTOR, booking=booking_id, method=way.method, payment_method=way.card
            ),
            aliases={"method": "way", "payment_method": "way", "booking": "way"},
        )
        if intent:
            return _paid(request, intent.id, intent.status, booking_id)
    return _show(request, booking_id, pay=form)


def _paid(request: DemoRequest, intent_id: UUID, status: str, booking_id: UUID) -> HttpResponse:
    said = (
        "Paid." if status == "succeeded" else f"The payment is not through yet: {words.PAYMENT[status].word.lower()}."
    )
    at = reverse("demo:payment", args=[intent_id])
    return done(request, said, at=at, named="See the payment", then=address(booking_id))
