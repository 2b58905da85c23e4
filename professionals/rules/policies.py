"""The terms of bookings: a vertical has all of them, a service may have some of its own, and what they cost.

A fee has a flat part and a share of the total, and is never more than the total. Nothing here knows a database.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from authspine.kernel.money import MAX_PRICE_CENTS, WHOLE, share_cents

YEAR_MINUTES: Final = 366 * 24 * 60
MANY: Final = 32_767  # what a small integer of the database holds


class Bound(NamedTuple):
    """The whole numbers that a policy may be; null, where that is allowed, means without limit."""

    least: int
    most: int
    optional: bool = False


POLICIES: Final[Mapping[str, Bound]] = {
    "hold_minutes": Bound(1, 24 * 60),
    "cancellation_window_minutes": Bound(0, YEAR_MINUTES),
    "cancellation_fee_bps": Bound(0, WHOLE),
    "cancellation_fee_cents": Bound(0, MAX_PRICE_CENTS),
    "no_show_fee_bps": Bound(0, WHOLE),
    "no_show_fee_cents": Bound(0, MAX_PRICE_CENTS),
    "reschedule_window_minutes": Bound(0, YEAR_MINUTES),
    "max_reschedules": Bound(0, MANY, optional=True),
    "approval_minutes": Bound(1, 30 * 24 * 60),
    "max_open_holds": Bound(1, MANY, optional=True),
    "max_future_bookings": Bound(1, MANY, optional=True),
}


def check_overrides(value: Any) -> None:
    """ValueError, in words, unless this is an object of policies by name, each within its bounds."""
    if not isinstance(value, Mapping):
        raise ValueError("policies are an object by name")
    for name, own in value.items():
        bound = POLICIES.get(name)
        if bound is None:
            raise ValueError(f"there is no policy {str(name)[:40]!r}")
        if own is None and bound.optional:
            continue
        if type(own) is not int or not bound.least <= own <= bound.most:
            raise ValueError(
                f"{name} is a whole number from {bound.least} to {bound.most:,}{' or null' if bound.optional else ''}"
            )


def effective(defaults: Mapping[str, int | None], overrides: Mapping[str, int | None]) -> dict[str, int | None]:
    """Every policy by its name: the override where there is one, null included, else the default."""
    return {name: overrides.get(name, defaults[name]) for name in POLICIES}


def fee(total_cents: int, *, bps: int, cents: int) -> int:
    """A flat amount plus a share of the total (half a minor unit rounded up), but never more than the total."""
    return min(total_cents, cents + share_cents(total_cents, bps))
