"""What is only read: the account, its balance and its movements, and the events."""

from authspine.operations.sandbox import ledger
from authspine.operations.sandbox.calls import Call, listed
from authspine.operations.sandbox.errors import Refusal, no_such
from authspine.operations.sandbox.forms import EXPAND, LISTING, Fields, many, text
from authspine.operations.sandbox.store import Thing

MOVEMENTS: Fields = LISTING | {"currency": text, "source": text, "type": text}
EVENTS: Fields = LISTING | {"type": text, "types": many(text)}
ONE: Fields = EXPAND


def own_account(call: Call) -> Thing:
    return {
        "id": call.account.id,
        "object": "account",
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": "sandbox@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def account(call: Call, id: str) -> Thing:
    if id != call.account.id:
        raise no_such("account", id)
    return own_account(call)


def balance(call: Call) -> Thing:
    """All of it is pending: the sandbox pays nothing out."""
    sums = ledger.sums(call.account)
    parts = [
        {"amount": each["balance"], "currency": currency, "source_types": {"card": each["balance"]}}
        for currency, each in sorted(sums.items())
    ]
    return {"object": "balance", "available": [], "livemode": False, "pending": parts}


def movement(call: Call, id: str) -> Thing:
    return call.account.find(id, "balance_transaction")


def movements(call: Call) -> Thing:
    where = {name: call.params.get(name) for name in ("currency", "source", "type")}
    found, more = call.account.page("balance_transaction", call.params, **where)
    return listed(found, "/v1/balance_transactions", more=more)


def event(call: Call, id: str) -> Thing:
    return call.account.find(id, "event")


def events(call: Call) -> Thing:
    types = call.params.get("types")
    if types and call.params.get("type"):
        raise Refusal("You may pass only one of type and types.", param="types", validation=True)
    kinds = tuple(types) if types else call.params.get("type")
    if isinstance(kinds, str) and kinds.endswith(".*"):
        known = {event["type"] for event in call.account.every("event")}
        kinds = tuple(kind for kind in known if kind.startswith(kinds[:-1])) or ("none",)
    found, more = call.account.page("event", call.params, type=kinds)
    return listed(found, "/v1/events", more=more)
