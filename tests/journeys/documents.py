"""Exports for tests, written by hand: the smallest right records, to be changed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from authspine.identity.models import Organization
from authspine.kernel import strict_json
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import Key
from authspine.orchestrator import exporting, importing
from professionals.rules import holidays

ORIGINAL = Path(__file__).parent / "data" / "original-export.json"
ANSWER = ORIGINAL.with_suffix(".answer.json")

USD = {"currency": "USD"}


def at(hour: int, minute: int = 0) -> str:
    """A time of the first of September 2026."""
    return (datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)).isoformat()


def location(id: str = "l1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "name": f"Place {id}", "timezone": "UTC", **fields}


def closure(id: str = "x1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "location": "l1", "starts_on": "2026-12-24", "ends_on": "2026-12-31", **fields}


def holiday_calendar(id: str = "h1", **fields: Any) -> dict[str, Any]:
    """Each of a country of its own: the same holidays are kept once."""
    countries = sorted(holidays.regions())
    return {"id": id, "location": "l1", "country": countries[sum(id.encode()) % len(countries)], **fields}


def client(id: str = "c1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "email": f"{id}@example.com", "name": f"Client {id}", **fields}


def professional(id: str = "p1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "email": f"{id}@example.com", "name": f"Pro {id}", "vertical": "beauty", **fields}


def resource(id: str = "m1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "name": f"Room {id}", **fields}


def service(id: str = "s1", **fields: Any) -> dict[str, Any]:
    usual = {"professional": "p1", "name": "Cut", "duration_minutes": 60, "price": {"amount_cents": 7500, **USD}}
    return {"id": id, **usual, **fields}


def booking(id: str = "b1", hour: int = 9, **fields: Any) -> dict[str, Any]:
    who = {"client": "c1", "professional": "p1", "service": "s1"}
    when = {"starts_at": at(hour), "ends_at": at(hour + 1), "created_at": at(0)}
    return {"id": id, **who, **when, "status": "confirmed", "total": {"amount_cents": 7500, **USD}, **fields}


def payment(id: str = "i1", **fields: Any) -> dict[str, Any]:
    money = {"amount": {"amount_cents": 7500, **USD}, "amount_captured": {"amount_cents": 7500, **USD}}
    return {"id": id, "booking": "b1", "method": "cash", "status": "succeeded", **money, **fields}


def refund(id: str = "r1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "intent": "i1", "status": "succeeded", "amount": {"amount_cents": 500, **USD}, **fields}


def customer(id: str = "g1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "client": "c1", "gateway_id": f"cus_{id}", **fields}


def method_setup(id: str = "u1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "client": "c1", "type": "card", "status": "succeeded", **fields}


def dispute(id: str = "d1", **fields: Any) -> dict[str, Any]:
    money = {"amount": {"amount_cents": 500, **USD}}
    return {"id": id, "intent": "i1", "status": "won", "gateway_id": f"dp_{id}", **money, **fields}


def alert(id: str = "a1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "kind": "amount_differs", "subject": f"pi_{id}", "detail": "Look", **fields}


def transaction(id: str = "t1", **fields: Any) -> dict[str, Any]:
    entries = [
        {"id": f"{id}-1", "account": "cash_in_hand", "amount_cents": 7000},
        {"id": f"{id}-2", "account": "deposits_held", "amount_cents": -7000},
    ]
    return {"id": id, "booking": "b1", "kind": "payment", "entries": entries, **fields}


def event(id: str = "e1", **fields: Any) -> dict[str, Any]:
    return {"id": id, "type": "newsletter.opened", "timestamp": at(9), **fields}


MAKE = {
    "locations": location,
    "closures": closure,
    "holiday_calendars": holiday_calendar,
    "clients": client,
    "professionals": professional,
    "resources": resource,
    "services": service,
    "bookings": booking,
    "payments": payment,
    "refunds": refund,
    "events": event,
}


# What payments stand on and lead to: in no document unless it is named.
MAKE_MONEY = {
    "customers": customer,
    "method_setups": method_setup,
    "disputes": dispute,
    "alerts": alert,
    "ledger": transaction,
}


def document(**sections: Any) -> dict[str, Any]:
    """An export with one right record of each kind; a section that is named holds these instead."""
    refunded = {"amount_cents": 500, **USD}
    usual = {kind: [make()] for kind, make in MAKE.items()} | {"payments": [payment(amount_refunded=refunded)]}
    return {"format": "auth-spine", "version": 1, **usual, **sections}


def bring_in(organization: Organization, found: Any, *, key: Key | None = None) -> dict[str, Any]:
    return importing.import_document(organization, SYSTEM, found, key=key)


def taken_out(organization: Organization, *, key: Key | None = None) -> str:
    """The export of an organization: with what is known of people in clear, unless a key is given."""
    return "".join(exporting.export(organization, SYSTEM, key=key))


def copy(organization: Organization) -> dict[str, Any]:
    """The export of an organization, parsed."""
    found: dict[str, Any] = strict_json.loads(taken_out(organization))
    return found


def original() -> Any:
    return strict_json.loads(ORIGINAL.read_bytes())


def answer() -> Any:
    return json.loads(ANSWER.read_text())


def refusals(report: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(found["kind"], found["id"], found["code"]) for found in report["refused"]]
