"""Event types: those that the platform writes, and how a caller's own must look."""

import re

MAX_LENGTH = 100

_VERBS = {
    "platform": "initialized data_imported",
    "vertical": "configured",
    "client": "created updated deleted exported consented consent_withdrawn legal_hold_set legal_hold_lifted",
    "professional": "created updated verified deleted",
    "location": "created updated deleted",
    "closure": "created deleted",
    "holiday_calendar": "created deleted",
    "service": "created updated deactivated",
    "resource": "created updated deleted",
    "booking": "created requested approved declined confirmed completed cancelled no_show expired rescheduled",
    "payment": "created authorized captured succeeded failed cancelled refunded",
}

PLATFORM_TYPES = frozenset(f"{family}.{verb}" for family, verbs in _VERBS.items() for verb in verbs.split())

# Nobody but journeys and imports writes events of these families, not even of a type that does not exist yet.
RESERVED_FAMILIES = frozenset(_VERBS)

PATTERN = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
_TYPE = re.compile(PATTERN)


def is_well_formed(type: str) -> bool:
    """Whether this is two or more lower-case words joined by dots, such as `newsletter.opened`."""
    return isinstance(type, str) and len(type) <= MAX_LENGTH and _TYPE.fullmatch(type) is not None


def is_reserved(type: str) -> bool:
    """Whether the first word is one of the platform's families."""
    return type.partition(".")[0] in RESERVED_FAMILIES
