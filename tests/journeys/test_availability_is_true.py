"""What availability shows is what a hold is granted: never a slot that is refused, never one hidden that would be had.

In random organizations, asked every five minutes and at every point that availability names. Nothing is taken.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from services.models import Offer
from tests.fixtures import new_organization
from tests.journeys.organizations import House, build

STEP = timedelta(minutes=5)
DAY = 24 * 12  # steps
# Two days before what is asked about: an ordinary day, the days on which the clocks of these houses change, Christmas.
MOMENTS = [
    datetime(*on, 9, 30, tzinfo=UTC)
    for on in (
        (2027, 6, 1),
        *((2026, 10, 30), (2027, 3, 12)),  # New York
        *((2027, 9, 23), (2027, 9, 24), (2027, 4, 1), (2027, 4, 2)),  # Auckland, where it is a date ahead
        (2026, 12, 23),
    )
]


class RolledBackError(Exception):
    """Nothing of it stays."""


def asked(house: House, service: UUID, start: datetime, professional: UUID | None = None) -> str:
    """`ok`, or the rule that a hold of this start is refused for; nothing is taken."""
    try:
        with transaction.atomic():
            bookings.hold(client=house.client, service=service, professional=professional, starts_at=start)
            raise RolledBackError
    except RolledBackError:
        return "ok"
    except Conflict as refusal:
        return refusal.faults[0].code if refusal.faults else refusal.code


def check_one(house: House, service: UUID, professional: UUID, since: datetime, steps: int) -> None:
    """Of one service by one professional: every slot is had, nothing else, and each reason is the one that is told."""
    found = bookings.availability(
        services=[service], professionals=[professional], from_at=since, to_at=since + STEP * steps, explain=True
    )
    shown = {slot.starts_at for slot in found.slots}
    reasons = {point.starts_at: point.rule for day in found.days for point in day.unbookable}
    for start in sorted(shown | set(reasons) | {since + STEP * number for number in range(steps)}):
        answer = asked(house, service, start, professional)
        assert (answer == "ok") == (start in shown), (start, answer, reasons.get(start))
        assert answer == reasons.get(start, answer), start


def check_anybody(house: House, service: UUID, since: datetime, steps: int) -> None:
    """Where anybody will do, a start is had when it is shown of anybody."""
    found = bookings.availability(services=[service], from_at=since, to_at=since + STEP * steps)
    shown = {slot.starts_at for slot in found.slots}
    for start in sorted({*list(shown)[:8], *(since + STEP * number for number in range(0, steps, 12))}):
        assert (asked(house, service, start) == "ok") == (start in shown), start


def explore(data: st.DataObject, *, steps: int) -> None:
    now = data.draw(st.sampled_from(MOMENTS))
    with (
        time_machine.travel(now, tick=False),
        pytest.raises(RolledBackError),
        organization_scope(new_organization(), SYSTEM),
    ):
        house = build(data)
        offer = data.draw(st.sampled_from(list(Offer.objects.order_by("id"))))
        since = _asked_from(data, house, offer)
        check_one(house, offer.service_id, offer.professional_id, since, steps)
        check_anybody(house, offer.service_id, since, steps)
        raise RolledBackError


def _asked_from(data: st.DataObject, house: House, offer: Offer) -> datetime:
    """Any time of the day; mostly where there is something to be told, of each rule that is at play as often."""
    day: dict[str, Any] = {"from_at": house.since, "to_at": house.since + timedelta(days=1)}
    found = bookings.availability(
        services=[offer.service_id], professionals=[offer.professional_id], explain=True, **day
    )
    told = [("ok", slot.starts_at) for slot in found.slots]
    told += [(one.rule, one.starts_at) for date in found.days for one in date.unbookable]
    if not told or data.draw(st.integers(0, 4)) == 0:
        return house.since + STEP * data.draw(st.integers(0, DAY))
    word = data.draw(st.sampled_from(sorted({word for word, _ in told})))
    return data.draw(st.sampled_from([at for of, at in told if of == word])) - STEP * data.draw(st.integers(0, 12))


@given(data=st.data())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_availability_is_what_a_hold_is_granted(data: st.DataObject) -> None:
    explore(data, steps=DAY // 12)


@pytest.mark.deep
@given(data=st.data())
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_availability_is_what_a_hold_is_granted_all_day(data: st.DataObject) -> None:
    explore(data, steps=DAY)
