"""Hundreds of steps of the engine beside a small model; after each the database is asked for what is not true."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, services
from bookings.models import Booking, Occupancy
from tests.bookings.invariants import broken
from tests.bookings.model import OPEN, TURNS, Model, Sold
from tests.fixtures import new_organization
from tests.studio import PRICE, open_studio
from tests.studio_rooms import add_rooms, join, require

DAY = datetime.now(UTC).date() + timedelta(days=20)
DAY += timedelta(days=(7 - DAY.weekday()) % 7)  # a Monday
VERBS = sorted({verb for verb, _ in TURNS})
ON_THE_GRID = st.integers(0, 14).map(lambda half: 540 + 30 * half)
OFF_THE_GRID = st.integers(0, 48).map(lambda quarter: 480 + 15 * quarter)


class Engine(RuleBasedStateMachine):
    """Four services of two people, which share two rooms: one with buffers, a class, two that staff must approve."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC)
        self.clock = time_machine.travel(self.now, tick=False)
        self.traveller = self.clock.start()
        self.model = Model()
        self.organization = new_organization()
        self.studio = open_studio(self.organization, slot_interval_minutes=30, buffer_after_minutes=15)
        self.people = [self.studio.professional.id, join(self.studio, "other").id]
        one, two = (room.id for room in add_rooms(self.organization, "Room 1", "Room 2"))
        self.sold = [
            Sold(self.studio.service.id, self.people, after=15),
            self.publish(0, needs=[[one, two]], capacity=2),
            self.publish(1, needs=[[two, one]], before=15, approval=True),
            self.publish(1, needs=[[one, two], [one]], approval=True, deposit=True),
        ]

    def publish(self, person: int, **told: Any) -> Sold:
        sold = Sold(UUID(int=0), [self.people[person]], **told)
        with organization_scope(self.organization, SYSTEM):
            sold.id = services.publish(
                self.people[person],
                name="S",
                duration_minutes=60,
                price=PRICE,
                slot_interval_minutes=30,
                capacity=sold.capacity,
                buffer_before_minutes=sold.before,
                buffer_after_minutes=sold.after,
                requires_approval=sold.approval,
                deposit=Money(1000, "USD") if sold.deposit else None,
                policy={"approval_minutes": 30},
            ).id
        require(self.organization, self.studio.service if not sold.needs else self._service(sold), *sold.needs)
        return sold

    def _service(self, sold: Sold) -> Any:
        return type(self.studio.service)(id=sold.id, organization_id=self.organization.id)

    def teardown(self) -> None:
        self.clock.stop()

    def do(self, journey: Any, *args: Any, **fields: Any) -> Any:
        """What the journey gives, in a scope of its own; the code of a refusal."""
        try:
            with organization_scope(self.organization, SYSTEM):
                return journey(*args, **fields)
        except Conflict as refusal:
            return refusal.code

    def rooms_of(self, booking: Booking) -> set[UUID]:
        with organization_scope(self.organization, SYSTEM):
            bound = Occupancy.objects.filter(session=booking.session_id, active=True)
            return set(bound.values_list("subject", flat=True)) - set(self.people)

    def sit_down(self, booking: Booking, sold: Sold, start: datetime) -> None:
        self.model.sit_down(booking.id, sold, booking.session.professional_id, start, self.rooms_of(booking))

    def some(self, data: st.DataObject, *statuses: str) -> UUID:
        """A booking; those of these statuses, if there are any."""
        wanted = [booking for booking, seat in self.model.seats.items() if seat.status in statuses]
        return data.draw(st.sampled_from(wanted or list(self.model.seats)))

    @rule(data=st.data(), minutes=st.lists(ON_THE_GRID, min_size=1, max_size=3))
    def hold(self, data: st.DataObject, minutes: list[int]) -> None:
        for minute in minutes:
            self.hold_at(data, minute)

    @rule(data=st.data(), minute=OFF_THE_GRID)
    def hold_by_override(self, data: st.DataObject, minute: int) -> None:
        self.hold_at(data, minute, override=True)

    def hold_at(self, data: st.DataObject, minute: int, **more: Any) -> None:
        sold, anybody = data.draw(st.sampled_from(self.sold)), data.draw(st.booleans())
        start = datetime.combine(DAY, time(), UTC) + timedelta(minutes=minute)
        asked = sold.people if anybody else [data.draw(st.sampled_from(sold.people))]
        can = [person for person in asked if self.model.can_have(sold, person, start)]
        named = None if anybody else asked[0]
        found = self.do(
            bookings.hold,
            client=self.studio.client.id,
            service=sold.id,
            professional=named,
            starts_at=start,
            **more,
        )
        if not can:
            assert found == "slot_taken"
            return
        assert isinstance(found, Booking), found
        assert found.session.professional_id in can
        self.model.seats[found.id] = self.model.new_seat(sold, self.now)
        self.sit_down(found, sold, start)

    def turn(self, verb: str, booking: UUID) -> None:
        seat = self.model.seats[booking]
        becomes = self.model.turn(verb, seat, self.now)
        found = self.do(getattr(bookings, verb), booking)
        if becomes is None:
            assert found == "invalid_transition"
            return
        assert found.public_status == becomes, found
        seat.status = becomes
        if becomes in ("cancelled", "declined"):
            self.model.stand_up(booking)

    @precondition(lambda self: self.model.seats)
    @rule(data=st.data(), verb=st.sampled_from(VERBS))
    def turn_what_can(self, data: st.DataObject, verb: str) -> None:
        self.turn(verb, self.some(data, *(status for of, status in TURNS if of == verb)))

    @precondition(lambda self: self.model.seats)
    @rule(data=st.data(), verb=st.sampled_from(VERBS))
    def turn_any(self, data: st.DataObject, verb: str) -> None:
        self.turn(verb, data.draw(st.sampled_from(list(self.model.seats))))

    @precondition(lambda self: self.model.seats)
    @rule(data=st.data(), minute=ON_THE_GRID)
    def reschedule(self, data: st.DataObject, minute: int) -> None:
        booking, start = self.some(data, *OPEN), datetime.combine(DAY, time(), UTC) + timedelta(minutes=minute)
        seat = self.model.seats[booking]
        person = data.draw(st.sampled_from(seat.sold.people))
        if seat.status not in OPEN:
            assert self.do(bookings.reschedule, booking, starts_at=start, professional=person) == "invalid_transition"
            return
        was = self.model.meeting_of(booking)
        self.model.stand_up(booking)
        can = self.model.can_have(seat.sold, person, start)
        found = self.do(bookings.reschedule, booking, starts_at=start, professional=person)
        if can:
            assert (found.id, found.session.professional_id) == (booking, person), found
            self.sit_down(found, seat.sold, start)
        else:
            assert found == "slot_taken"
            self.model.sit_down(booking, seat.sold, was.person, was.start, was.rooms)

    @rule(minutes=st.sampled_from([1, 5, 15, 30]), swept=st.booleans())
    def time_goes_by(self, minutes: int, swept: bool) -> None:
        """Exactly to a deadline at times; what has lapsed may be swept, or be found by whoever comes by."""
        self.now += timedelta(minutes=minutes)
        self.traveller.move_to(self.now)
        self.model.lapse(self.now)
        if swept:
            self.do(bookings.expire_lapsed)

    @precondition(lambda self: all(len(self.model.open_at(person)) > 2 for person in self.people))
    @rule(person=st.integers(0, 1))
    def cancel_day(self, person: int) -> None:
        due = self.model.open_at(self.people[person])
        found = self.do(bookings.cancel_day, self.people[person], on=DAY)
        assert {booking.id for booking in found.bookings} == due
        for booking in due:
            self.model.seats[booking].status = "cancelled"
            self.model.stand_up(booking)

    @invariant()
    def what_is_always_true(self) -> None:
        assert broken(self.organization) == {}

    @invariant()
    def everybody_has_the_status_of_the_model(self) -> None:
        with organization_scope(self.organization, SYSTEM):
            found = {booking.id: str(booking.status_at(self.now)) for booking in Booking.objects.all()}
        assert found == {booking: seat.status for booking, seat in self.model.seats.items()}


CALM: dict[str, Any] = {"suppress_health_check": list(HealthCheck), "deadline": None}


def test_the_engine_is_as_its_model() -> None:
    run_state_machine_as_test(Engine, settings=settings(max_examples=6, stateful_step_count=50, **CALM))


@pytest.mark.deep
def test_the_engine_is_as_its_model_for_long() -> None:
    run_state_machine_as_test(Engine, settings=settings(max_examples=60, stateful_step_count=100, **CALM))
