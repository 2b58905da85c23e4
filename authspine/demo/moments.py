"""Times for people: in the visitor's zone, exact ones with the zone's name, relative ones beside them."""

from datetime import datetime, timedelta

from django.utils import timezone

# A page is seen from when it was asked for; what it did itself is a moment younger.
_SKEW = timedelta(seconds=10)
_UNITS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=7), "week"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def local(at: datetime) -> datetime:
    """The same instant on the visitor's clock."""
    return timezone.localtime(at)


def day(at: datetime) -> str:
    """`Tue 24 Nov 2026`."""
    shown = local(at)
    return f"{shown:%a} {shown.day} {shown:%b %Y}"


def clock(at: datetime) -> str:
    """`09:30`."""
    return f"{local(at):%H:%M}"


def short(at: datetime) -> str:
    """`Tue 24 Nov, 09:30`, for lists."""
    shown = local(at)
    return f"{shown:%a} {shown.day} {shown:%b}, {shown:%H:%M}"


def exact(at: datetime) -> str:
    """`Tue 24 Nov 2026, 09:30:05, America/New York (UTC-05:00)`."""
    shown = local(at)
    offset = f"{shown:%z}"
    zone = timezone.get_current_timezone_name().replace("_", " ")
    return f"{day(at)}, {shown:%H:%M:%S}, {zone} (UTC{offset[:3]}:{offset[3:]})"


def relative(at: datetime, now: datetime) -> str:
    """`in 3 hours`, `2 days ago`, `just now`."""
    if timedelta() < at - now < _SKEW:
        return "just now"
    distance = abs(at - now)
    for length, unit in _UNITS:
        if distance >= length:
            count = distance // length
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"in {words}" if at > now else f"{words} ago"
    return "in a moment" if at > now else "just now"


def minutes(count: int) -> str:
    """`45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(count, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)
