"""The database keeps the promises of places and calendars when something writes past the actions."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import Scope, organization_scope
from professionals.models import Closure, HolidayCalendar, HoursOverride, Location, TravelPeriod, WorkingHours
from tests.factories import LocationFactory, ProfessionalFactory
from tests.fixtures import new_organization

FIRST, LAST = date(2030, 1, 1), date(2030, 1, 9)


def refused(rule: str, model: Any, **fields: Any) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        model.objects.create(**fields)


def test_a_location_has_a_name(scope: Scope) -> None:
    refused("professionals_location_named", Location, name="", timezone="UTC")


def test_a_window_holds_on_dates_in_order(scope: Scope) -> None:
    window = {"professional": ProfessionalFactory(), "weekday": 0, "start_minute": 0, "end_minute": 60}
    refused("workinghours_valid_order", WorkingHours, **window, valid_from=LAST, valid_to=FIRST)
    assert WorkingHours.objects.create(**window, valid_from=FIRST, valid_to=FIRST)


@pytest.mark.parametrize(("model", "rule"), [(Closure, "closure_order"), (TravelPeriod, "travelperiod_order")])
def test_a_period_ends_when_it_has_begun(scope: Scope, model: Any, rule: str) -> None:
    owner = {"professional": ProfessionalFactory(), "timezone": "UTC"} if model is TravelPeriod else {}
    # The range that the exclusion constraint makes of them is refused even before.
    kinds = f"{rule}|range lower bound" if model is TravelPeriod else rule
    with pytest.raises(Exception, match=kinds), transaction.atomic():
        model.objects.create(**owner, starts_on=LAST, ends_on=FIRST)
    assert model.objects.create(**owner, starts_on=FIRST, ends_on=FIRST)


def test_on_one_date_there_is_one_clock(scope: Scope) -> None:
    own = {"professional": ProfessionalFactory(), "timezone": "UTC"}
    TravelPeriod.objects.create(**own, starts_on=FIRST, ends_on=LAST)
    refused("travelperiod_no_overlap", TravelPeriod, **own, starts_on=LAST, ends_on=LAST)
    assert TravelPeriod.objects.create(**own, starts_on=date(2030, 1, 10), ends_on=date(2030, 1, 10))


@pytest.mark.parametrize("somewhere", [True, False])
def test_the_same_holidays_are_kept_once(scope: Scope, somewhere: bool) -> None:
    calendar = {"location": LocationFactory() if somewhere else None, "country": "DE"}
    HolidayCalendar.objects.create(**calendar)
    refused("holidaycalendar_once", HolidayCalendar, **calendar)
    assert HolidayCalendar.objects.create(**calendar, region="BY")


@pytest.mark.parametrize("country", ["de", "D", "D1", ""])
def test_a_country_is_two_capital_letters(scope: Scope, country: str) -> None:
    refused("holidaycalendar_country", HolidayCalendar, country=country)


def test_nothing_points_at_a_location_of_another_organization(scope: Scope) -> None:
    pro, elsewhere = ProfessionalFactory(), new_id()
    refused("closure_location_fk", Closure, location_id=elsewhere, starts_on=FIRST, ends_on=LAST)
    refused("holidaycalendar_location_fk", HolidayCalendar, location_id=elsewhere, country="DE")
    refused("hoursoverride_location_fk", HoursOverride, location_id=elsewhere, professional=pro, date=FIRST)
    window = {"professional": pro, "weekday": 0, "start_minute": 0, "end_minute": 60}
    refused("workinghours_location_fk", WorkingHours, location_id=elsewhere, **window)


def test_a_location_of_another_organization_that_exists_is_none() -> None:
    other = new_organization()
    with organization_scope(other, SYSTEM):
        theirs = LocationFactory().id
    with organization_scope(new_organization(), SYSTEM):
        refused("closure_location_fk", Closure, location_id=theirs, starts_on=FIRST, ends_on=LAST)
