"""The life of a booking: every pair of words, and the very instant of a deadline."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bookings.rules import status, terms
from bookings.rules.status import Status

DEADLINE = datetime(2027, 1, 1, 12, tzinfo=UTC)
MOVES = {
    ("held", "confirmed"),
    ("held", "cancelled"),
    ("held", "expired"),
    ("confirmed", "completed"),
    ("confirmed", "cancelled"),
    ("confirmed", "no_show"),
    ("requested", "held"),
    ("requested", "confirmed"),
    ("requested", "declined"),
    ("requested", "cancelled"),
}


@pytest.mark.parametrize(("one", "other"), list(product(Status, Status)))
def test_these_moves_and_no_others(one: Status, other: Status) -> None:
    assert status.can_move(one, other) is ((one.value, other.value) in MOVES)


def test_the_words_are_the_public_ones() -> None:
    words = ["held", "confirmed", "completed", "cancelled", "no_show", "expired", "requested", "declined"]
    assert [word.value for word in Status] == words
    assert set(status.MOVES) == set(Status)
    with pytest.raises(ValueError, match="pending"):
        status.can_move("pending", "confirmed")


def test_who_occupies_the_time() -> None:
    assert set(Status) - status.OCCUPYING == {Status.CANCELLED, Status.EXPIRED, Status.DECLINED}


@pytest.mark.parametrize(("late_by", "reads"), [(-1, "held"), (0, "expired"), (1, "expired")])
def test_a_hold_is_expired_from_exactly_its_deadline_on(late_by: int, reads: str) -> None:
    now = DEADLINE + timedelta(microseconds=late_by)
    assert status.status_at("held", DEADLINE, now=now) == reads
    assert status.is_lapsed("held", DEADLINE, now=now) is (reads == "expired")


def test_an_unanswered_request_is_declined_from_exactly_its_deadline_on() -> None:
    assert status.status_at("requested", DEADLINE, now=DEADLINE - timedelta(microseconds=1)) == "requested"
    assert status.status_at("requested", DEADLINE, now=DEADLINE) == "declined"


@pytest.mark.parametrize("word", [word for word in Status if word not in (Status.HELD, Status.REQUESTED)])
def test_nothing_else_lapses(word: Status) -> None:
    assert status.status_at(word, DEADLINE, now=DEADLINE + timedelta(days=1)) == word


def test_a_hold_without_deadline_stays() -> None:
    assert status.status_at("held", None, now=DEADLINE) == "held"


def test_a_hold_lasts_so_many_minutes() -> None:
    assert terms.hold_deadline(DEADLINE, 15) == DEADLINE + timedelta(minutes=15)
