"""The journey that brings the money of a booking to what its status asks for: taken, kept, let go or given back.

It is declared, not remembered: what is to be done is worked out anew from the rows each time, so a job that ran twice,
or broke off in the middle, does what is left and nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.capturing import cancel, capture
from authspine.orchestrator.payments.refunding import resume_refund
from authspine.orchestrator.payments.telling import alert
from bookings.models import Booking
from payments import queries as payment_queries
from payments import rules
from payments.actions import refunds as refund_actions
from payments.errors import GatewayRefusal, NotCancellable, NotCapturable, NotMadeHere, PaymentInProgress
from payments.models import PaymentIntent, Refund


@dataclass
class Plan:
    """What is to be asked for at the gateway."""

    captures: list[tuple[UUID, Money, int]] = field(default_factory=list)  # of which so much was captured before
    cancels: list[UUID] = field(default_factory=list)
    refunds: list[tuple[UUID, bool]] = field(default_factory=list)  # and whether it may have been asked for before


def settle_booking(organization: Organization, actor: Actor, booking_id: UUID) -> Plan:
    """Settle the money of a booking that is over: 1. plan, and claim the refunds; 2. ask the gateway for each.

    Completed: what was authorized is captured up to the total. Cancelled, expired or declined: so much is kept as the
    booking's fee, the rest is let go or given back. Not come: what was authorized is captured up to the fee. What is
    paid by hand is given back by hand. A clear no of the gateway raises an alert. Raises GatewayUnavailable, after
    which the job is run again.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        plan = _plan(payment_queries.lock_booking(booking_id))
    for intent, amount, before in plan.captures:
        with _no_is_alerted(organization, actor, booking_id):
            capture(organization, actor, intent, amount=amount, expected=before)
    for intent in plan.cancels:
        with _no_is_alerted(organization, actor, booking_id):
            _let_go(organization, actor, intent)
    for refund, asked_before in plan.refunds:
        with _no_is_alerted(organization, actor, booking_id):
            resume_refund(organization, actor, refund, asked_before=asked_before)
    return plan


@contextmanager
def _no_is_alerted(organization: Organization, actor: Actor, booking_id: UUID) -> Iterator[None]:
    """Asking again changes nothing about a no; somebody has to look at it, and the other steps go on."""
    try:
        yield
    except PaymentInProgress:  # its outcome comes, and settles the booking again
        return
    except (GatewayRefusal, NotMadeHere, NotCapturable, NotCancellable) as refusal:
        with organization_scope(organization, actor):
            alert("not_settled", str(booking_id), refusal.detail)


def _let_go(organization: Organization, actor: Actor, intent_id: UUID) -> None:
    try:
        cancel(organization, actor, intent_id)
    except NotCancellable as too_late:
        with organization_scope(organization, actor):
            still = payment_queries.get(intent_id).status == PaymentIntent.Status.AUTHORIZED
        if still:  # else its outcome comes, and settles the booking again
            raise too_late from None


def _plan(booking: Booking) -> Plan:
    status, plan = booking.status_at(clock.now()), Plan()
    kept = rules.kept_cents(status, total=booking.total_cents, fee=booking.fee_cents)
    wanted = booking.fee_cents if status == "no_show" else kept
    if wanted is None:
        return plan
    through = payment_queries.intents().filter(booking=booking.id, method__in=rules.GATEWAY_METHODS)
    missing = wanted - payment_queries.kept(booking)
    for intent in through.filter(status__in=rules.LIVE).exclude(purpose=PaymentIntent.Purpose.FEE):
        missing -= _end(plan, intent, missing, status)
    if status in rules.GONE:
        _claim_refunds(plan, through, max(0, -missing), status)
    return plan


def _end(plan: Plan, intent: PaymentIntent, missing: int, status: str) -> int:
    """What becomes of an attempt that is under way. Gives how much of what is missing it brings."""
    left = intent.amount_cents - intent.captured_cents
    if intent.status == PaymentIntent.Status.AUTHORIZED and missing > 0:
        taken = min(left, missing)
        plan.captures.append((intent.id, Money(taken, intent.currency), intent.captured_cents))
        return taken
    if status in rules.GONE or intent.status == PaymentIntent.Status.AUTHORIZED:
        plan.cancels.append(intent.id)
    return 0


def _claim_refunds(plan: Plan, through: QuerySet[PaymentIntent], surplus: int, status: str) -> None:
    """The surplus, of the newest payments first; those that were claimed before and never carried out come along.

    What a bank has taken back is not given back as well.
    """
    cause = Refund.Cause.POLICY if status == "cancelled" else Refund.Cause.BOOKING_GONE
    for intent in through:
        plan.refunds += [(one.id, True) for one in payment_queries.unfinished_refunds(intent.id)]
        given = min(surplus, intent.left.amount_cents - intent.disputed_cents)
        # Once the bank or the provider has refused what goes back by itself, somebody decides: there is an alert.
        if given > 0 and not payment_queries.refused_by_itself(intent.id):
            surplus -= given
            made = refund_actions.make(intent, given, now=clock.now(), cause=cause)
            plan.refunds.append((made.id, False))
