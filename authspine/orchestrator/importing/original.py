"""The original platform's export (`exportData()`: camelCase, money as `{currency, amountCents}`) in our words.

Fields that the original's types do not know are left out; whatever is known goes through as it is, also when it is
wrong: it is refused where our own records are, by the same rules.
"""

from collections.abc import Callable
from typing import Any

# In the order in which records refer to each other.
SECTIONS = {
    "verticals": "verticalConfigs",
    "clients": "clients",
    "professionals": "professionals",
    "services": "services",
    "bookings": "bookings",
    "events": "analytics",
}

type Record = Any

# The vertical of whatever the original stored in its database, where it had no column for it.
NO_VERTICAL = "general"


def _renamed(record: dict[str, Any], *same: str, **names: str) -> dict[str, Any]:
    """The fields that are given, under our names."""
    names |= {name: name for name in same}
    return {ours: record[theirs] for theirs, ours in names.items() if record.get(theirs) is not None}


def _money(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    money = _renamed(value, "currency", amountCents="amount_cents")
    if isinstance(money.get("currency"), str):
        money["currency"] = money["currency"].upper()  # its database had "usd" as the default
    return money


def _with_money(record: dict[str, Any], *fields: str) -> dict[str, Any]:
    return record | {field: _money(record[field]) for field in fields if field in record}


def vertical(record: dict[str, Any]) -> Record:
    """A configuration has no id: its slug is its name."""
    found = _renamed(
        record,
        "metadata",
        vertical="slug",
        displayName="display_name",
        serviceTemplates="service_templates",
        compliance="compliance",
    )
    if isinstance(found.get("service_templates"), list):
        found["service_templates"] = [_template(template) for template in found["service_templates"]]
    if isinstance(found.get("compliance"), dict):
        found["compliance"] = _renamed(
            found["compliance"],
            requiresVerification="requires_verification",
            dataRetentionDays="data_retention_days",
            allowedPaymentMethods="allowed_payment_methods",
        )
    return found


def _template(template: Any) -> Any:
    if not isinstance(template, dict):
        return template
    return _renamed(
        template,
        "name",
        "metadata",
        defaultDurationMin="duration_minutes",
        defaultPriceCents="price_cents",
        locationType="location_type",
    )


def client(record: dict[str, Any]) -> Record:
    return _renamed(record, "id", "email", "name", "phone", "preferences", "metadata")


# What the original kept in a professional's metadata for want of columns, where it has the form that ours takes.
_COLUMNS: dict[str, tuple[str, type]] = {
    "specialties": ("specialties", list),
    "licenseId": ("license", str),
    "yearsExp": ("years_of_experience", int),
    "stripeAccountId": ("payment_account", str),
    "verified": ("verified", bool),
}


def professional(record: dict[str, Any]) -> Record:
    """It all stays in `metadata` as well, except for the account to be paid out to, which must never be shown."""
    found = _renamed(record, "id", "email", "name", "vertical", "bio", "metadata")
    kept = found.get("metadata")
    if isinstance(kept, dict):
        found["metadata"] = {name: value for name, value in kept.items() if name != "stripeAccountId"}
        found |= {ours: kept[theirs] for theirs, (ours, form) in _COLUMNS.items() if type(kept.get(theirs)) is form}
    return found


def service(record: dict[str, Any]) -> Record:
    found = _renamed(
        record,
        "id",
        "name",
        "price",
        "recurrence",
        "metadata",
        professionalId="professional",
        durationMin="duration_minutes",
        locationType="location_type",
    )
    return _with_money(found, "price")


def booking(record: dict[str, Any]) -> Record:
    found = _renamed(
        record,
        "id",
        "vertical",
        "status",
        "total",
        "deposit",
        "notes",
        clientId="client",
        professionalId="professional",
        serviceId="service",
        startAtUtc="starts_at",
        endAtUtc="ends_at",
        createdAtUtc="created_at",
    )
    if found.get("vertical") == NO_VERTICAL:
        del found["vertical"]
    return _with_money(found, "total", "deposit")


def event(record: dict[str, Any]) -> Record:
    """An event was recorded when it happened."""
    found = _renamed(record, "id", "type", "timestamp", "data", userId="user", sessionId="session_id")
    return found | _renamed(record, timestamp="created_at")


def _of_objects(translate: Callable[[dict[str, Any]], Record]) -> Callable[[Record], Record]:
    """What is no object is refused later, as it is."""
    return lambda record: translate(record) if isinstance(record, dict) else record


TRANSLATIONS: dict[str, Callable[[Record], Record]] = {
    "verticals": _of_objects(vertical),
    "clients": _of_objects(client),
    "professionals": _of_objects(professional),
    "services": _of_objects(service),
    "bookings": _of_objects(booking),
    "events": _of_objects(event),
}
