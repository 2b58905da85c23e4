"""What decides a slot is read as it was entered: places, their closures and holidays, travel, validity, resources."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from authspine.kernel.tenancy import Scope
from authspine.orchestrator import bookings, closures, holiday_calendars, locations, professionals, resources, services
from professionals.models import Professional
from professionals.rules.weeks import DayHours, Window
from services.actions.resources import Need
from services.models import Service
from tests.factories import ProfessionalFactory, ResourceFactory, ServiceFactory, hour, working_day

DAY: date = working_day().date()
MIDNIGHT = hour(0)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def professional(scope: Scope) -> Professional:
    found: Professional = ProfessionalFactory()
    return found


@pytest.fixture
def service(professional: Professional) -> Service:
    found: Service = ServiceFactory(professional=professional)
    return found


def works(professional: Professional, *windows: tuple[Any, ...], overrides: dict[date, Any] | None = None) -> None:
    """Every day from one minute to another; what follows is where, and from and to when."""
    weekly = [Window(weekday, *window) for weekday in range(7) for window in windows]
    professionals.set_working_hours(professional.id, timezone="UTC", weekly=weekly, overrides=overrides or {})


def told(service: Service, since: datetime = MIDNIGHT, days: int = 1) -> tuple[list[str], dict[str, str]]:
    """The clocks of the slots, in UTC with the day of the month from the second day on; and why the others are none."""
    found = bookings.availability(
        services=[service.id], from_at=since, to_at=since + timedelta(days=days), timezone="UTC", explain=True
    )

    def clock(at: datetime) -> str:
        number = (at - since).days
        return f"{at:%H:%M}" + f"+{number}" * bool(number)

    why = {clock(point.starts_at): str(point.rule) for day in found.days for point in day.unbookable}
    return [clock(slot.starts_at) for slot in found.slots], why


def tokyo() -> Any:
    """The id of a place where 18:00 is 09:00 in UTC, all year."""
    return locations.create(name="Tokyo", timezone="Asia/Tokyo").id


def test_a_window_at_a_location_goes_by_its_clock(professional: Professional, service: Service) -> None:
    works(professional, (18 * 60, 19 * 60, tokyo()), (720, 780))
    assert told(service) == (["09:00", "12:00"], {})


def test_a_service_with_a_location_is_given_there_and_where_nothing_is_said(professional: Professional) -> None:
    here, there = tokyo(), locations.create(name="Elsewhere", timezone="UTC").id
    works(professional, (18 * 60, 19 * 60, here), (600, 660, there), (720, 780))
    assert told(ServiceFactory(professional=professional, location=here))[0] == ["09:00", "12:00"]
    assert told(ServiceFactory(professional=professional, location=there))[0] == ["10:00", "12:00"]
    elsewhere = {DAY: DayHours(((840, 900),), there)}
    works(professional, (18 * 60, 19 * 60, here), overrides=elsewhere)
    assert told(ServiceFactory(professional=professional, location=here))[0] == []
    assert told(ServiceFactory(professional=professional, location=there))[0] == ["14:00"]


def test_a_window_holds_from_and_to_a_date(professional: Professional, service: Service) -> None:
    works(professional, (540, 600, None, None, DAY), (540, 600, None, TOMORROW), (720, 780, None, DAY, DAY))
    assert told(service, days=2)[0] == ["09:00", "12:00", "09:00+1"]


def test_travel_changes_the_clock_of_windows_that_are_nowhere(professional: Professional, service: Service) -> None:
    works(professional, (18 * 60, 19 * 60), (720, 780, locations.create(name="Home", timezone="UTC").id))
    professionals.travel(professional.id, timezone="Asia/Tokyo", starts_on=DAY, ends_on=DAY)
    assert told(service, days=2)[0] == ["09:00", "12:00", "12:00+1", "18:00+1"]


@pytest.mark.parametrize(("first", "last"), [(0, 0), (-30, 0), (0, 30), (-400, 400)])
def test_a_closure_takes_its_dates_out_of_every_place(
    professional: Professional, service: Service, first: int, last: int
) -> None:
    works(professional, (18 * 60, 19 * 60, tokyo()), (720, 780))
    closures.create(starts_on=DAY + timedelta(days=first), ends_on=DAY + timedelta(days=last))
    assert told(service) == ([], {"09:00": "time_off", "12:00": "time_off"})


def test_a_location_is_closed_alone(professional: Professional, service: Service) -> None:
    place = tokyo()
    works(professional, (18 * 60, 19 * 60, place), (720, 780))
    closures.create(starts_on=DAY, ends_on=DAY, location=place)
    assert told(service) == (["12:00"], {"09:00": "time_off"})
    # What is given at the place is not given anywhere while it is closed.
    assert told(ServiceFactory(professional=professional, location=place))[0] == []


def test_a_closure_ends_a_night_that_began_before_it(professional: Professional, service: Service) -> None:
    works(professional, (22 * 60, 120))
    closures.create(starts_on=TOMORROW, ends_on=TOMORROW)
    slots, why = told(service, hour(12), days=1)
    assert (slots, why) == (["22:00", "23:00"], {"00:00": "time_off", "01:00": "time_off"})


CHRISTMAS = datetime(2026, 12, 25, tzinfo=UTC)  # a Friday; the 6th of January is a holiday of some regions


@pytest.fixture
def december(scope: Scope) -> Any:
    with time_machine.travel(CHRISTMAS - timedelta(days=5), tick=False):
        yield


@pytest.mark.usefixtures("december")
def test_on_a_holiday_the_place_that_keeps_it_does_not_open(professional: Professional, service: Service) -> None:
    place = tokyo()
    works(professional, (18 * 60, 19 * 60, place), (720, 780))
    holiday_calendars.create(country="DE", location=place)
    assert told(service, CHRISTMAS) == (["12:00"], {"09:00": "holiday"})
    holiday_calendars.create(country="DE")
    assert told(service, CHRISTMAS) == ([], {"09:00": "holiday", "12:00": "holiday"})
    works(professional, (720, 780), overrides={CHRISTMAS.date(): DayHours(((840, 900),))})
    assert told(service, CHRISTMAS) == (["14:00"], {})


@pytest.mark.usefixtures("december")
@pytest.mark.parametrize(("region", "closed"), [("BY", True), ("BE", False), ("", False)])
def test_holidays_are_those_of_the_region(
    professional: Professional, service: Service, region: str, closed: bool
) -> None:
    works(professional, (720, 780))
    holiday_calendars.create(country="DE", region=region)
    epiphany = CHRISTMAS + timedelta(days=12)
    assert told(service, epiphany) == (([], {"12:00": "holiday"}) if closed else (["12:00"], {}))


def test_a_room_is_there_in_its_hours_and_while_it_is_in_use(service: Service) -> None:
    hours = [(weekday, 10 * 60, 14 * 60) for weekday in range(7)]
    first, second = ResourceFactory(), resources.add(name="Second", timezone="UTC", hours=hours)
    services.require(service.id, [Need("room", [first.id, second.id])])
    resources.add_downtime(first.id, starts_at=hour(0), ends_at=hour(15))
    resources.add_downtime(second.id, starts_at=hour(11), ends_at=hour(12))
    assert told(service)[0] == ["10:00", "12:00", "13:00", "15:00", "16:00"]
    resources.update(first.id, active=False)
    slots, why = told(service)
    assert (slots, set(why.values())) == (["10:00", "12:00", "13:00"], {"resource_busy"})
