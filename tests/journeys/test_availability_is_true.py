"""What availability shows is what a hold is granted: never a slot that is refused, never one hidden that would be had.

In random organizations, asked every five minutes and at every point that availability names. Nothing is taken.
"""

from datetime import datetime, timedelta
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
    with pytest.raises(RolledBackError), organization_scope(new_organization(), SYSTEM):
        house = build(data)
        offer = data.draw(st.sampled_from(list(Offer.objects.order_by("id"))))
        since = _asked_from(data, house, offer, steps)
        with time_machine.travel(datetime.now(house.since.tzinfo), tick=False):
            check_one(house, offer.service_id, offer.professional_id, since, steps)
            check_anybody(house, offer.service_id, since, steps)
        raise RolledBackError


def _asked_from(data: st.DataObject, house: House, offer: Offer, steps: int) -> datetime:
    """Any time of the day; half of the time where there is something to be had."""
    since = house.since + STEP * data.draw(st.integers(0, DAY - steps))
    if data.draw(st.booleans()):
        found = bookings.availability(
            services=[offer.service_id], professionals=[offer.professional_id], from_at=since, first_free=1
        )
        first = found.slots
        return first[0].starts_at - 2 * STEP if first else since
    return since


@given(data=st.data())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_availability_is_what_a_hold_is_granted(data: st.DataObject) -> None:
    explore(data, steps=DAY // 12)


@pytest.mark.deep
@given(data=st.data())
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
def test_availability_is_what_a_hold_is_granted_all_day(data: st.DataObject) -> None:
    explore(data, steps=DAY)
