"""What the races of money share: an account of the sandbox for their servers, requests under keys, and its ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking
from payments.models import Alert, PaymentIntent, Refund
from tests.gateways import GOOD_CARD
from tests.payments.paying import STAFF
from tests.races.callers import Ask, Server
from tests.sandboxes import Sandbox
from tests.servers import gunicorn
from tests.studio import Studio


@contextmanager
def serving(sandbox: Sandbox, folder: Path, **environment: str) -> Iterator[Server]:
    """Two server processes that pay at this account."""
    told = {"STRIPE_API_KEY": sandbox.key, "STRIPE_API_BASE": sandbox.address, "STRIPE_RETRIES": "0"}
    with gunicorn(folder / "log", environment=told | environment) as address:
        yield Server(address, folder / "log")


def keyed(path: str, body: dict[str, Any] | None = None, *, after: float = 0) -> Ask:
    """A request of its own: no other has its key."""
    return Ask(path, body or {}, headers={"Idempotency-Key": new_id().hex}, after=after)


def confirming(intent: PaymentIntent, card: str = GOOD_CARD, *, after: float = 0) -> Ask:
    return keyed(f"/payments/intents/{intent.id}/confirm", {"payment_method": card}, after=after)


def refunding(intent: PaymentIntent, cents: int | None = None, *, after: float = 0) -> Ask:
    amount = {} if cents is None else {"amount": {"amount_cents": cents, "currency": intent.currency}}
    return keyed("/payments/refunds", {"intent": str(intent.id)} | amount, after=after)


def moved(sandbox: Sandbox, booking: Booking) -> tuple[int, int, int]:
    """At the gateway: how many charges a booking has, and what was captured and given back of it."""
    found = sandbox.money(booking=str(booking.id))
    return tuple(sum(one[word] for one in found) for word in ("charges", "captured", "refunded"))


def status_of(studio: Studio, booking: Booking) -> str:
    with organization_scope(studio.organization, STAFF):
        found: Booking = Booking.objects.get(id=booking.id)
        return found.public_status


def counters(studio: Studio, booking: Booking) -> tuple[int, int]:
    """What we believe was captured and given back."""
    with organization_scope(studio.organization, STAFF):
        rows = PaymentIntent.objects.filter(booking=booking.id)
        return sum(row.captured_cents for row in rows), sum(row.refunded_cents for row in rows)


def refunds(studio: Studio) -> list[int]:
    with organization_scope(studio.organization, STAFF):
        return [row.amount_cents for row in Refund.objects.filter(status="succeeded")]


def alerts(studio: Studio) -> list[str]:
    with organization_scope(studio.organization, STAFF):
        return [row.kind for row in Alert.objects.order_by("created_at")]
