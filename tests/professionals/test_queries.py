"""What the slots are decided on: which rows, in how many statements."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.kernel.tenancy import Scope
from professionals import queries
from tests.factories import ClosureFactory, HolidayCalendarFactory, LocationFactory, TravelPeriodFactory


def asked(rows: Any) -> list[Any]:
    """The rows, which took one statement."""
    with CaptureQueriesContext(connection) as captured:
        found = list(rows)
    assert len(captured) == 1
    return found


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2030, 1, 1), date(2030, 1, 4), False),
        (date(2030, 1, 1), date(2030, 1, 5), True),
        (date(2030, 1, 6), date(2030, 1, 6), True),
        (date(2030, 1, 1), date(2030, 2, 1), True),
        (date(2030, 1, 9), date(2030, 2, 1), True),
        (date(2030, 1, 10), date(2030, 2, 1), False),
    ],
)
def test_closures_with_a_date_among_these(scope: Scope, first: date, last: date, found: bool) -> None:
    closure = ClosureFactory(starts_on=date(2030, 1, 5), ends_on=date(2030, 1, 9), location=LocationFactory().id)
    assert asked(queries.closures_between(first, last)) == ([closure] if found else [])


def test_all_holiday_calendars(scope: Scope) -> None:
    kept = [HolidayCalendarFactory(), HolidayCalendarFactory(location=None), HolidayCalendarFactory(region="BY")]
    assert asked(queries.holiday_calendars()) == kept[::-1]


def test_travel_of_some(scope: Scope) -> None:
    late, early, other = (TravelPeriodFactory(starts_on=date(2030, month, 1)) for month in (3, 1, 2))
    assert asked(queries.travel_of([late.professional_id, early.professional_id])) == [early, late]
    assert other not in queries.travel_of([late.professional_id])
    assert not queries.travel_of([])


def test_locations_are_checked_by_one_statement_or_none(scope: Scope) -> None:
    places = {f"weekly.{number}.location": LocationFactory().id for number in range(3)}
    with CaptureQueriesContext(connection) as captured:
        queries.check_locations(places)
        queries.check_locations({})
    assert len(captured) == 1
