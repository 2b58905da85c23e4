"""What is seeded, without a database: which services there are, and each professional's two years of bookings.

The same seed and day give the same plan. Nobody is booked twice: every service, with the buffer after it, ends before
the next full hour, and bookings begin at full hours of the working week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from authspine.kernel import times

DAYS = 365  # back from today, and ahead
HOURS = range(9, 17)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
HOLD = timedelta(minutes=15)


@dataclass(frozen=True)
class Kind:
    """A service that every professional has."""

    name: str
    minutes: int
    buffer_after: int
    price_cents: int


KINDS = (Kind("Consultation", 60, 0, 9000), Kind("Check", 30, 15, 5000), Kind("Treatment", 45, 15, 7000))

# How bookings stand, out of a thousand: stored words, as they lie in the database. Deadlines of the waiting are a day
# from now, so that nothing lapses while something is measured.
PAST = {"completed": 800, "no_show": 50, "cancelled": 120, "expired": 30}
COMING = {"confirmed": 895, "cancelled": 80, "expired": 14, "declined": 5, "pending": 1, "requested": 5}
FREE = frozenset({"cancelled", "expired", "declined"})

# Bookings of one professional: fewer than there are hours in any two years.
MOST = 4_000
REGULARS = 25  # clients of each professional


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking: times are UTC, `kind` and `client` are positions, of the service and among the regulars."""

    kind: int
    client: int
    status: str
    starts_at: datetime
    ends_at: datetime
    occupied_until: datetime
    created_at: datetime
    closed_at: datetime | None


def grid(today: date, zone: str) -> list[datetime]:
    """Every full hour of the working weeks around today, in UTC, ascending."""
    where = times.zone(zone)
    days = (today + timedelta(days=offset) for offset in range(-DAYS, DAYS + 1))
    return [
        datetime.combine(day, time(hour), where).astimezone(UTC) for day in days if day.weekday() < 5 for hour in HOURS
    ]


def diary(chance: Random, hours: list[datetime], *, today: datetime, bookings: int) -> Iterator[Entry]:
    """A professional's bookings, ascending, spread evenly over `hours`. ValueError when there are fewer hours."""
    starts = sorted(chance.sample(hours, bookings))
    past, coming = _weighted(PAST), _weighted(COMING)
    for start in starts:
        number = chance.randrange(len(KINDS))
        status = chance.choices(*(past if start < today else coming))[0]
        ends_at = start + KINDS[number].minutes * MINUTE
        # Booked between two days and two months before, and never in the future.
        lead = chance.randrange(2 * 1440, 60 * 1440) * MINUTE
        created_at = min(start, today) - lead
        yield Entry(
            kind=number,
            client=chance.randrange(REGULARS),
            status=status,
            starts_at=start,
            ends_at=ends_at,
            occupied_until=ends_at + KINDS[number].buffer_after * MINUTE,
            created_at=created_at,
            closed_at=_closed_at(status, created_at, ends_at, lead),
        )


def _weighted(shares: dict[str, int]) -> tuple[list[str], list[int]]:
    return list(shares), list(shares.values())


def _closed_at(status: str, created_at: datetime, ends_at: datetime, lead: timedelta) -> datetime | None:
    if status in ("completed", "no_show"):
        return ends_at
    if status in ("cancelled", "declined"):
        return created_at + lead / 2
    return created_at + HOLD if status == "expired" else None
