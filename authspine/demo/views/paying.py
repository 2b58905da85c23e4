"""Being paid for a booking: asked for, approved, looked up again, captured, let go, receipted."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from authspine.demo import words
from authspine.demo.answers import attempt_outside, done, move_outside
from authspine.demo.forms.payments import CaptureForm, PayForm
from authspine.demo.showing import lead_away, show
from authspine.demo.views import bookings as booking_pages
from authspine.demo.views import payments as payment_pages
from authspine.demo.visit import ACTOR, DemoRequest, demo_page
from authspine.kernel.errors import Unavailable
from authspine.kernel.money import Money, format_money
from authspine.orchestrator import payments as journeys
from bookings import queries as booking_queries
from payments import queries as payment_queries
from payments.models import PaymentIntent, Refund

ALIASES = {"method": "way", "payment_method": "way", "booking": "way"}


@demo_page
@require_POST
def pay(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    """Start and confirm a payment; the journey opens scopes of its own, since it talks to the gateway."""
    visit = request.visit
    with visit.scope():
        form = booking_pages.pay_form(booking_queries.get(booking_id, now=visit.now), visit.now, request.POST)
    if form.is_valid():
        intent = attempt_outside(form, lambda: _pay(request, booking_id, form), aliases=ALIASES)
        if intent:
            return _answered(request, intent)
    return booking_pages.shown(request, booking_id, pay=form)


def _pay(request: DemoRequest, booking_id: UUID, form: PayForm) -> PaymentIntent:
    organization = request.visit.organization
    started = journeys.start(organization, ACTOR, booking=booking_id, **form.asked())
    back = request.build_absolute_uri(reverse("demo:payment-return", args=[started.id]))
    return journeys.confirm(organization, ACTOR, started.id, return_url=back)


def _answered(request: DemoRequest, intent: PaymentIntent) -> HttpResponse:
    if intent.next_action:
        return lead_away(request, intent.next_action["url"], tab="demo:payments")
    at = payment_pages.address(intent.id)
    if intent.status == PaymentIntent.Status.SUCCEEDED:
        return done(request, "Paid.", at=at, named="See the payment", then=booking_pages.address(intent.booking_id))
    return done(request, words.OUTCOMES[intent.status], at=at)


@demo_page
@require_safe
def returned(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    """Where the bank's page sends the client: what became of the payment is asked, not believed from the address."""
    visit, unknown = request.visit, False
    try:
        journeys.look(visit.organization, ACTOR, intent_id)
    except Unavailable:
        unknown = True
    with visit.scope():
        intent = payment_queries.get(intent_id)
        said = words.UNKNOWN_OUTCOME if unknown else words.OUTCOMES[intent.status]
        return show(request, "demo/payments/returned.html", tab=payment_pages.TAB, intent=intent, said=said)


@demo_page
@require_POST
def capture(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    visit = request.visit
    with visit.scope():
        held = payment_pages.held(payment_queries.get(intent_id))
    form = CaptureForm(request.POST, left=held)
    if form.is_valid():
        taken = attempt_outside(
            form,
            lambda: journeys.capture(visit.organization, ACTOR, intent_id, **form.cleaned_data),
            aliases={"amount.currency": "amount"},
        )
        if taken:
            total = format_money(Money(taken.captured_cents, taken.currency))
            return done(request, f"Captured: {total} altogether.", at=payment_pages.address(intent_id))
    return payment_pages.shown(request, intent_id, capture=form)


@demo_page
@require_POST
def cancel(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    visit = request.visit
    return move_outside(
        request,
        lambda: journeys.cancel(visit.organization, ACTOR, intent_id),
        did="Cancelled: nothing of it is held any more.",
        back=payment_pages.address(intent_id),
    )


@demo_page
@require_safe
def receipt(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    """What a client is handed: for paper, so without scripts."""
    with request.visit.scope():
        intent = payment_queries.get(intent_id)
        booking = booking_queries.get(intent.booking_id, now=request.visit.now)
        refunds = payment_queries.refunds().filter(intent=intent_id).exclude(status=Refund.Status.FAILED)
        return show(
            request,
            "demo/payments/receipt.html",
            tab=payment_pages.TAB,
            intent=intent,
            booking=booking,
            refunds=list(refunds.order_by("created_at", "id")),
        )
