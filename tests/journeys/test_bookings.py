"""The life of a booking through its journeys: what may happen when, what it costs, and which event tells of it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.errors import Conflict, Missing, PlatformError
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, clients, professionals, services
from bookings import queries as booking_queries
from bookings.errors import InvalidTransition, SlotTaken
from bookings.models import Booking, Occupancy, Session
from tests.studio import Studio, open_studio

MOVES: dict[str, Callable[..., Booking]] = {
    "confirm": bookings.confirm,
    "cancel": bookings.cancel,
    "complete": bookings.complete,
    "no_show": bookings.mark_no_show,
}
# status: the moves that it allows; all others are invalid_transition
ALLOWED = {
    "held": {"confirm": "confirmed", "cancel": "cancelled"},
    "confirmed": {"complete": "completed", "cancel": "cancelled", "no_show": "no_show"},
    "completed": {},
    "cancelled": {},
    "no_show": {},
    "expired": {},
}
PATHS: dict[str, list[str]] = {
    "held": [],
    "confirmed": ["confirm"],
    "completed": ["confirm", "complete"],
    "cancelled": ["cancel"],
    "no_show": ["confirm", "no_show"],
}


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization)


def hold(studio: Studio, hour: int = 10, **changes: Any) -> Booking:
    wanted: dict[str, Any] = {"client": studio.client.id, "service": studio.service.id, "starts_at": studio.at(hour)}
    with organization_scope(studio.organization, SYSTEM):
        return bookings.hold(**wanted | changes)


def move(studio: Studio, booking: Booking, verb: str, **fields: Any) -> Booking:
    with organization_scope(studio.organization, Actor("key", new_id())):
        return MOVES[verb](booking.id, **fields)


def events(studio: Studio) -> list[str]:
    with organization_scope(studio.organization, SYSTEM):
        found = AnalyticsEvent.objects.filter(type__startswith="booking.").order_by("created_at", "id")
        return [event.type for event in found]


def free_hours(studio: Studio) -> list[int]:
    with organization_scope(studio.organization, SYSTEM):
        found = bookings.availability(services=[studio.service.id], from_at=studio.at(0), to_at=studio.at(23))
    return [slot.starts_at.hour for slot in found.slots]


def test_a_hold_keeps_price_end_and_policy_as_agreed(studio: Studio) -> None:
    booking = hold(studio, notes="window seat")
    with organization_scope(studio.organization, SYSTEM):
        services.update(studio.service.id, price=Money(9900, "USD"), duration_minutes=30)
        kept = Booking.objects.select_related("session").get(id=booking.id)
    assert (kept.total_cents, kept.currency, kept.session.ends_at) == (7500, "USD", studio.at(11))
    assert kept.policy == {
        "hold_minutes": 15,
        "min_notice_minutes": 0,
        "cancellation_window_minutes": 1440,
        "cancellation_fee_bps": 0,
        "cancellation_fee_cents": 0,
        "no_show_fee_bps": 0,
        "no_show_fee_cents": 0,
        "reschedule_window_minutes": 0,
        "max_reschedules": None,
    }
    assert (kept.notes, kept.version, kept.timezone) == ("window seat", 1, "UTC")
    assert kept.hold_expires_at == kept.created_at + timedelta(minutes=15)


@pytest.mark.parametrize("status", [*PATHS, "expired"])
@pytest.mark.parametrize("verb", MOVES)
def test_every_move_from_every_status(studio: Studio, status: str, verb: str) -> None:
    booking = hold(studio)
    for step in PATHS.get(status, []):
        move(studio, booking, step)
    later = booking.hold_expires_at if status == "expired" else booking.created_at
    with time_machine.travel(later or 0, tick=False):
        if verb in ALLOWED[status]:
            assert move(studio, booking, verb).public_status == ALLOWED[status][verb]
        else:
            with pytest.raises(InvalidTransition) as refused:
                move(studio, booking, verb)
            assert refused.value.code == "invalid_transition"


def test_each_move_has_its_event(studio: Studio) -> None:
    kept, missed, dropped = hold(studio, 10), hold(studio, 12), hold(studio, 14)
    for booking, verbs in [(kept, ["confirm", "complete"]), (missed, ["confirm", "no_show"]), (dropped, ["cancel"])]:
        for verb in verbs:
            move(studio, booking, verb)
    assert events(studio) == [
        *["booking.created"] * 3,
        "booking.confirmed",
        "booking.completed",
        "booking.confirmed",
        "booking.no_show",
        "booking.cancelled",
    ]


def test_an_event_names_the_booking_and_the_actor(studio: Studio) -> None:
    booking = hold(studio)
    with organization_scope(studio.organization, SYSTEM):
        event = AnalyticsEvent.objects.get(type="booking.created")
    assert event.user == studio.client.id
    assert event.actor == "system"
    assert event.data == {
        "bookingId": str(booking.id),
        "professionalId": str(studio.professional.id),
        "serviceId": str(studio.service.id),
        "amount": 7500,
    }


def test_a_held_time_is_not_on_offer_and_free_again_after_cancelling(studio: Studio) -> None:
    booking = hold(studio)
    assert 10 not in free_hours(studio)
    cancelled = move(studio, booking, "cancel", reason="ill")
    assert 10 in free_hours(studio)
    assert (cancelled.cancelled_by, cancelled.cancellation_reason, cancelled.version) == ("key", "ill", 2)


@pytest.mark.parametrize("verb", ["complete", "no_show"])
def test_completing_or_missing_frees_nothing(studio: Studio, verb: str) -> None:
    booking = hold(studio)
    move(studio, booking, "confirm")
    move(studio, booking, verb)
    assert 10 not in free_hours(studio)


def test_an_expired_hold_blocks_nobody_and_its_row_follows(studio: Studio) -> None:
    booking = hold(studio)
    assert booking.hold_expires_at
    with time_machine.travel(booking.hold_expires_at - timedelta(microseconds=1), tick=False):
        assert 10 not in free_hours(studio)
        with pytest.raises(SlotTaken):
            hold(studio)
    with time_machine.travel(booking.hold_expires_at, tick=False):
        assert 10 in free_hours(studio)
        assert hold(studio).public_status == "held"
        with organization_scope(studio.organization, SYSTEM):
            event = AnalyticsEvent.objects.get(type="booking.expired")
            row = Booking.objects.get(id=booking.id)
    assert (event.timestamp, event.actor) == (booking.hold_expires_at, "system")
    assert (row.public_status, row.closed_at) == ("expired", booking.hold_expires_at)


def test_a_confirm_at_the_last_moment_succeeds(studio: Studio) -> None:
    booking = hold(studio)
    assert booking.hold_expires_at
    with time_machine.travel(booking.hold_expires_at - timedelta(microseconds=1), tick=False):
        assert move(studio, booking, "confirm").public_status == "confirmed"


def test_the_sweep_expires_what_has_lapsed_once(studio: Studio) -> None:
    booking = hold(studio)
    with time_machine.travel(booking.hold_expires_at or 0, tick=False), organization_scope(studio.organization, SYSTEM):
        assert bookings.expire_lapsed() == 1
        assert bookings.expire_lapsed() == 0
    assert events(studio) == ["booking.created", "booking.expired"]


def test_a_booking_moves_keeps_its_id_and_frees_the_old_time(studio: Studio) -> None:
    booking = hold(studio)
    move(studio, booking, "confirm")
    with organization_scope(studio.organization, SYSTEM):
        moved = bookings.reschedule(booking.id, starts_at=studio.at(14))
    assert (moved.id, moved.session.starts_at, moved.public_status) == (booking.id, studio.at(14), "confirmed")
    assert 10 in free_hours(studio)
    assert 14 not in free_hours(studio)


def test_a_booking_may_move_into_its_own_time(organization: Organization) -> None:
    studio = open_studio(organization, slot_interval_minutes=30)
    booking = hold(studio)
    with organization_scope(organization, SYSTEM):
        moved = bookings.reschedule(booking.id, starts_at=studio.at(10, 30))
    assert moved.session.starts_at == studio.at(10, 30)


def test_a_move_to_a_taken_time_leaves_the_old_one(studio: Studio) -> None:
    booking = hold(studio)
    hold(studio, 14)
    with pytest.raises(SlotTaken), organization_scope(studio.organization, SYSTEM):
        bookings.reschedule(booking.id, starts_at=studio.at(14))
    assert 10 not in free_hours(studio)
    with organization_scope(studio.organization, SYSTEM):
        assert Session.objects.get(id=booking.session_id).seats_taken == 1
        assert Occupancy.objects.get(session=booking.session_id).active


def test_only_a_held_or_confirmed_booking_moves(studio: Studio) -> None:
    booking = hold(studio)
    move(studio, booking, "cancel")
    with pytest.raises(InvalidTransition), organization_scope(studio.organization, SYSTEM):
        bookings.reschedule(booking.id, starts_at=studio.at(14))


def test_a_class_takes_as_many_as_it_has_seats(organization: Organization) -> None:
    studio = open_studio(organization, capacity=2)
    first, second = hold(studio), hold(studio)
    assert first.session_id == second.session_id
    with pytest.raises(SlotTaken):
        hold(studio)
    move(studio, first, "cancel")
    assert hold(studio).session_id == second.session_id


def refused(studio: Studio, **changes: Any) -> PlatformError:
    with pytest.raises(PlatformError) as error:
        hold(studio, **changes)
    return error.value


def test_each_refusal_has_its_code(studio: Studio) -> None:
    week = timedelta(days=7)
    assert refused(studio, starts_at=studio.at(10) - week).code == "in_the_past"
    assert refused(studio, starts_at=studio.at(10, 20)).code == "not_a_slot"
    assert refused(studio, starts_at=studio.at(19)).code == "outside_hours"
    assert refused(studio, starts_at=studio.at(10) + 20 * week).code == "horizon"
    nobody = refused(studio, professional=new_id())
    assert (nobody.code, nobody.field) == ("not_found", "professional")
    stranger = refused(studio, client=new_id())
    assert (type(stranger).__mro__[1], stranger.field) == (Missing, "client")
    assert refused(studio, service=new_id()).field == "service"


def test_a_time_that_is_too_soon(organization: Organization) -> None:
    studio = open_studio(organization, min_notice_minutes=30 * 24 * 60)
    assert refused(studio).code == "notice"


def test_an_unverified_professional_cannot_be_booked(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        stylist = professionals.onboard(email="cut@example.com", name="Cut", vertical="beauty", timezone="UTC")
        haircut = services.publish(stylist.id, name="Haircut", duration_minutes=60, price=Money(4500, "USD"))
    assert refused(studio, service=haircut.id).code == "professional_unverified"
    with organization_scope(studio.organization, SYSTEM):
        professionals.verify(stylist.id)
    assert hold(studio, service=haircut.id).public_status == "held"


def test_a_withdrawn_service_cannot_be_booked(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        services.deactivate(studio.service.id)
    assert refused(studio).code == "service_inactive"


def test_time_off_is_outside_hours(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        professionals.take_time_off(studio.professional.id, starts_at=studio.at(9), ends_at=studio.at(11))
    assert refused(studio).code == "outside_hours"
    assert free_hours(studio) == [11, 12, 13, 14, 15, 16]


def test_staff_may_take_any_time_that_is_free(studio: Studio) -> None:
    assert hold(studio, 19, override=True).session.starts_at == studio.at(19)
    assert refused(studio, starts_at=studio.at(19, 30), override=True).code == "slot_taken"


def test_buffers_keep_others_away(organization: Organization) -> None:
    studio = open_studio(organization, buffer_after_minutes=15, slot_interval_minutes=15)
    hold(studio)
    assert refused(studio, starts_at=studio.at(11)).code == "slot_taken"
    assert hold(studio, starts_at=studio.at(11, 15)).public_status == "held"


def test_a_deleted_client_keeps_history_and_frees_the_email(studio: Studio) -> None:
    hold(studio)
    with organization_scope(studio.organization, SYSTEM):
        clients.delete(studio.client.id)
        assert Booking.objects.filter(client=studio.client).exists()
        again = clients.register(email="ANA@example.com", name="Ana")
    assert again.user_id == studio.client.user_id
    assert isinstance(refused(studio), Missing)


def test_refusals_are_conflicts() -> None:
    from bookings.errors import REFUSALS

    assert all(issubclass(error, Conflict) and code == error.code for code, error in REFUSALS.items())


def test_a_booking_of_a_withdrawn_service_moves_only_by_override(studio: Studio) -> None:
    booking = hold(studio)
    with organization_scope(studio.organization, SYSTEM):
        services.deactivate(studio.service.id)
    with pytest.raises(PlatformError) as refusal, organization_scope(studio.organization, SYSTEM):
        bookings.reschedule(booking.id, starts_at=studio.at(14))
    assert refusal.value.code == "service_inactive"
    with organization_scope(studio.organization, SYSTEM):
        moved = bookings.reschedule(booking.id, starts_at=studio.at(14), override=True)
    assert moved.session.starts_at == studio.at(14)


def test_a_booking_that_is_completed_meanwhile_does_not_move(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Completing takes no lock, so it may commit while a reschedule is under way."""
    booking = hold(studio)
    move(studio, booking, "confirm")
    check = booking_queries.check_start

    def complete() -> None:
        move(studio, booking, "complete")
        connection.close()

    def complete_meanwhile(*args: Any, **kwargs: Any) -> Any:
        other = threading.Thread(target=complete)
        other.start()
        other.join(20)
        return check(*args, **kwargs)

    monkeypatch.setattr(booking_queries, "check_start", complete_meanwhile)
    with pytest.raises(InvalidTransition), organization_scope(studio.organization, SYSTEM):
        bookings.reschedule(booking.id, starts_at=studio.at(14))
    with organization_scope(studio.organization, SYSTEM):
        row = Booking.objects.select_related("session").get(id=booking.id)
    assert (row.public_status, row.session.starts_at) == ("completed", studio.at(10))
