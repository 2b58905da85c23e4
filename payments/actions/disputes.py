"""What clients' banks take back. The gateway decides; here it is written down."""

from collections.abc import Iterable
from datetime import datetime

from authspine.kernel.ids import new_id
from payments.gateway import SeenDispute
from payments.models import Dispute, PaymentIntent


def merge(intent: PaymentIntent, seen: Iterable[SeenDispute], *, now: datetime) -> list[tuple[Dispute, bool]]:
    """Bring our disputes of an intent to what the gateway says. Gives those that are new (True) or have another status.

    Expects the intent's lock.
    """
    known = {row.gateway_id: row for row in Dispute.objects.filter(intent=intent.id)}
    told = list(seen)
    changed = [(row, one) for one in told if (row := _merged(intent, known.get(one.gateway_id), one, now=now))]
    held = min(sum(one.withdrawn for one in told), intent.captured_cents)
    if held != intent.disputed_cents:
        PaymentIntent.objects.filter(id=intent.id).update(disputed_cents=held, updated_at=now)
        intent.disputed_cents = held
    return [(row, one.gateway_id not in known) for row, one in changed]


def _merged(intent: PaymentIntent, row: Dispute | None, told: SeenDispute, *, now: datetime) -> Dispute | None:
    if row is None:
        return Dispute.objects.create(
            id=new_id(),
            intent=intent,
            status=told.status,
            amount_cents=told.cents,
            currency=intent.currency,
            reason=told.reason[:60],
            gateway_id=told.gateway_id,
            created_at=now,
            updated_at=now,
        )
    if row.status == told.status or row.status != Dispute.Status.OPEN:
        return None
    Dispute.objects.filter(id=row.id).update(status=told.status, updated_at=now)
    row.status = told.status
    return row
