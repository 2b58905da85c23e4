"""Who may do what: one table, resource by verb. Whatever does not stand in it is denied.

A verb is `read`, `create`, `change` or `delete`, else the move's own name. Who stands in it is a role of a member, the
client whom a self-service link speaks for, or an API key by its scope. Which rows is told by `authspine.identity.own`.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

type Who = str

logger = logging.getLogger(__name__)

OWNER: Final = "owner"
ADMIN: Final = "admin"
STAFF: Final = "staff"
PROFESSIONAL: Final = "professional"
READONLY: Final = "readonly"
CLIENT: Final = "client"

# Each scope of keys contains the ones before it.
SCOPES: Final = ("read", "write", "admin")
READ_KEY, WRITE_KEY, ADMIN_KEY = KEYS = tuple(f"{scope} key" for scope in SCOPES)

# What a role is for, in words.
MEANT_FOR: Final[Mapping[Who, str]] = {
    OWNER: "everything, also who owns it",
    ADMIN: "everything but who owns it",
    STAFF: "the business from day to day",
    PROFESSIONAL: "their own calendar and clients",
    READONLY: "looking",
    CLIENT: "their own booking",
}

ROLES: Final = (OWNER, ADMIN, STAFF, PROFESSIONAL, READONLY, CLIENT)
EVERYBODY: Final = frozenset({*ROLES, *KEYS})

# Whoever sees and moves a part of the rows only.
NARROW: Final = frozenset({PROFESSIONAL, CLIENT})

_OWNERS = frozenset({OWNER})
_ADMINS = frozenset({OWNER, ADMIN, ADMIN_KEY})
_STAFF = _ADMINS | {STAFF, WRITE_KEY}
_READERS = _STAFF | {READONLY, READ_KEY}
_HOUSE = _READERS | {PROFESSIONAL}
_THEIRS = _STAFF | {PROFESSIONAL}
_ALL = _HOUSE | {CLIENT}
_BOTH = _THEIRS | {CLIENT}

type Verbs = Mapping[str, frozenset[Who]]


def _records(read: frozenset[Who], write: frozenset[Who] = _STAFF, **moves: frozenset[Who]) -> Verbs:
    """What is read, made, changed and deleted; `moves` says what else can be done with it, or by others."""
    return {"read": read, "create": write, "change": write, "delete": write, **moves}


TABLE: Final[Mapping[str, Verbs]] = {
    # The business itself.
    "status": {"read": _READERS},
    "verticals": _records(_HOUSE, _ADMINS),
    "locations": _records(_HOUSE),
    "closures": _records(_HOUSE),
    "holidays": _records(_HOUSE),
    "resources": _records(_READERS),
    "downtime": _records(_READERS),
    # People.
    "clients": _records(_HOUSE, erase=_ADMINS, export=_ADMINS),
    "consents": _records(_HOUSE, withdraw=_STAFF),
    "legal_holds": _records(_READERS, _ADMINS),
    "erasures": {"read": _ADMINS},
    "professionals": _records(_HOUSE, erase=_ADMINS, verify=_STAFF, cancel_day=_THEIRS),
    "working_hours": _records(_HOUSE, _THEIRS),
    "time_off": _records(_HOUSE, _THEIRS),
    "travel": _records(_HOUSE, _THEIRS),
    # What is sold, and when.
    "services": _records(_HOUSE),
    "offers": _records(_HOUSE),
    "requirements": _records(_READERS),
    "availability": {"read": _ALL},
    "calendar": {"read": _HOUSE},
    "bookings": {
        "read": _ALL,
        "create": _THEIRS,
        **dict.fromkeys(("confirm", "approve", "decline", "complete", "no_show"), _THEIRS),
        "cancel": _BOTH,
        "reschedule": _BOTH,
    },
    "answers": {"read": _ALL, "change": _BOTH},
    "links": {"read": _READERS, "create": _STAFF, "delete": _STAFF},
    # Money.
    "payments": {"read": _HOUSE, "create": _STAFF, "confirm": _STAFF, "capture": _STAFF, "cancel": _STAFF},
    "refunds": {"read": _HOUSE, "create": _STAFF, "approve": _STAFF},
    "payment_methods": _records(_READERS, make_default=_STAFF, confirm=_STAFF),
    "fees": {"read": _HOUSE},
    "ledger": {"read": _READERS},
    "alerts": {"read": _READERS, "settle": _STAFF},
    # What happened, and what is taken out and brought in.
    "reports": {"read": _READERS},
    "events": {"read": _READERS, "create": _STAFF, "export": _READERS},
    "export": {"export": _ADMINS},
    "import": {"import": _ADMINS},
    "audit": {"read": _ADMINS},
    "access_log": {"read": _STAFF},
    "requests": {"read": _ADMINS},
    # Who may.
    "settings": {"read": _ADMINS, "change": _ADMINS},
    "keys": {"read": _ADMINS, "create": _ADMINS, "rotate": _ADMINS, "delete": _ADMINS},
    "members": _records(_ADMINS, _ADMINS, make_owner=_OWNERS),
}

# The verbs of actions that are not their own.
VERB_OF_ACTION: Final[Mapping[str, str]] = {
    "list": "read",
    "retrieve": "read",
    "show_slots": "read",
    "policy": "read",
    "partial_update": "change",
    "replace": "change",
    "destroy": "delete",
    "bring_in": "import",
}

# What a role may not send, and what it is not shown, of a resource that it may see: staff's notes, and who of the house
# did it.
NOT_TAKEN: Final[Mapping[tuple[str, Who], frozenset[str]]] = {
    ("bookings", PROFESSIONAL): frozenset({"override", "waive_fee"}),
    ("bookings", CLIENT): frozenset({"override", "waive_fee", "professional"}),
    ("availability", CLIENT): frozenset({"explain"}),  # which tells of the bookings of others
}
NOT_SHOWN: Final[Mapping[tuple[str, Who], frozenset[str]]] = {
    ("clients", PROFESSIONAL): frozenset({"notes", "metadata"}),
    ("bookings", PROFESSIONAL): frozenset({"cancelled_by"}),
    ("bookings", CLIENT): frozenset({"cancelled_by", "notes"}),
    ("refunds", PROFESSIONAL): frozenset({"asked_by", "approver", "refuser"}),
    ("answers", PROFESSIONAL): frozenset({"cancelled_by"}),  # who answers gets the booking
    ("answers", CLIENT): frozenset({"cancelled_by", "notes"}),
}

# By resource, what is shown with it and tells of another: shown to whoever may read that one, too.
TELLS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "bookings": {"ledger": "ledger"},
    "clients": {"legal_hold": "legal_holds", "methods": "payment_methods"},
    "payments": {"told": "events", "alerts": "alerts", "ledger": "ledger"},
    "services": {"requirements": "requirements"},
}


def verb_of(action: str) -> str:
    """The verb that an action of a view stands for."""
    return VERB_OF_ACTION.get(action, action)


def may(who: object, resource: object, verb: object) -> bool:
    """Whether the table has it. Whoever and whatever it does not know: no; and a fault on the way is no yes either."""
    try:
        return who in EVERYBODY and who in TABLE[resource][verb]  # type: ignore[index]
    except (KeyError, TypeError):
        return False
    except Exception:
        logger.exception("A permission could not be decided, which is a denial.")
        return False


def may_any(who: object, resource: object, verbs: Iterable[str]) -> bool:
    """Whether one of these verbs is allowed; of none, none is."""
    return any(may(who, resource, verb) for verb in verbs)


def verbs_of(who: object, resource: object) -> list[str]:
    """What this one may do with a resource."""
    return [verb for verb in TABLE.get(str(resource), {}) if may(who, resource, verb)]


def who_may(resource: str, verb: str) -> list[Who]:
    """Everybody whom the table has for this, in its own order."""
    return [who for who in (*ROLES, *KEYS) if may(who, resource, verb)]


def hidden(who: Who, resource: str) -> frozenset[str]:
    """The fields of a resource that this one is not shown."""
    told = {name for name, of in TELLS_OF.get(resource, {}).items() if not may(who, of, "read")}
    return NOT_SHOWN.get((resource, who), frozenset()) | told


def hidden_from_some(resource: str) -> frozenset[str]:
    """The fields of a resource that not everybody who sees it is shown."""
    return frozenset().union(*(hidden(who, resource) for who in who_may(resource, "read")))


def key_of(scope: str) -> Who:
    """Who a key with this scope is; nobody, when there is no such scope."""
    return f"{scope} key" if scope in SCOPES else ""


def covers(who: object, scope: str) -> bool:
    """Whether all that a key of this scope may is allowed to this one, too: nobody makes a key that may more."""
    if scope not in SCOPES:
        return False
    key = key_of(scope)
    return all(may(who, resource, verb) for resource in TABLE for verb in verbs_of(key, resource))
