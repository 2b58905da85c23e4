"""Times in words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from authspine.demo import moments

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=9), "just now"),
        (timedelta(seconds=59), "in a moment"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-59), "59 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=47), "in 1 day"),
        (timedelta(days=13), "in 1 week"),
        (timedelta(days=-60), "2 months ago"),
        (timedelta(days=800), "in 2 years"),
    ],
)
def test_relative(distance: timedelta, words: str) -> None:
    assert moments.relative(NOW + distance, NOW) == words


def test_exact_times_name_their_zone() -> None:
    with timezone.override("America/New_York"):
        assert moments.exact(NOW) == "Mon 23 Nov 2026, 07:00:00, America/New York (UTC-05:00)"
        assert moments.short(NOW) == "Mon 23 Nov, 07:00"


@pytest.mark.parametrize(("count", "words"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min")])
def test_minutes(count: int, words: str) -> None:
    assert moments.minutes(count) == words
