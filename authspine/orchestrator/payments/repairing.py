"""What the comparison repairs in one organization. Each step finds what is open and gives, for each, what to call it
and how it is repaired; a repair opens scopes of its own and says what it did, if anything.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.applying import apply
from authspine.orchestrator.payments.looking import work_on
from authspine.orchestrator.payments.receiving import bring, orphan
from authspine.orchestrator.payments.refunding import resume_refund
from authspine.orchestrator.payments.settling import Plan, settle_booking
from authspine.orchestrator.payments.telling import alert, record
from payments import gateway, rules
from payments import queries as payment_queries
from payments.actions import captures
from payments.errors import GatewayRefusal, NotMadeHere, NotThere
from payments.gateway import Seen
from payments.models import PaymentIntent

type Repair = Callable[[], str]

Status = PaymentIntent.Status
OPEN: Final = (rules.IntentStatus.PENDING, rules.IntentStatus.REQUIRES_ACTION, rules.IntentStatus.AUTHORIZED)


def compared(organization: Organization, there: list[Seen], since: datetime) -> Iterator[tuple[str, Repair]]:
    """Each payment that the gateway has for this organization, where it is another here, or is not here."""
    with organization_scope(organization, SYSTEM):
        rows = payment_queries.intents().in_bulk([UUID(seen.intent) for seen in there])
    for seen in there:
        attempt = UUID(seen.intent)
        row = rows.get(attempt)
        if row is None or _differs(row, seen):
            yield seen.gateway_id, partial(_bring_up, organization, attempt, seen.gateway_id)


def _differs(row: PaymentIntent, seen: Seen) -> bool:
    if row.status in (Status.FAILED, Status.CANCELLED):
        return seen.status is not rules.IntentStatus.CANCELLED
    known = (row.gateway_id, row.status, row.captured_cents, row.failure_code == payment_queries.UNKNOWN)
    return known != (seen.gateway_id, seen.status, seen.captured, False)


def unsure(organization: Organization, there: list[Seen], since: datetime) -> Iterator[tuple[str, Repair]]:
    """Attempts whose end is not known, also those of long ago."""
    with organization_scope(organization, SYSTEM):
        rows = list(payment_queries.unsure())
    for row in rows:
        if row.gateway_id:
            yield row.gateway_id, partial(_bring_up, organization, row.id, row.gateway_id)
        elif row.updated_at <= clock.now() - gateway.patience():
            yield str(row.id), partial(_give_up_here, organization, row)


def _bring_up(organization: Organization, attempt: UUID, gateway_id: str) -> str:
    """Bring it to what the gateway says; what is over here, or is asked for by nobody any more, is cancelled there."""
    did: list[str] = []

    def work(row: PaymentIntent | None, seen: Seen) -> PaymentIntent | None:
        if seen.organization != str(organization.id) or (row and not row.through_gateway):
            return None  # a copy only refers to another's payment
        if row is None:
            if seen.status is not rules.IntentStatus.CANCELLED:
                orphan(seen)
            return None
        before = _telling(row)
        now = bring(row, seen)
        did.extend(["payments brought up to date"] if _telling(now) != before else [])
        return now if _is_given_up(now, seen) else None

    try:
        given_up = work_on(organization, SYSTEM, attempt, gateway_id, work)
    except NotThere:
        return _tell_of_unknown(organization, attempt, gateway_id)
    if given_up:
        return _cancel_there(organization, given_up)
    return did[0] if did else ""


def _telling(row: PaymentIntent) -> tuple[str | int, ...]:
    return row.gateway_id, row.status, row.captured_cents, row.refunded_cents, row.disputed_cents, row.failure_code


def _is_given_up(row: PaymentIntent, seen: Seen) -> bool:
    """It can still be paid there and is over here; or its money was claimed, and the gateway was never asked."""
    if seen.status not in OPEN or row.gateway_id != seen.gateway_id:
        return False
    if row.status in (Status.FAILED, Status.CANCELLED):
        return True
    claimed = row.status == Status.PROCESSING and seen.status is rules.IntentStatus.PENDING
    return claimed and row.updated_at <= clock.now() - gateway.patience()


def _cancel_there(organization: Organization, row: PaymentIntent) -> str:
    seen = gateway.cancel(row.gateway_id)
    with organization_scope(organization, SYSTEM):
        apply(row.id, seen)
    return "open payments cancelled at the provider" if seen.status is rules.IntentStatus.CANCELLED else ""


def _tell_of_unknown(organization: Organization, attempt: UUID, gateway_id: str) -> str:
    with organization_scope(organization, SYSTEM):
        row = payment_queries.find(attempt)
        alert("not_there", gateway_id, "The provider does not find this payment.", intent=row)
    return ""


def _give_up_here(organization: Organization, row: PaymentIntent) -> str:
    """Its announcement did not outlive its process, so nobody can ever pay it."""
    with organization_scope(organization, SYSTEM):
        payment_queries.lock_booking(row.booking_id)
        now = payment_queries.lock_intent(row.id)
        if now.updated_at != row.updated_at or not captures.cancel_here(now, now=clock.now()):
            return ""
        record("cancelled", now, cents=now.amount_cents)
    return "attempts given up that were never announced"


def refunds(organization: Organization, there: list[Seen], since: datetime) -> Iterator[tuple[str, Repair]]:
    """Refunds that were claimed and not carried out."""
    with organization_scope(organization, SYSTEM):
        rows = list(payment_queries.forgotten_refunds(clock.now() - gateway.patience()))
    for row in rows:
        yield str(row.id), partial(_resume, organization, row.id)


def _resume(organization: Organization, refund: UUID) -> str:
    try:
        resume_refund(organization, SYSTEM, refund)
    except NotMadeHere:  # a copy of another's
        return ""
    except GatewayRefusal:  # recorded as failed, and told of
        return "refunds that the provider refused"
    return "refunds carried out"


def bookings(organization: Organization, there: list[Seen], since: datetime) -> Iterator[tuple[str, Repair]]:
    """Bookings that are over, and whose money is not settled."""
    now = clock.now()
    with organization_scope(organization, SYSTEM):
        changed = payment_queries.perhaps_unsettled(since)
        over = [one.id for one in changed if payment_queries.needs_settling(one.id, one.status_at(now))]
    for booking in over:
        yield str(booking), partial(_settle, organization, booking)


def _settle(organization: Organization, booking: UUID) -> str:
    return "bookings settled" if settle_booking(organization, SYSTEM, booking) != Plan() else ""


# In this order: what is known better is settled better.
STEPS: Final = (compared, unsure, refunds, bookings)
