"""Places and what is kept there: which rows, in how many statements."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.kernel.tenancy import Scope
from professionals import queries
from tests.factories import HolidayCalendarFactory, LocationFactory


def asked(rows: Any) -> list[Any]:
    """The rows, which took one statement."""
    with CaptureQueriesContext(connection) as captured:
        found = list(rows)
    assert len(captured) == 1
    return found


def test_all_holiday_calendars(scope: Scope) -> None:
    kept = [HolidayCalendarFactory(), HolidayCalendarFactory(location=None), HolidayCalendarFactory(region="BY")]
    assert asked(queries.holiday_calendars()) == kept[::-1]


def test_locations_are_checked_by_one_statement_or_none(scope: Scope) -> None:
    places = {f"weekly.{number}.location": LocationFactory().id for number in range(3)}
    with CaptureQueriesContext(connection) as captured:
        queries.check_locations(places)
        queries.check_locations({})
    assert len(captured) == 1
