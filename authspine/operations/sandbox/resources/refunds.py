"""Refunds: never more than was captured, whole or in parts. At once with a card, in days with a bank."""

from authspine.operations.sandbox import events, ledger, money
from authspine.operations.sandbox.calls import Call, listed
from authspine.operations.sandbox.errors import Refusal, missing_parameter
from authspine.operations.sandbox.forms import EXPAND, LISTING, Fields, integer, merged, metadata, one_of, text
from authspine.operations.sandbox.resources import payment_methods
from authspine.operations.sandbox.store import Thing

CREATE: Fields = EXPAND | {
    "amount": integer,
    "charge": text,
    "instructions_email": text,
    "metadata": metadata,
    "payment_intent": text,
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
}
UPDATE: Fields = EXPAND | {"metadata": metadata}
LIST: Fields = LISTING | {"charge": text, "payment_intent": text}


def create(call: Call) -> Thing:
    given = call.params
    charge = _charge(call)
    amount = _amount(call, charge)
    method = call.account.find(charge["payment_method"], "payment_method")
    outcome = call.script.get("outcome") or _usual(method)
    fields = {
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "currency": charge["currency"],
        "destination_details": {method["type"]: {"type": "refund"}, "type": method["type"]},
        "metadata": merged({}, given.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded" if outcome in ("succeeds", "fails") else "pending",
        "transfer_reversal": None,
    }
    refund = call.account.add("re" if method["type"] == "card" else "pyr", "refund", fields)
    type = "refund" if method["type"] == "card" else "payment_refund"
    refund["balance_transaction"] = ledger.move(
        call, type, -amount, fee=0, currency=refund["currency"], source=refund["id"]
    )["id"]
    call.account.save(refund)
    before = charge["amount_refunded"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    call.account.save(charge)
    events.tell(call, "refund.created", refund)
    events.tell(call, "charge.refunded", charge, amount_refunded=before)
    if outcome == "fails":
        # As Stripe's test card does: the answer still says that it succeeded.
        settle(call, dict(refund), outcome="fails")
    return refund


def _usual(method: Thing) -> str:
    return payment_methods.tested(method).refund if method["type"] == "card" else "pending"


def _charge(call: Call) -> Thing:
    given = call.params
    if given.get("charge"):
        charge = call.account.find(given["charge"], "charge", "charge")
    elif given.get("payment_intent"):
        intent = call.account.find(given["payment_intent"], "payment_intent", "payment_intent")
        found = [call.account.look(intent["latest_charge"] or "", "charge")]
        charge = next((each for each in found if each and each["amount_captured"]), {})
        if not charge:
            raise Refusal(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    else:
        raise missing_parameter("payment_intent")
    if not charge["amount_captured"]:
        raise Refusal(f"Charge {charge['id']} has not been captured.", code="charge_not_captured")
    return charge


def _amount(call: Call, charge: Thing) -> int:
    """What is asked for, or all that is left."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise Refusal(message, code="charge_already_refunded")
    if charge["disputed"] and not _won(call, charge):
        raise Refusal(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    amount = call.params.get("amount")
    amount = left if amount is None else int(amount)
    if amount < 1:
        code = "parameter_invalid_integer"
        raise Refusal("Invalid positive integer", code=code, param="amount", validation=True)
    if amount > left:
        raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    money.check_steps(amount, charge["currency"])
    return amount


def _won(call: Call, charge: Thing) -> bool:
    found = call.account.every("dispute", charge=charge["id"])
    return all(dispute["status"] in ("won", "warning_closed") for dispute in found)


def settle(call: Call, refund: Thing, *, outcome: str) -> Thing:
    """The bank has taken it, or sent it back: then the money is in the balance again."""
    if outcome == "succeeds":
        refund["status"] = "succeeded"
        call.account.save(refund)
        events.tell(call, "refund.updated", refund, status="pending")
        events.tell(call, "charge.refund.updated", refund, status="pending")
        return refund
    movement = ledger.move(
        call, "refund_failure", refund["amount"], fee=0, currency=refund["currency"], source=refund["id"]
    )
    before = refund["status"]
    refund |= {
        "status": "failed",
        "failure_balance_transaction": movement["id"],
        "failure_reason": "lost_or_stolen_card" if refund["id"].startswith("re_") else "declined",
    }
    _taken_back(call, refund)
    call.account.save(refund)
    for type in ("refund.failed", "refund.updated", "charge.refund.updated"):
        events.tell(call, type, refund, status=before)
    return refund


def _taken_back(call: Call, refund: Thing) -> None:
    charge = call.account.find(refund["charge"], "charge")
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    call.account.save(charge)
    events.tell(call, "charge.updated", charge)


def retrieve(call: Call, id: str) -> Thing:
    return call.account.find(id, "refund")


def update(call: Call, id: str) -> Thing:
    refund = call.account.find(id, "refund")
    refund["metadata"] = merged(refund["metadata"], call.params.get("metadata"))
    call.account.save(refund)
    events.tell(call, "refund.updated", refund)
    return refund


def list_all(call: Call) -> Thing:
    where = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    found, more = call.account.page("refund", call.params, **where)
    return listed(found, "/v1/refunds", more=more)
