"""How much may be booked in a local day, week (from Monday) or month: by number of sessions and by minutes."""

from collections.abc import Mapping
from typing import Any, Final, Literal

type Period = Literal["day", "week", "month"]

PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month")
MEASURES: Final = ("bookings", "minutes")
MOST: Final = 100_000


def check_limits(value: Any) -> None:
    """ValueError, in words, unless this is `{period: {"bookings": n, "minutes": n}}` with at least one measure each."""
    if not isinstance(value, Mapping):
        raise ValueError("limits are an object by period: day, week, month")
    for period, limit in value.items():
        if period not in PERIODS:
            raise ValueError(f"a period is one of {', '.join(PERIODS)}, not {str(period)[:20]!r}")
        if not isinstance(limit, Mapping) or not limit or not set(limit) <= set(MEASURES):
            raise ValueError(f"the limit of a {period} names {' or '.join(MEASURES)}")
        for measure, most in limit.items():
            if type(most) is not int or not 0 <= most <= MOST:
                raise ValueError(f"{measure} of a {period} is a whole number from 0 to {MOST:,}")
