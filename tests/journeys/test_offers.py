"""Bookings of what several people offer, of what needs rooms, and of what is limited."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, clients, professionals, services
from bookings import actions as booking_actions
from bookings.models import Booking, Occupancy
from professionals.models import Vertical
from services.models import Offer, Service
from tests.studio import PRICE, Studio, open_studio
from tests.studio_rooms import add_rooms, join, require


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization)


def hold(studio: Studio, hour: int = 10, **fields: Any) -> Booking:
    with organization_scope(studio.organization, SYSTEM):
        wanted: dict[str, Any] = {
            "client": studio.client.id,
            "service": studio.service.id,
            "starts_at": studio.at(hour),
        }
        wanted |= fields
        return bookings.hold(**wanted)


def refused(studio: Studio, hour: int = 10, **fields: Any) -> PlatformError:
    with pytest.raises(PlatformError) as refusal:
        hold(studio, hour, **fields)
    return refusal.value


def rule_of(error: PlatformError) -> tuple[str, list[str]]:
    return error.code, [fault.code for fault in error.faults]


def bound(studio: Studio, booking: Booking) -> set[Any]:
    with organization_scope(studio.organization, SYSTEM):
        return set(Occupancy.objects.filter(session=booking.session_id, active=True).values_list("subject", flat=True))


def test_an_offer_has_a_price_and_a_duration_of_its_own(studio: Studio) -> None:
    junior = join(studio, "junior", price_cents=5000, duration_minutes=90, priority=1)
    # Their own duration is their own grid, too: 09:00, 10:30 ...
    booking = hold(studio, starts_at=studio.at(10, 30), professional=junior.id)
    assert (booking.total_cents, booking.session.ends_at) == (5000, studio.at(12))
    assert booking.session.professional_id == junior.id


def test_anybody_is_asked_by_priority_and_then_by_who_is_least_booked(studio: Studio) -> None:
    second, third = join(studio, "second", priority=1), join(studio, "third", priority=1)
    assert hold(studio).session.professional_id == studio.professional.id
    taken = [hold(studio).session.professional_id for _ in range(2)]
    assert set(taken) == {second.id, third.id}
    assert rule_of(refused(studio)) == ("slot_taken", ["booked"])
    hold(studio, 11, professional=second.id)
    hold(studio, 12, professional=studio.professional.id)
    assert hold(studio, 12).session.professional_id == third.id


def test_what_has_lapsed_makes_nobody_more_booked(studio: Studio) -> None:
    """Before a sweep has come by; a class that somebody still sits in counts."""
    first, second = sorted([studio.professional.id, join(studio, "second").id], key=str)
    for hour in (9, 10):
        held = hold(studio, hour, professional=first)
    assert hold(studio, 12).session.professional_id == second
    assert held.hold_expires_at
    with time_machine.travel(held.hold_expires_at + timedelta(seconds=10), tick=False):
        # Of the second one's the hold at twelve has lapsed, too: nobody has anything, and the lower id is asked first.
        assert hold(studio, 14).session.professional_id == first
        assert hold(studio, 15).session.professional_id == second


def test_a_seat_goes_to_who_can_give_it_whoever_is_first(studio: Studio) -> None:
    later = join(studio, "later", priority=9)
    with organization_scope(studio.organization, SYSTEM):
        professionals.take_time_off(studio.professional.id, starts_at=studio.at(0), ends_at=studio.at(23))
    assert hold(studio).session.professional_id == later.id


def test_who_does_not_offer_it_cannot_give_it(studio: Studio) -> None:
    other = join(studio, "other", active=False)
    assert refused(studio, professional=other.id).code == "service_inactive"
    with organization_scope(studio.organization, SYSTEM):
        stranger = professionals.onboard(email="s@example.com", name="S", vertical="consulting").id
    assert rule_of(refused(studio, professional=stranger)) == ("not_offered", ["not_offered"])


def test_a_booking_moves_to_somebody_else_and_keeps_its_id(studio: Studio) -> None:
    other = join(studio, "other", price_cents=9900)
    booking = hold(studio)
    with organization_scope(studio.organization, SYSTEM):
        moved = bookings.reschedule(booking.id, starts_at=studio.at(10), professional=other.id)
        event = AnalyticsEvent.objects.get(type="booking.rescheduled")
    assert (moved.id, moved.session.professional_id, moved.total_cents) == (booking.id, other.id, 7500)
    assert (event.data["professionalId"], event.data["previousProfessionalId"]) == (
        str(other.id),
        str(studio.professional.id),
    )
    assert hold(studio, professional=studio.professional.id).session.starts_at == studio.at(10)


def test_a_session_binds_one_resource_of_each_need(organization: Organization, studio: Studio) -> None:
    first, second, laser = add_rooms(organization, "Room 1", "Room 2", "Laser")
    require(organization, studio.service, [first.id, second.id], [laser.id])
    booking = hold(studio)
    assert bound(studio, booking) == {studio.professional.id, first.id, laser.id}
    # The laser is the bottleneck, whoever would work with it.
    assert rule_of(refused(studio)) == ("slot_taken", ["booked"])
    assert rule_of(refused(studio, professional=join(studio, "third").id)) == ("slot_taken", ["resource_busy"])
    with organization_scope(organization, SYSTEM):
        bookings.cancel(booking.id)
    assert bound(studio, hold(studio)) >= {laser.id}


def test_the_second_room_will_do_when_the_first_is_taken(organization: Organization, studio: Studio) -> None:
    first, second = add_rooms(organization, "Room 1", "Room 2")
    require(organization, studio.service, [first.id, second.id])
    other = join(studio, "other")
    assert first.id in bound(studio, hold(studio))
    assert second.id in bound(studio, hold(studio, professional=other.id))
    assert refused(studio, professional=join(studio, "third").id).code == "slot_taken"


def test_needs_that_share_resources_get_different_ones(organization: Organization, studio: Studio) -> None:
    first, second = add_rooms(organization, "Room 1", "Room 2")
    require(organization, studio.service, [first.id, second.id], [first.id])
    assert bound(studio, hold(studio)) == {studio.professional.id, first.id, second.id}


def test_a_lapsed_hold_of_another_professional_frees_its_room(organization: Organization, studio: Studio) -> None:
    (room,) = add_rooms(organization, "Room")
    require(organization, studio.service, [room.id])
    other = join(studio, "other")
    booking = hold(studio)
    assert booking.hold_expires_at
    with time_machine.travel(booking.hold_expires_at, tick=False):
        assert room.id in bound(studio, hold(studio, professional=other.id))
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.get(id=booking.id).public_status == "expired"
        assert AnalyticsEvent.objects.filter(type="booking.expired").count() == 1


def test_the_second_seat_of_a_class_needs_no_second_room(organization: Organization) -> None:
    studio = open_studio(organization, capacity=2)
    (room,) = add_rooms(organization, "Room")
    require(organization, studio.service, [room.id])
    assert hold(studio).session_id == hold(studio).session_id
    assert rule_of(refused(studio)) == ("slot_taken", ["full"])


@pytest.mark.parametrize(
    ("limits", "day_after"),
    [({"day": {"bookings": 2}}, True), ({"day": {"minutes": 150}}, True), ({"week": {"bookings": 2}}, False)],
)
def test_limits_of_a_professional_count_all_that_they_do(studio: Studio, limits: Any, day_after: bool) -> None:
    with organization_scope(studio.organization, SYSTEM):
        professionals.update(studio.professional.id, booking_limits=limits)
        other = services.publish(studio.professional.id, name="Other", duration_minutes=60, price=PRICE)
    monday = studio.at(9) + timedelta(days=7 - studio.day().weekday())
    hold(studio, starts_at=monday)
    hold(studio, starts_at=monday + timedelta(hours=2), service=other.id)
    assert refused(studio, starts_at=monday + timedelta(hours=4)).code == "limit_reached"
    tuesday = monday + timedelta(days=1)
    if day_after:
        assert hold(studio, starts_at=tuesday).public_status == "held"
    else:
        assert refused(studio, starts_at=tuesday).code == "limit_reached"
        assert hold(studio, starts_at=tuesday + timedelta(days=7)).public_status == "held"
    assert hold(studio, starts_at=monday + timedelta(hours=5), override=True).public_status == "held"


def test_limits_of_a_service_count_the_service_alone(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        services.update(studio.service.id, booking_limits={"day": {"bookings": 1}})
        other = services.publish(studio.professional.id, name="Other", duration_minutes=60, price=PRICE)
    hold(studio, service=other.id)
    hold(studio, 11)
    assert refused(studio, 12).code == "limit_reached"
    assert hold(studio, 12, service=other.id).public_status == "held"


def test_a_seat_in_a_session_that_is_there_goes_past_no_limit(organization: Organization) -> None:
    studio = open_studio(organization, capacity=2)
    with organization_scope(organization, SYSTEM):
        services.update(studio.service.id, booking_limits={"day": {"bookings": 1}})
    hold(studio)
    assert hold(studio).public_status == "held"
    assert refused(studio, 12).code == "limit_reached"


@pytest.mark.parametrize(
    ("term", "code"), [("max_open_holds", "too_many_holds"), ("max_future_bookings", "too_many_bookings")]
)
def test_a_client_has_so_many_at_a_time(studio: Studio, term: str, code: str) -> None:
    with organization_scope(studio.organization, SYSTEM):
        Service.objects.update(policy={term: 2})
        other = clients.register(email="other@example.com", name="Other").id
    first = hold(studio, 9)
    hold(studio, 10)
    assert refused(studio, 11).code == code
    assert hold(studio, 11, client=other).public_status == "held"
    assert hold(studio, 12, override=True).public_status == "held"
    with organization_scope(studio.organization, SYSTEM):
        bookings.cancel(first.id)
        Booking.objects.filter(session__starts_at=studio.at(12)).update(status="cancelled", closed_at=studio.at(0))
    assert hold(studio, 13).public_status == "held"


def test_what_is_withdrawn_while_one_queues_up_is_not_sold(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is decided on is read under the locks."""
    lock = booking_actions.lock_calendars

    def withdraw_meanwhile(*args: Any, **fields: Any) -> Any:
        Offer.objects.update(active=False)
        return lock(*args, **fields)

    monkeypatch.setattr(booking_actions, "lock_calendars", withdraw_meanwhile)
    assert refused(studio).code == "service_inactive"


def test_a_fixed_horizon_and_an_offset(studio: Studio) -> None:
    day = studio.day()
    with organization_scope(studio.organization, SYSTEM):
        services.update(studio.service.id, slot_offset_minutes=15, bookable_from=day, bookable_to=day)
    assert refused(studio).code == "not_a_slot"
    assert hold(studio, starts_at=studio.at(10, 15)).public_status == "held"
    assert refused(studio, starts_at=studio.at(10, 15) + timedelta(days=7)).code == "horizon"


def test_the_vertical_decides_how_long_a_hold_lasts(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        Vertical.objects.update(hold_minutes=5)
    booking = hold(studio)
    assert booking.hold_expires_at == booking.created_at + timedelta(minutes=5)
    with organization_scope(studio.organization, SYSTEM):
        services.update(studio.service.id, policy={"hold_minutes": 7})
    later = hold(studio, 11)
    assert later.hold_expires_at == later.created_at + timedelta(minutes=7)
