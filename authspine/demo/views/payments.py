"""Payments: the list, and one payment with its refunds."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from authspine.api import reads
from authspine.demo import words
from authspine.demo.answers import attempt_outside, done, move_outside
from authspine.demo.forms.payments import AmountForm, CaptureForm, RefundForm
from authspine.demo.paging import page
from authspine.demo.showing import show, typed
from authspine.demo.visit import ACTOR, DemoRequest, demo_page
from authspine.kernel.money import Money, format_amount, format_money
from authspine.orchestrator import payments as journeys
from clients import queries as client_queries
from clients.models import Client
from payments import queries as payment_queries
from payments import rules as payment_rules
from payments.models import PaymentIntent

TAB = "payments"
STATUSES = ("succeeded", "authorized", "processing", "requires_action", "pending", "failed", "cancelled")


def address(intent_id: UUID) -> str:
    return reverse("demo:payment", args=[intent_id])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    search, status = typed(request), request.GET.get("status", "")
    with request.visit.scope():
        return show(
            request,
            "demo/payments/list.html",
            tab=TAB,
            part="found",
            search=search,
            status=status,
            statuses={name: words.PAYMENT[name] for name in STATUSES},
            page=page(request, _matching(search, status)),
        )


def _matching(search: str, status: str) -> QuerySet[PaymentIntent]:
    found = payment_queries.intents().select_related("booking__client", "booking__session__service")
    if search:
        found = found.filter(booking__client__in=client_queries.search(Client.objects.all(), search))
    return found.filter(status=status) if status in STATUSES else found


@demo_page
@require_safe
def detail(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    return shown(request, intent_id)


def held(intent: PaymentIntent) -> Money:
    """What is authorized and neither taken nor let go."""
    is_held = intent.status == PaymentIntent.Status.AUTHORIZED
    return Money(intent.amount_cents - intent.captured_cents if is_held else 0, intent.currency)


def shown(request: DemoRequest, intent_id: UUID, **sent: AmountForm) -> HttpResponse:
    """The page, perhaps with a form (`refund`, `capture`) that was sent and has to be shown again."""
    with request.visit.scope():
        intent = payment_queries.get(intent_id)
        reads.tell([intent], one=True)
        return show(
            request,
            "demo/payments/detail.html",
            tab=TAB,
            intent=intent,
            left=intent.left,
            held=held(intent),
            live=intent.status in payment_rules.LIVE,
            waits=words.WAITS.get(intent.status, ""),
            refunds=list(payment_queries.refunds().filter(intent=intent_id)),
            disputes=list(intent.disputes.order_by("-created_at", "-id")),
            errors=next(iter(sent.values()), None),
            refund=sent.get("refund") or RefundForm(left=intent.left, initial=_whole(intent.left)),
            capture=sent.get("capture") or CaptureForm(left=held(intent), initial=_whole(held(intent))),
        )


def _whole(left: Money) -> dict[str, str]:
    return {"amount": format_amount(left.amount_cents, left.currency)}


@demo_page
@require_POST
def refund(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    visit = request.visit
    with visit.scope():
        left = payment_queries.get(intent_id).left
    form = RefundForm(request.POST, left=left)
    if form.is_valid():
        amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
        given = attempt_outside(
            form,
            lambda: journeys.refund(visit.organization, ACTOR, intent=intent_id, amount=amount, reason=reason),
            aliases={"amount.currency": "amount"},
        )
        if given:
            return done(request, f"{words.GIVEN[given.status]}: {format_money(amount)}.", at=address(intent_id))
    return shown(request, intent_id, refund=form)


@demo_page
@require_POST
def ask_again(request: DemoRequest, intent_id: UUID) -> HttpResponse:
    """What the provider says of it now; a payment whose outcome is not known yet is confirmed once more."""
    visit = request.visit
    with visit.scope():
        live = payment_queries.get(intent_id).status in payment_rules.LIVE
    journey = journeys.confirm if live else journeys.look
    return move_outside(
        request,
        lambda: journey(visit.organization, ACTOR, intent_id),
        did="The payment provider has answered.",
        back=address(intent_id),
    )
