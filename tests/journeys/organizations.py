"""Random organizations to ask for times in: everything that decides a start is at play, and some of it is booked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from authspine.kernel.errors import Conflict
from authspine.orchestrator import (
    bookings,
    clients,
    closures,
    holiday_calendars,
    locations,
    professionals,
    resources,
    services,
)
from bookings.models import Booking
from professionals.models import Location, Professional
from professionals.rules import holidays
from professionals.rules.weeks import DayHours, Window
from services.actions.resources import Need
from services.models import Service
from tests.studio import PRICE

A_DAY = timedelta(days=1)
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]


@dataclass(frozen=True)
class House:
    """Two services, which share people and rooms, on a day that is asked about."""

    services: list[Service]
    people: list[Professional]
    client: UUID
    since: datetime


def a_day() -> date:
    return datetime.now(UTC).date() + timedelta(days=2)


minutes = st.integers(0, 287).map(lambda number: 5 * number)


@st.composite
def weeks(draw: st.DrawFn, place: UUID, day: date) -> list[Window]:
    """The same on all days: one window, or two, or one past midnight; some at the place, some up to a date only."""
    windows = draw(
        st.sampled_from([[(480, 1080)], [(540, 720), (750, 1020)], [(600, 905)], [(1200, 120)], [(0, 1440)]])
    )
    where, last = st.sampled_from([None, None, place]), st.sampled_from([None, None, day])
    told = [(start, end, draw(where), draw(last)) for start, end in windows]
    return [Window(weekday, start, end, at, None, to) for weekday in range(7) for start, end, at, to in told]


@st.composite
def offered(draw: st.DrawFn) -> dict[str, Any]:
    day = a_day()
    return {
        "duration_minutes": draw(st.sampled_from([30, 45, 60, 90])),
        "slot_interval_minutes": draw(st.sampled_from([None, 15, 20, 60])),
        "slot_offset_minutes": draw(st.sampled_from([0, 0, 10])),
        "buffer_before_minutes": draw(st.sampled_from([0, 0, 10, 60])),
        "buffer_after_minutes": draw(st.sampled_from([0, 0, 15, 180])),
        "min_notice_minutes": draw(st.sampled_from([0, 0, 48 * 60 + 500])),
        "horizon_days": draw(st.sampled_from([90, 90, 1, 2])),
        "bookable_from": draw(st.sampled_from([None, None, day])),
        "bookable_to": draw(st.sampled_from([None, None, day])),
        "capacity": draw(st.sampled_from([1, 1, 2])),
        "requires_approval": draw(st.booleans()),
        "booking_limits": draw(st.sampled_from([{}, {}, {"day": {"bookings": 1}}, {"week": {"minutes": 100}}])),
    }


def build(draw: st.DataObject) -> House:
    """Inside a scope."""
    day = a_day()
    since = datetime.combine(day, time(), UTC)
    place = locations.create(name="Place", timezone=draw.draw(st.sampled_from(ZONES)))
    people = [_person(draw, number, since, place) for number in range(2)]
    rooms = [resources.add(name=f"Room {number}", timezone="UTC", hours=_hours(draw)) for number in range(2)]
    if draw.draw(st.booleans()):
        resources.add_downtime(rooms[0].id, **_period(draw, since))
    _close(draw, day, place)
    sold = []
    for number in range(2):
        where = place.id if draw.draw(st.integers(0, 3)) == 0 else None
        fields = draw.draw(offered())
        service = services.publish(people[number].id, name="S", price=PRICE, location=where, **fields)
        if draw.draw(st.booleans()):
            terms = draw.draw(st.fixed_dictionaries({"duration_minutes": st.sampled_from([None, 40])}))
            services.offer(service.id, people[1 - number].id, **terms)
        needs = draw.draw(st.sampled_from([[], [[0]], [[0, 1]], [[0, 1], [1]]]))
        services.require(service.id, [Need("", [rooms[room].id for room in need]) for need in needs])
        sold.append(service)
    client = clients.register(email="ana@example.com", name="Ana")
    house = House(sold, people, client.id, since)
    _book(draw, house)
    return house


def _close(draw: st.DataObject, day: date, place: Location) -> None:
    """Dates on which the business or its place is closed, and holidays that one of them keeps."""
    for where in (None, place.id):
        if draw.draw(st.integers(0, 5)) == 0:
            first, last = sorted(draw.draw(st.tuples(near, near)))
            closures.create(starts_on=day + first, ends_on=day + last, location=where)
        if draw.draw(st.integers(0, 5)) == 0:
            country, region = draw.draw(st.sampled_from(_keepers(day)))
            holiday_calendars.create(country=country, region=region, location=where)


near = st.integers(-1, 1).map(lambda offset: timedelta(days=offset))


@cache
def _keepers(day: date) -> list[tuple[str, str]]:
    """Whose holidays fall on a date or beside it; some country's always do."""
    countries = [(country, "") for country in sorted(holidays.regions())]
    everybody = [*countries, *((country, region) for country in ("CH", "DE", "ES") for region in _regions(country))]
    return [who for who in everybody if holidays.dates_between(*who, day - A_DAY, day + A_DAY)] or countries


def _regions(country: str) -> list[str]:
    return sorted(holidays.regions()[country])


def _person(draw: st.DataObject, number: int, since: datetime, place: Location) -> Professional:
    zone = draw.draw(st.sampled_from(ZONES))
    limits = draw.draw(st.sampled_from([{}, {}, {"day": {"minutes": 90}}, {"month": {"bookings": 2}}]))
    vertical = draw.draw(st.sampled_from(["consulting", "consulting", "consulting", "beauty"]))
    person = professionals.onboard(
        email=f"p{number}@example.com", name="P", vertical=vertical, timezone=zone, booking_limits=limits
    )
    weekly = draw.draw(weeks(place.id, since.date()))
    overrides: dict[date, Any] = {}
    if draw.draw(st.integers(0, 3)) == 0:
        ranges = draw.draw(st.sampled_from([(), ((600, 780),)]))
        overrides[since.date()] = DayHours(ranges, draw.draw(st.sampled_from([None, place.id])))
    professionals.set_working_hours(person.id, timezone=zone, weekly=weekly, overrides=overrides)
    for _ in range(draw.draw(st.integers(0, 2))):
        professionals.take_time_off(person.id, **_period(draw, since))
    if draw.draw(st.integers(0, 4)) == 0:
        professionals.travel(person.id, timezone="Asia/Tokyo", starts_on=since.date(), ends_on=since.date())
    return person


def _hours(draw: st.DataObject) -> list[Any]:
    """Always, office hours, or from the evening on over midnight."""
    window = draw.draw(st.sampled_from([None, (540, 1020), (1080, 600)]))
    return [(day, *window) for day in range(7)] if window else []


def _period(draw: st.DataObject, since: datetime) -> dict[str, Any]:
    start = since + timedelta(minutes=draw.draw(minutes))
    return {"starts_at": start, "ends_at": start + timedelta(minutes=draw.draw(st.sampled_from([15, 60, 200])))}


def _book(draw: st.DataObject, house: House) -> None:
    """Some of what staff could book; a part of it has lapsed since, though nobody has looked."""
    for _ in range(draw.draw(st.integers(0, 6))):
        service = draw.draw(st.sampled_from(house.services))
        start = house.since + timedelta(minutes=draw.draw(minutes))
        shown = bookings.availability(services=[service.id], from_at=start, first_free=1).slots
        try:
            booking = bookings.hold(
                client=house.client,
                service=service.id,
                starts_at=shown[0].starts_at if shown else start,
                override=draw.draw(st.booleans()),
            )
        except Conflict:
            continue
        if draw.draw(st.integers(0, 2)) == 0:
            Booking.objects.filter(id=booking.id).update(hold_expires_at=datetime.now(UTC) - timedelta(minutes=1))
