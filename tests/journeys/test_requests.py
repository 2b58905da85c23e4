"""Bookings that staff must approve, days that fall out, and what a booking's own policy allows."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError, Stale
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, professionals, services
from bookings.models import Booking
from services.models import Service
from tests.studio import Studio, open_studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization, requires_approval=True)


def act(studio: Studio, journey: Any, *args: Any, **fields: Any) -> Any:
    with organization_scope(studio.organization, SYSTEM):
        return journey(*args, **fields)


def ask(studio: Studio, hour: int = 10, **fields: Any) -> Booking:
    wanted = {"client": studio.client.id, "service": studio.service.id, "starts_at": studio.at(hour)} | fields
    found: Booking = act(studio, bookings.hold, **wanted)
    return found


def code_of(studio: Studio, journey: Any, *args: Any, **fields: Any) -> str:
    with pytest.raises(PlatformError) as refusal:
        act(studio, journey, *args, **fields)
    return refusal.value.code


def told(studio: Studio) -> list[str]:
    with organization_scope(studio.organization, SYSTEM):
        found = AnalyticsEvent.objects.filter(type__startswith="booking.").order_by("created_at", "id")
        return [event.type.removeprefix("booking.") for event in found]


def test_a_request_occupies_the_time_and_is_answered(studio: Studio) -> None:
    booking = ask(studio)
    assert booking.public_status == "requested"
    assert code_of(studio, ask_again, studio) == "slot_taken"
    assert code_of(studio, bookings.confirm, booking.id) == "invalid_transition"
    assert act(studio, bookings.approve, booking.id).public_status == "confirmed"
    assert told(studio) == ["created", "requested", "approved", "confirmed"]
    assert code_of(studio, bookings.approve, booking.id) == "invalid_transition"
    assert code_of(studio, bookings.decline, booking.id) == "invalid_transition"


def ask_again(studio: Studio) -> Booking:
    return bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))


def test_a_request_that_is_declined_frees_the_time(studio: Studio) -> None:
    booking = ask(studio)
    declined = act(studio, bookings.decline, booking.id, reason="On holiday")
    assert (declined.public_status, declined.cancellation_reason) == ("declined", "On holiday")
    assert ask(studio).public_status == "requested"
    assert told(studio)[:3] == ["created", "requested", "declined"]


def test_an_unanswered_request_is_declined_at_its_deadline(studio: Studio) -> None:
    booking = ask(studio)
    assert booking.hold_expires_at == booking.created_at + timedelta(days=1)
    with time_machine.travel(booking.hold_expires_at, tick=False):
        assert code_of(studio, bookings.approve, booking.id) == "invalid_transition"
        assert act(studio, bookings.expire_lapsed) == 1
        assert act(studio, bookings.expire_lapsed) == 0
    with organization_scope(studio.organization, SYSTEM):
        row = Booking.objects.get(id=booking.id)
        event = AnalyticsEvent.objects.get(type="booking.declined")
    assert (row.public_status, row.closed_at) == ("declined", booking.hold_expires_at)
    assert (event.timestamp, event.actor) == (booking.hold_expires_at, "system")


def test_an_approved_request_with_a_deposit_waits_for_it(organization: Organization) -> None:
    studio = open_studio(organization, requires_approval=True, deposit=Money(2000, "USD"))
    booking = ask(studio)
    approved = act(studio, bookings.approve, booking.id)
    assert approved.public_status == "held"
    assert approved.hold_expires_at == approved.updated_at + timedelta(minutes=15)
    assert told(studio) == ["created", "requested", "approved"]
    assert act(studio, bookings.confirm, booking.id).public_status == "confirmed"


def test_a_request_can_be_moved_and_cancelled(studio: Studio) -> None:
    booking = ask(studio)
    moved = act(studio, bookings.reschedule, booking.id, starts_at=studio.at(14))
    assert (moved.public_status, moved.hold_expires_at) == ("requested", booking.hold_expires_at)
    assert act(studio, bookings.cancel, booking.id).public_status == "cancelled"


def test_a_request_that_is_moved_to_an_earlier_time_must_be_answered_before_it(organization: Organization) -> None:
    studio = open_studio(organization, requires_approval=True)
    with time_machine.travel(studio.at(8), tick=False):
        booking = ask(studio, starts_at=studio.at(14) + timedelta(days=1))
        moved = act(studio, bookings.reschedule, booking.id, starts_at=studio.at(14))
    assert booking.hold_expires_at == studio.at(8) + timedelta(days=1)
    assert moved.hold_expires_at == studio.at(14)


def test_a_day_that_falls_out_names_who_must_be_told(organization: Organization) -> None:
    studio = open_studio(organization)
    kept = ask(studio, starts_at=studio.at(10) + timedelta(days=7))
    gone = [ask(studio, hour) for hour in (9, 11)]
    done = ask(studio, 13)
    act(studio, bookings.confirm, gone[0].id)
    act(studio, bookings.confirm, done.id)
    act(studio, bookings.complete, done.id)
    day = act(studio, bookings.cancel_day, studio.professional.id, on=studio.day(), reason="Ill")
    assert [booking.id for booking in day.bookings] == [booking.id for booking in gone]
    assert {booking.client.email for booking in day.bookings} == {"ana@example.com"}
    with organization_scope(organization, SYSTEM):
        statuses = {booking.id: booking.public_status for booking in Booking.objects.all()}
    assert [statuses[booking.id] for booking in (*gone, done, kept)] == ["cancelled", "cancelled", "completed", "held"]
    assert told(studio).count("cancelled") == 2
    assert act(studio, bookings.cancel_day, studio.professional.id, on=studio.day()).bookings == []


def test_a_day_falls_out_whole_or_not_at_all(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    from analytics import actions as event_actions

    studio = open_studio(organization)
    held = [ask(studio, hour) for hour in (9, 11)]
    record, seen = event_actions.record, []

    def fail_at_the_second(type: str, **fields: Any) -> Any:
        seen.append(type)
        if len(seen) == 2:
            raise RuntimeError("the event cannot be stored")
        return record(type, **fields)

    monkeypatch.setattr(event_actions, "record", fail_at_the_second)
    with pytest.raises(RuntimeError, match="cannot be stored"):
        act(studio, bookings.cancel_day, studio.professional.id, on=studio.day())
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.filter(id__in=[one.id for one in held], status="pending").count() == 2


def test_its_own_policy_says_until_when_and_how_often_it_moves(organization: Organization) -> None:
    studio = open_studio(organization, slot_interval_minutes=60)
    with organization_scope(organization, SYSTEM):
        Service.objects.update(policy={"reschedule_window_minutes": 120, "max_reschedules": 1})
    booking = ask(studio)
    with organization_scope(organization, SYSTEM):
        Service.objects.update(policy={})  # the booking keeps what was agreed
    assert act(studio, bookings.reschedule, booking.id, starts_at=studio.at(12)).reschedules == 1
    assert code_of(studio, bookings.reschedule, booking.id, starts_at=studio.at(13)) == "reschedule_limit"
    assert act(studio, bookings.reschedule, booking.id, starts_at=studio.at(14), override=True).reschedules == 2
    other = ask(studio, 9)
    act(studio, bookings.confirm, other.id)
    with organization_scope(organization, SYSTEM):
        Booking.objects.filter(id=other.id).update(policy={"reschedule_window_minutes": 120})
    with time_machine.travel(studio.at(7) + timedelta(seconds=1), tick=False):
        assert code_of(studio, bookings.reschedule, other.id, starts_at=studio.at(16)) == "reschedule_window"


def test_what_cancelling_would_cost(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        services.update(studio.service.id, policy={"cancellation_fee_bps": 5000, "no_show_fee_cents": 99_999})
    booking = ask(studio)
    _, terms, at = act(studio, bookings.policy, booking.id, at=studio.at(9))
    assert (at, terms.cancellation_fee(at), terms.no_show_fee) == (studio.at(9), 3750, 7500)
    assert terms.cancellation_fee(terms.free_until) == 0


@pytest.mark.parametrize("verb", ["confirm", "cancel", "reschedule", "complete", "mark_no_show"])
def test_a_stale_change_is_refused_and_changes_nothing(organization: Organization, verb: str) -> None:
    studio = open_studio(organization)
    booking = ask(studio)
    if verb in ("complete", "mark_no_show"):
        act(studio, bookings.confirm, booking.id)
    more = {"starts_at": studio.at(14)} if verb == "reschedule" else {}
    with organization_scope(organization, SYSTEM):
        version = Booking.objects.get(id=booking.id).version
    with pytest.raises(Stale):
        act(studio, getattr(bookings, verb), booking.id, if_version=version + 1, **more)
    with organization_scope(organization, SYSTEM):
        row = Booking.objects.select_related("session").get(id=booking.id)
        assert (row.version, row.session.starts_at, row.session.seats_taken) == (version, studio.at(10), 1)
    changed = act(studio, getattr(bookings, verb), booking.id, if_version=version, **more)
    assert changed.version == version + 1


def test_a_professional_who_is_gone_gives_nothing(organization: Organization) -> None:
    studio = open_studio(organization)
    ask(studio)
    act(studio, professionals.delete, studio.professional.id)
    assert code_of(studio, ask_again, studio) == "service_inactive"
