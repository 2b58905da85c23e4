"""What a booking was agreed on: deadlines, the policy it keeps, and what that costs when."""

from datetime import UTC, datetime, timedelta

from bookings.rules import terms
from bookings.rules.terms import Terms

START = datetime(2027, 1, 4, 10, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
IN_FORCE = {
    "hold_minutes": 10,
    "cancellation_window_minutes": 1440,
    "cancellation_fee_bps": 2500,
    "cancellation_fee_cents": 100,
    "no_show_fee_bps": 10_000,
    "no_show_fee_cents": 0,
    "reschedule_window_minutes": 60,
    "max_reschedules": 2,
    "approval_minutes": 600,
    "max_open_holds": 3,
    "max_future_bookings": None,
}


def test_the_snapshot_has_what_holds_for_the_booking_and_nothing_else() -> None:
    kept = terms.policy_snapshot(IN_FORCE, min_notice_minutes=30)
    assert set(kept) == set(terms.TERMS)
    assert (kept["min_notice_minutes"], kept["cancellation_fee_bps"], kept["max_reschedules"]) == (30, 2500, 2)


def test_an_older_snapshot_is_free_and_not_limited() -> None:
    agreed = Terms({"cancellation_window_minutes": 60, "cancellation_fee_bps": 5000}, START, 1000)
    assert agreed.cancellation_fee(START) == 500
    assert (agreed.no_show_fee, agreed.movable_until, agreed.moves_left(99)) == (0, START, None)


def test_cancelling_is_free_until_exactly_the_window() -> None:
    agreed = Terms(IN_FORCE, START, 7500)
    assert agreed.cancellation_fee(agreed.free_until) == 0
    assert agreed.cancellation_fee(agreed.free_until + MOMENT) == 1975  # a quarter, and a dollar
    assert agreed.free_until == START - timedelta(days=1)
    assert agreed.no_show_fee == 7500


def test_moves_are_counted_down() -> None:
    agreed = Terms(IN_FORCE, START, 7500)
    assert [agreed.moves_left(made) for made in range(4)] == [2, 1, 0, 0]
    assert agreed.movable_until == START - timedelta(hours=1)


def test_a_request_is_answered_before_what_it_asks_for_begins() -> None:
    asked = START - timedelta(hours=5)
    assert terms.approval_deadline(asked, 60, starts_at=START) == asked + timedelta(hours=1)
    assert terms.approval_deadline(asked, 600, starts_at=START) == START
    # What staff enter of the past is given its whole time.
    assert terms.approval_deadline(START, 60, starts_at=START) == START + timedelta(hours=1)
