"""Events as tests need them: any type at any time, in a scope that is open."""

from datetime import datetime
from typing import Any
from uuid import UUID

from analytics import actions
from analytics.models import AnalyticsEvent


def event(type: str, at: str, *, user: UUID | None = None, session_id: str = "", **data: Any) -> AnalyticsEvent:
    """One event; `at` is an ISO time with its offset."""
    when = datetime.fromisoformat(at)
    return actions.record(type, timestamp=when, user=user, session_id=session_id, data=data, now=when)
