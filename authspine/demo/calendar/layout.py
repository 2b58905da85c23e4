"""Where things stand in a week: days as columns, wall-clock minutes down the side. No database, no HTML.

A place is a list of CSS classes (`h9 m30 lh1 lm0`), since the page allows no inline styles: the style sheet turns
hours and minutes into positions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from authspine.kernel import times

Kind = Literal["free", "booked", "buffer", "away", "closed", "now"]

DAYS = 7
DAY_MINUTES = 24 * 60
GRID = 5  # minutes: to what a place is rounded
FIRST_HOUR, LAST_HOUR = 9, 17
# The hour is drawn the taller, the shorter the shortest thing in it is, so that every button can be hit.
ZOOMS = (60, 30, 20, 15, 10, 5)


@dataclass(frozen=True, slots=True)
class Span:
    """Something from `start` to `end`; `about` is whatever the template shows of it."""

    kind: Kind
    start: datetime
    end: datetime
    about: object = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a span lies on one day, in minutes of its wall clock."""

    kind: Kind
    first: int
    last: int
    about: object
    starts_here: bool

    @property
    def place(self) -> str:
        first = round(self.first / GRID) * GRID
        length = max(round((self.last - self.first) / GRID) * GRID, GRID)
        return f"h{first // 60} m{first % 60} lh{length // 60} lm{length % 60}"

    @property
    def starts(self) -> str:
        return f"{self.first // 60:02}:{self.first % 60:02}"

    @property
    def ends(self) -> str:
        return f"{self.last // 60:02}:{self.last % 60:02}"


@dataclass(frozen=True, slots=True)
class Day:
    """One column, its pieces in order of time."""

    date: date
    is_today: bool
    pieces: list[Piece] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        """Whether there is nothing to see but closed hours."""
        return all(piece.kind in ("closed", "now") for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Grid:
    """A week that is ready to be drawn."""

    days: list[Day]
    hours: list[str]
    classes: str


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def bounds(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which the week begins and ends."""
    return times.instant_of(monday, 0, zone), times.instant_of(monday + timedelta(days=DAYS), 0, zone)


def lay_out(monday: date, zone: ZoneInfo, spans: Iterable[Span], *, now: datetime) -> Grid:
    """Cut spans into days and find which hours must be shown."""
    every = list(spans)
    dates = [monday + timedelta(days=offset) for offset in range(DAYS)]
    today = times.local_date(now, zone)
    days = [Day(on, on == today, _pieces(on, zone, every)) for on in dates]
    shown = [piece for day in days for piece in day.pieces if piece.kind not in ("closed", "now")]
    first = min([FIRST_HOUR * 60, *(piece.first for piece in shown)]) // 60
    last = -(-max([LAST_HOUR * 60, *(piece.last for piece in shown)]) // 60)
    classes = f"from{first} span{last - first} zoom{_zoom(shown)}"
    return Grid(days, [f"{hour:02}:00" for hour in range(first, last)], classes)


def _pieces(on: date, zone: ZoneInfo, spans: list[Span]) -> list[Piece]:
    begins, ends = times.instant_of(on, 0, zone), times.instant_of(on + timedelta(days=1), 0, zone)
    found = [_cut(span, on, zone) for span in spans if span.start < ends and begins < max(span.end, span.start)]
    return _without_overlap(sorted(found, key=lambda piece: (piece.first, piece.kind == "free")))


def _cut(span: Span, on: date, zone: ZoneInfo) -> Piece:
    first, last = _minute(span.start, on, zone), _minute(span.end, on, zone)
    return Piece(span.kind, max(first, 0), min(max(last, first), DAY_MINUTES), span.about, starts_here=first >= 0)


def _minute(at: datetime, on: date, zone: ZoneInfo) -> int:
    """What the wall clock shows, in minutes from the date's midnight; negative before it."""
    shown = at.astimezone(zone)
    return (shown.date() - on).days * DAY_MINUTES + shown.hour * 60 + shown.minute


def _without_overlap(pieces: list[Piece]) -> list[Piece]:
    """Free starts follow each other more closely than the service lasts: each is drawn until the next one."""
    starts = sorted(piece.first for piece in pieces if piece.kind == "free")
    after = dict(pairwise(starts))
    return [
        replace(piece, last=min(piece.last, after.get(piece.first, piece.last))) if piece.kind == "free" else piece
        for piece in pieces
    ]


def _zoom(pieces: Iterable[Piece]) -> int:
    lengths: Iterator[int] = (piece.last - piece.first for piece in pieces if piece.kind in ("free", "booked"))
    shortest = max(min(lengths, default=60), GRID)
    return next((zoom for zoom in ZOOMS if shortest >= zoom), GRID)
