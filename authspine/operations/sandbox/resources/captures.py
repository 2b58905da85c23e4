"""How an intent ends that was only authorised, or not even that: captured in one or several parts, or cancelled."""

from authspine.operations.sandbox import events, money
from authspine.operations.sandbox.calls import Call
from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.forms import EXPAND, Fields, flag, integer, merged, metadata, one_of, text
from authspine.operations.sandbox.resources import charges
from authspine.operations.sandbox.resources.payment_intents import OPEN, retrieve, unexpected
from authspine.operations.sandbox.store import Account, Thing

CAPTURE: Fields = EXPAND | {"amount_to_capture": integer, "final_capture": flag, "metadata": metadata,
                            "statement_descriptor_suffix": text}  # fmt: skip
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
CANCEL: Fields = EXPAND | {"cancellation_reason": one_of(*REASONS)}
DAYS_AUTHORIZED = 7


def capture(call: Call, id: str) -> Thing:
    """A part or all. What is left is let go of, unless several captures were agreed and this is not the final one."""
    intent = retrieve(call, id)
    if intent["status"] != "requires_capture":
        raise unexpected(intent, "capture")
    given = call.params
    amount = given.get("amount_to_capture")
    amount = intent["amount_capturable"] if amount is None else amount
    if not 1 <= amount <= intent["amount_capturable"]:
        raise Refusal(
            f"Amount to capture must be at least 1 and no more than {intent['amount_capturable']}.",
            code="amount_too_large" if amount > 0 else "parameter_invalid_integer",
            param="amount_to_capture",
        )
    money.check_steps(amount, intent["currency"])
    several = charges.takes_several_captures(intent)
    if given.get("final_capture") is False and not several:
        raise Refusal("final_capture can only be false where multicapture is available.", param="final_capture")
    left = intent["amount_capturable"] - amount
    final = left == 0 or given.get("final_capture", True)
    charge = call.account.find(intent["latest_charge"], "charge")
    charges.take(call, charge, amount, final=final)
    intent["metadata"] = merged(intent["metadata"], given.get("metadata"))
    intent |= {
        "amount_capturable": 0 if final else left,
        "amount_received": intent["amount_received"] + amount,
        "status": "succeeded" if final else "requires_capture",
    }
    call.account.save(intent)
    events.tell(call, "charge.captured" if final else "charge.updated", charge)
    events.tell(call, "payment_intent." + ("succeeded" if final else "amount_capturable_updated"), intent)
    return intent


def cancel(call: Call, id: str) -> Thing:
    """Nothing can be paid with it any more, and what was only authorised is let go of. No refund comes of it."""
    intent = retrieve(call, id)
    if intent["status"] not in (*OPEN, "requires_capture"):
        raise unexpected(intent, "cancel")
    return ended(call, intent, call.params.get("cancellation_reason"))


def ended(call: Call, intent: Thing, reason: str | None) -> Thing:
    intent |= {
        "amount_capturable": 0,
        "canceled_at": call.account.now(),
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    call.account.save(intent)
    events.tell(call, "payment_intent.canceled", intent)
    return intent


def let_go(account: Account) -> None:
    """What was authorised and not captured in time."""
    call = Call(account)
    for intent in account.every("payment_intent", status="requires_capture"):
        charge = account.find(intent["latest_charge"], "charge")
        if charge["created"] <= account.now() - DAYS_AUTHORIZED * 86_400:
            ended(call, intent, "expired")
            events.tell(call, "charge.expired", charge)
