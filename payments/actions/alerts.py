"""What a human must look at: it stays open until somebody has settled it."""

from datetime import datetime

from payments.models import Alert


def settle(alert: Alert, *, by: str, now: datetime) -> bool:
    """Somebody has looked at it; False if somebody has before."""
    open_one = Alert.objects.filter(id=alert.id, settled_at=None)
    return bool(open_one.update(settled_at=now, settled_by=by, updated_at=now))
