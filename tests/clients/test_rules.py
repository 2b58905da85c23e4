"""What may be done with a client's record, by cases."""

from datetime import UTC, date, datetime

import pytest

from clients.models import Client
from clients.rules import is_held

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (None, None, False),
        (SINCE, None, True),
        (SINCE, date(2027, 1, 11), True),
        (SINCE, date(2027, 1, 10), True),
        (SINCE, date(2027, 1, 9), False),
    ],
)
def test_a_hold_counts_through_its_last_date(since: datetime | None, until: date | None, held: bool) -> None:
    client = Client(legal_hold_reference="1", legal_hold_at=since, legal_hold_until=until)
    assert is_held(client, date(2027, 1, 10)) is held
