"""Bookings: the list, and one booking with its moves and its payments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from authspine.demo import words
from authspine.demo.answers import accepted, done, move
from authspine.demo.forms.choices import Options
from authspine.demo.forms.intake import QuestionsForm
from authspine.demo.forms.payments import CancelForm, PayForm, ways
from authspine.demo.paging import page
from authspine.demo.showing import show, typed, uuid_or_none
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel.money import format_money
from authspine.orchestrator import bookings as journeys
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.queries import Intake
from bookings.rules import status as status_rules
from bookings.rules.intake import given, must_be_answered
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
    return shown(request, booking_id)


def shown(
    request: DemoRequest,
    booking_id: UUID,
    *,
    pay: PayForm | None = None,
    cancel: forms.Form | None = None,
    answering: QuestionsForm | None = None,
    link: str = "",
) -> HttpResponse:
    visit = request.visit
    with visit.scope():
        booking, terms, at = journeys.policy(booking_id, at=visit.now)
        form = pay or pay_form(booking, visit.now)
        intake = booking_queries.intake_of(booking)
        intents = payment_queries.intents().filter(booking=booking_id).prefetch_related("refunds")
        return show(
            request,
            "demo/bookings/detail.html",
            tab=TAB,
            booking=booking,
            moves=_moves(booking.status_at(visit.now), owes=bool(form.purposes)),
            terms=terms,
            late=at > terms.free_until,
            cancelling=terms.cancellation_fee(at),
            moves_left=terms.moves_left(booking.reschedules),
            due=payment_queries.due(booking),
            intents=list(intents),
            under_way=payment_queries.live_intent(booking_id),
            pay=form,
            cancel=cancel or CancelForm(),
            intake=intake,
            lacking=intake.answered_at is None and must_be_answered(intake.answers),
            answering=answering or _questions(booking, intake, visit.now),
            errors=pay or cancel or answering,
            link=link,
        )


def _questions(booking: Booking, intake: Intake, now: datetime) -> QuestionsForm | None:
    """What can still be answered, or answered anew, of a booking that is still to come."""
    questions = booking_queries.questions_about(booking)
    if not questions or booking.status_at(now) not in status_rules.OPEN:
        return None
    return QuestionsForm(questions=questions, answers=given(intake.answers))


def pay_form(booking: Booking, now: datetime, sent: Any = None) -> PayForm:
    """What is due of a booking now, and the ways to pay it."""
    on_file = payment_queries.methods().filter(client=booking.client_id, is_default=True).first()
    offered = ways(booking.currency, booking.vertical.allowed_payment_methods, on_file)
    return PayForm(sent, offered=offered, purposes=_purposes(booking, booking.status_at(now)))


def _purposes(booking: Booking, status: str) -> Options:
    """What can be paid of it, with the amounts; the deposit alone while it is less than all that is due."""
    names = [name for name in ("deposit", "full", "fee") if payment_rules.is_payable(name, status)]
    due = {name: payment_queries.due(booking, name) for name in names}
    if "full" in due and payment_queries.kept(booking):
        due["balance"] = due.pop("full")
    rest = due.get("full") or due.get("balance")
    if rest and due["deposit"] >= rest:
        del due["deposit"]
    return [(name, f"{words.PURPOSES[name]}: {format_money(sum)}") for name, sum in due.items() if sum.amount_cents > 0]


def _moves(status: str, *, owes: bool) -> Moves:
    may = {to: status_rules.can_move(status, to) for to in ("completed", "no_show", "cancelled")}
    return Moves(
        confirm=status == "held",
        answer=status == "requested",
        complete=may["completed"],
        no_show=may["no_show"],
        cancel=may["cancelled"],
        reschedule=status in status_rules.RESCHEDULABLE,
        pay=owes,
    )


def _button(request: DemoRequest, booking_id: UUID, journey: Any, did: str) -> HttpResponse:
    return move(request, lambda: journey(booking_id), did=did, back=address(booking_id))


@demo_page
@require_POST
def link(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    """Shown in the answer itself: kept for a next page, in a cookie or a session, it would be kept."""
    with request.visit.scope():
        token = journeys.link(booking_id)[1]
    return shown(request, booking_id, link=request.build_absolute_uri(reverse("self-service", args=[token])))


@demo_page
@require_POST
def unlink(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    return _button(request, booking_id, journeys.unlink, "The client's links are taken back.")


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
    return shown(request, booking_id, cancel=form)
