"""Where the money is: every movement is one balance transaction of the API and a set of entries that add up to nothing.

Accounts: `outside` (cards and banks), `balance` (what Stripe owes the account), `fees` (what Stripe kept).
"""

from typing import Any

from authspine.operations.sandbox.calls import Call
from authspine.operations.sandbox.store import Account, Thing

DAYS_PENDING = 2
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
}


def move(call: Call, type: str, amount: int, *, fee: int, currency: str, source: str, description: str = "") -> Thing:
    """Into the balance, or out of it where the amount is negative."""
    account = call.account
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Dispute fee" if type == "adjustment" else "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    fields = {
        "amount": amount,
        "available_on": account.now() + DAYS_PENDING * 86_400,
        "balance_type": "payments",
        "currency": currency,
        "description": description or None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": CATEGORIES[type],
        "source": source,
        "status": "pending",
        "type": type,
    }
    movement = account.add("txn", "balance_transaction", fields)
    for ledger, part in (("outside", -amount), ("balance", amount - fee), ("fees", fee)):
        account.store.execute(
            "INSERT INTO entries (account, movement, ledger, currency, amount) VALUES (?, ?, ?, ?, ?)",
            (account.id, movement["id"], ledger, currency, part),
        )
    return movement


def sums(account: Account) -> dict[str, dict[str, int]]:
    """Per currency and ledger."""
    rows = account.store.execute(
        "SELECT currency, ledger, SUM(amount) AS total FROM entries WHERE account = ? GROUP BY currency, ledger",
        (account.id,),
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["currency"], {})[row["ledger"]] = row["total"]
    return found


def told(account: Account, metadata: dict[str, str]) -> dict[str, Any]:
    """The money of the intents with this metadata, of all where it is empty: what a test asks after a crash."""
    intents = [
        intent
        for intent in account.every("payment_intent")
        if all(intent["metadata"].get(name) == value for name, value in metadata.items())
    ]
    return {"intents": [_of(account, intent) for intent in intents], "sums": sums(account)}


def _of(account: Account, intent: Thing) -> dict[str, Any]:
    charges = account.every("charge", payment_intent=intent["id"])
    paid = [charge for charge in charges if charge["status"] == "succeeded"]
    movements = [
        movement
        for thing in [*charges, *account.every("refund", payment_intent=intent["id"]),
                      *account.every("dispute", payment_intent=intent["id"])]
        for movement in account.every("balance_transaction", source=thing["id"])
    ]  # fmt: skip
    return {
        "id": intent["id"],
        "status": intent["status"],
        "amount": intent["amount"],
        "currency": intent["currency"],
        "metadata": intent["metadata"],
        "charges": len(paid),
        "attempts": len(charges),
        "captured": sum(charge["amount_captured"] for charge in paid),
        "refunded": sum(charge["amount_refunded"] for charge in paid),
        "fee": sum(movement["fee"] for movement in movements),
        "net": sum(movement["net"] for movement in movements),
    }
