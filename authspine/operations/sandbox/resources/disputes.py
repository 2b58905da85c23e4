"""Disputes: the owner of the card asks the bank for the money back. It goes at once, and comes back when we win."""

from authspine.operations.sandbox import events, ledger, money
from authspine.operations.sandbox.calls import Call, listed, shown
from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.forms import EXPAND, LISTING, Fields, anything, flag, merged, metadata, text
from authspine.operations.sandbox.store import Thing

UPDATE: Fields = EXPAND | {"evidence": anything, "metadata": metadata, "submit": flag}
LIST: Fields = LISTING | {"charge": text, "payment_intent": text}
DAYS_TO_ANSWER = 9
ENDS = ("won", "lost")


def open_for(call: Call, charge: Thing, reason: str, amount: int | None = None) -> Thing:
    taken = charge["amount_captured"] if amount is None else amount
    fields = {
        "amount": taken,
        "balance_transactions": [],
        "charge": charge["id"],
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": call.account.now() + DAYS_TO_ANSWER * 86_400,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "metadata": {},
        "network_reason_code": None,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    dispute = call.account.add("du", "dispute", fields)
    charge["disputed"] = True
    call.account.save(charge)
    events.tell(call, "charge.dispute.created", dispute)
    _move(call, dispute, -taken, fee=money.dispute_fee(charge["currency"]))
    events.tell(call, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _move(call: Call, dispute: Thing, amount: int, *, fee: int) -> None:
    movement = ledger.move(
        call, "adjustment", amount, fee=fee, currency=dispute["currency"], source=dispute["id"],
        description=f"Chargeback for {dispute['charge']}",
    )  # fmt: skip
    dispute["balance_transactions"].append(shown(movement))
    call.account.save(dispute)


def close_as(call: Call, dispute: Thing, outcome: str) -> Thing:
    """Won or lost; the fee is not given back."""
    if dispute["status"] in ENDS:
        raise Refusal("This dispute is already closed.", param="dispute")
    dispute["status"] = outcome
    call.account.save(dispute)
    if outcome == "won":
        _move(call, dispute, dispute["amount"], fee=0)
        events.tell(call, "charge.dispute.funds_reinstated", dispute)
    events.tell(call, "charge.dispute.closed", dispute)
    return dispute


def update(call: Call, id: str) -> Thing:
    """Evidence. Two texts decide at once, as in Stripe's tests: `winning_evidence`, `losing_evidence`."""
    dispute = call.account.find(id, "dispute")
    if dispute["status"] in ENDS:
        raise Refusal("This dispute is already closed.", param="dispute")
    dispute["metadata"] = merged(dispute["metadata"], call.params.get("metadata"))
    evidence = call.params.get("evidence") or {}
    dispute["evidence"] |= evidence
    if evidence and call.params.get("submit", True):
        dispute["status"] = "under_review"
        dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
    call.account.save(dispute)
    events.tell(call, "charge.dispute.updated", dispute)
    decided = {"winning_evidence": "won", "losing_evidence": "lost"}.get(evidence.get("uncategorized_text", ""))
    return close_as(call, dispute, decided) if decided else dispute


def close(call: Call, id: str) -> Thing:
    """To close one's own dispute is to lose it."""
    return close_as(call, call.account.find(id, "dispute"), "lost")


def retrieve(call: Call, id: str) -> Thing:
    return call.account.find(id, "dispute")


def list_all(call: Call) -> Thing:
    where = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    found, more = call.account.page("dispute", call.params, **where)
    return listed(found, "/v1/disputes", more=more)
