"""Charges: what was really asked of a card or an account. Made by payment intents only."""

from typing import Any

from authspine.operations.sandbox import events, ledger, money
from authspine.operations.sandbox.calls import Call, listed
from authspine.operations.sandbox.forms import EXPAND, LISTING, Fields, merged, metadata, text
from authspine.operations.sandbox.store import Thing

LIST: Fields = LISTING | {"customer": text, "payment_intent": text}
UPDATE: Fields = EXPAND | {"description": text, "metadata": metadata}


def make(call: Call, intent: Thing, method: Thing, *, status: str, **more: Any) -> Thing:
    kind = method["type"]
    paid = status == "succeeded"
    fields = {
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": False,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "metadata": intent["metadata"],
        "outcome": _outcome(status),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {kind: _details(intent, method), "type": kind},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{call.base}/receipts" if paid else None,
        "refunded": False,
        "shipping": intent["shipping"],
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_group": None,
    }
    charge = call.account.add("ch" if kind == "card" else "py", "charge", fields | more)
    intent["latest_charge"] = charge["id"]
    return charge


def _outcome(status: str) -> dict[str, Any]:
    good = status != "failed"
    return {
        "network_status": "approved_by_network" if good else "declined_by_network",
        "reason": None if good else "generic_decline",
        "risk_level": "normal",
        "seller_message": "Payment complete." if good else "The bank did not return any further details.",
        "type": "authorized" if good else "issuer_declined",
    }


def _details(intent: Thing, method: Thing) -> dict[str, Any]:
    told = dict(method[method["type"]])
    if method["type"] == "card":
        several = takes_several_captures(intent)
        told |= {
            "amount_authorized": intent["amount"],
            "multicapture": {"status": "available" if several else "unavailable"},
        }
    return told


def takes_several_captures(intent: Thing) -> bool:
    card = (intent["payment_method_options"] or {}).get("card") or {}
    return bool(intent["capture_method"] == "manual" and card.get("request_multicapture") == "if_available")


def take(call: Call, charge: Thing, amount: int, *, final: bool) -> None:
    """The money moves: a part, or all of what was authorised."""
    card = charge["payment_method_details"]["type"] == "card"
    kind = charge["payment_method_details"]["type"]
    first = charge["amount_captured"] == 0
    fee = money.fee(kind, charge["currency"], amount, first=first)
    movement = ledger.move(
        call,
        "charge" if card else "payment",
        amount,
        fee=fee,
        currency=charge["currency"],
        source=charge["id"],
        description=charge["description"] or "",
    )
    charge |= {
        "amount_captured": charge["amount_captured"] + amount,
        "balance_transaction": movement["id"],
        "captured": final or charge["captured"],
        "paid": True,
        "status": "succeeded",
    }
    call.account.save(charge)


def retrieve(call: Call, id: str) -> Thing:
    return call.account.find(id, "charge")


def update(call: Call, id: str) -> Thing:
    charge = call.account.find(id, "charge")
    charge["metadata"] = merged(charge["metadata"], call.params.get("metadata"))
    if "description" in call.params:
        charge["description"] = call.params["description"]
    call.account.save(charge)
    events.tell(call, "charge.updated", charge)
    return charge


def list_all(call: Call) -> Thing:
    where = {name: call.params.get(name) for name in ("customer", "payment_intent")}
    found, more = call.account.page("charge", call.params, **where)
    return listed(found, "/v1/charges", more=more)
