"""What may stay of an event's data when its person is erased."""

from typing import Any

import pytest

from analytics.rules.nameless import nameless

ID = "01a21665-79e1-7121-a23b-a35a125ecb1b"


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({}, {}),
        ({"bookingId": ID, "amountCents": 7500, "late": True}, {"bookingId": ID, "amountCents": 7500, "late": True}),
        ({"startsAt": "2026-12-01T10:00:00+00:00"}, {"startsAt": "2026-12-01T10:00:00+00:00"}),
        ({"name": "Kim", "email": "kim@example.com", "method": "card"}, {}),
        ({"who": {"name": "Kim", "id": ID}, "empty": {"name": "Kim"}}, {"who": {"id": ID}}),
        ({"fields": ["name"], "none": None}, {}),
        ({"kim@example.com": 1}, {}),
        ({"id": f"{ID} Kim"}, {}),
    ],
)
def test_ids_numbers_times_and_truths_stay(data: dict[str, Any], kept: dict[str, Any]) -> None:
    assert nameless(data) == kept
