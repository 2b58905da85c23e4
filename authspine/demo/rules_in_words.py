"""What holds for bookings of a service, its own policy and limits before the vertical's, in words."""

from collections.abc import Callable, Mapping

from django.conf import settings

from authspine.demo import moments
from authspine.kernel.money import Money, format_money
from professionals.rules.policies import effective
from services.models import Service

type Facts = list[tuple[str, str]]


def spoken(name: str, value: int | None, currency: str) -> str:
    """One policy: `24 h`, `50 %`, `$20.00`, `no limit`."""
    if value is None:
        # Somebody who takes holds without end takes them from all others: the installation has its own number.
        return str(settings.MAX_OPEN_HOLDS) if name == "max_open_holds" else "no limit"
    by_unit: dict[str, Callable[[int], str]] = {
        "minutes": moments.minutes,
        "bps": lambda bps: f"{bps / 100:g} %",
        "cents": lambda cents: format_money(Money(cents, currency)),
    }
    return by_unit.get(name.rpartition("_")[2], str)(value)


def facts(service: Service) -> Facts:
    policy = effective(service.professional.vertical.policy_defaults(), service.policy)
    told = {name: spoken(name, value, service.currency) for name, value in policy.items()}
    answered = [("Requests are answered", f"within {told['approval_minutes']}")] if service.requires_approval else []
    return [
        ("Free to cancel", _until(policy["cancellation_window_minutes"])),
        ("Cancelling later", _fee("cancellation", policy, told)),
        ("Not coming", _fee("no_show", policy, told)),
        ("Can be moved", f"{_until(policy['reschedule_window_minutes'])}, {_times(policy['max_reschedules'])}"),
        ("A hold lasts", told["hold_minutes"]),
        *answered,
        ("Open holds of a client", told["max_open_holds"]),
        ("Bookings ahead of a client", told["max_future_bookings"]),
        *_limits(service.booking_limits),
    ]


def _fee(name: str, policy: Mapping[str, int | None], told: Mapping[str, str]) -> str:
    parts = [told[part] for part in (f"{name}_fee_bps", f"{name}_fee_cents") if policy[part]]
    return f"costs {' and '.join(parts)}" if parts else "costs nothing"


def _until(window: int | None) -> str:
    return f"until {moments.minutes(window)} before" if window else "until it begins"


def _times(most: int | None) -> str:
    return "as often as one likes" if most is None else f"{most} time{'' if most == 1 else 's'}"


def _limits(limits: Mapping[str, Mapping[str, int]]) -> Facts:
    return [
        (f"Most {measure} a {period}", str(most)) for period, limit in limits.items() for measure, most in limit.items()
    ]
