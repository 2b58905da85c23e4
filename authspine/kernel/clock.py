"""The clock. It is read at the edge of a request or job and handed down as `now`; rules never read it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()
