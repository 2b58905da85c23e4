"""What a human must look at."""

from datetime import datetime
from typing import Any

from django.db import connection

from authspine.kernel import tenancy
from authspine.kernel.ids import new_id
from payments.models import Alert, PaymentIntent

_ONCE = """
    INSERT INTO payments_alert
        (id, organization_id, created_at, updated_at, kind, intent_id, subject, detail, settled_by)
    SELECT %(id)s, %(organization)s, %(now)s, %(now)s, %(kind)s, %(intent)s, %(subject)s, %(detail)s, ''
    WHERE NOT EXISTS (
        SELECT FROM payments_alert
        WHERE organization_id = %(organization)s AND (kind, subject, detail) = (%(kind)s, %(subject)s, %(detail)s)
    )
    ON CONFLICT (organization_id, kind, subject) WHERE settled_at IS NULL DO NOTHING
"""


def raise_alert(kind: str, subject: str, detail: str, *, now: datetime, intent: PaymentIntent | None = None) -> bool:
    """Tell of something; says whether it is news: it is none while it is open, nor when just that has been settled."""
    told: dict[str, Any] = {
        "kind": kind[:40],
        "intent": intent and intent.id,
        "subject": subject[:100],
        "detail": detail[:500],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ONCE, told | {"id": new_id(), "organization": tenancy.organization_id(), "now": now})
        return bool(cursor.rowcount)


def settle(alert: Alert, *, by: str, now: datetime) -> bool:
    """Somebody has looked at it. False if that is known already."""
    open_one = Alert.objects.filter(id=alert.id, settled_at=None)
    return bool(open_one.update(settled_at=now, settled_by=by[:60], updated_at=now))


def settle_known(kind: str, subject: str, *, by: str, now: datetime) -> bool:
    """What it was about has ended by itself. False if nobody was to look at it any more."""
    open_ones = Alert.objects.filter(kind=kind, subject=subject, settled_at=None)
    return bool(open_ones.update(settled_at=now, settled_by=by[:60], updated_at=now))
