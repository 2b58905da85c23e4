"""A chart of events as bars in an SVG: drawn on the server, so it needs no library and works without scripts.

Coordinates are attributes, not styles, and each shade differs in lightness too: it reads in grey and under a strict
content policy. The same figures stand in a table beside it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WIDTH, HEIGHT, GAP = 720, 180, 3
FAMILIES = {"booking": "Bookings", "payment": "Payments", "people": "People", "other": "Everything else"}
_PEOPLE = ("client", "professional")


@dataclass(frozen=True, slots=True)
class Part:
    """One family's share of a bar."""

    family: str
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One bucket's figures, in the order of the families, and their sum."""

    start: datetime
    counts: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and their table; `top` is the figure at the upper edge."""

    parts: list[Part]
    rows: list[Row]
    families: dict[str, str]
    top: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def middle(self) -> int:
        return self.height // 2

    @property
    def first(self) -> datetime:
        return self.rows[0].start

    @property
    def last(self) -> datetime:
        return self.rows[-1].start


def family(type: str) -> str:
    """Which of the four shades an event type has."""
    word = type.partition(".")[0]
    if word in _PEOPLE:
        return "people"
    return word if word in FAMILIES else "other"


def draw(series: Iterable[dict[str, Any]], starts: list[datetime]) -> Chart:
    """Bars of the points (`bucket_start`, `type`, `count`) over all bucket starts, the empty ones included."""
    counts: Counter[tuple[datetime, str]] = Counter()
    for point in series:
        counts[point["bucket_start"], family(point["type"])] += point["count"]
    rows = [_row(start, [counts[start, name] for name in FAMILIES]) for start in starts]
    top = _round_up(max((row.total for row in rows), default=0))
    return Chart([part for at, row in enumerate(rows) for part in _bar(at, row, len(rows), top)], rows, FAMILIES, top)


def _row(start: datetime, counts: list[int]) -> Row:
    return Row(start, counts, sum(counts))


def _bar(at: int, row: Row, bars: int, top: int) -> Iterable[Part]:
    width = (WIDTH - GAP * (bars - 1)) / bars
    x, y = at * (width + GAP), float(HEIGHT)
    for name, count in zip(FAMILIES, row.counts, strict=True):
        if count:
            height = count / top * HEIGHT
            y -= height
            yield Part(name, round(x, 1), round(y, 1), round(width, 1), round(height, 1), f"{FAMILIES[name]}: {count}")


def _round_up(figure: int) -> int:
    """The next round figure: 1, 2, 5, 10, 20, 50 and so on."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if figure <= factor * step:
                return factor * step
        step *= 10
