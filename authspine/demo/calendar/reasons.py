"""Why the times of a week that are not free cannot be had: day by day, what follows on for one reason told as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from authspine.demo import words
from bookings.queries.slots import Availability, Unbookable


@dataclass(frozen=True)
class Reason:
    """The first and the last start of a stretch, in wall time, and why none of them can be had."""

    first: str
    last: str
    why: str


@dataclass(frozen=True)
class DayReasons:
    date: date
    reasons: list[Reason]


def told(found: Availability, zone: ZoneInfo) -> list[DayReasons]:
    """The days of the week that have such times."""
    return [DayReasons(day.date, _stretches(day.unbookable, zone)) for day in found.days if day.unbookable]


def _stretches(points: Sequence[Unbookable], zone: ZoneInfo) -> list[Reason]:
    found = []
    for rule, same in groupby(points, key=lambda point: point.rule):
        starts = [f"{point.starts_at.astimezone(zone):%H:%M}" for point in same]
        found.append(Reason(starts[0], starts[-1], words.RULES[rule]))
    return found
