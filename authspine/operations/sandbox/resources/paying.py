"""What a confirmation leads to: money, a decline, a question to the owner, or the bank's slow answer."""

import secrets

from authspine.operations.sandbox import cards, events
from authspine.operations.sandbox.calls import Call, shown
from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.resources import charges, disputes, payment_methods
from authspine.operations.sandbox.store import Thing


def attempt(call: Call, intent: Thing, *, off_session: bool, error_on_action: bool) -> Thing:
    """Raises a refusal that is kept where the card is declined."""
    method = call.account.find(intent["payment_method"], "payment_method", "payment_method")
    test = payment_methods.tested(method)
    if test.asks_owner(off_session=off_session, set_up=bool(method.get("_set_up"))):
        if off_session or error_on_action:
            code = "authentication_required"
            raise declined(call, intent, method, code, code)
        return ask_owner(call, intent)
    return go_on(call, intent, method)


def go_on(call: Call, intent: Thing, method: Thing) -> Thing:
    """After the owner has agreed, or without asking."""
    test = payment_methods.tested(method)
    if call.script.get("code"):
        raise declined(call, intent, method, call.script["code"], call.script["decline_code"])
    if test.kind != "card":
        return wait_for_bank(call, intent, method)
    if test.declined[0]:
        raise declined(call, intent, method, *test.declined)
    charge = charges.make(call, intent, method, status="succeeded")
    remember(call, intent, method)
    intent |= {"next_action": None, "last_payment_error": None}
    if intent["capture_method"] == "manual":
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        call.account.save(intent)
        events.tell(call, "charge.succeeded", charge)
        events.tell(call, "payment_intent.amount_capturable_updated", intent)
    else:
        succeed(call, intent, charge)
    return intent


def succeed(call: Call, intent: Thing, charge: Thing) -> None:
    """All of it is captured. Stripe tells of the charge first without, then with its balance transaction."""
    amount = charge["amount"]
    told = charge | {"status": "succeeded", "paid": True, "captured": True, "amount_captured": amount}
    events.tell(call, "charge.succeeded", told)
    charges.take(call, charge, amount, final=True)
    intent |= {"status": "succeeded", "amount_received": amount, "processing": None}
    call.account.save(intent)
    events.tell(call, "payment_intent.succeeded", intent)
    events.tell(call, "charge.updated", charge, balance_transaction=None)
    method = call.account.find(charge["payment_method"], "payment_method")
    if reason := payment_methods.tested(method).dispute:
        disputes.open_for(call, charge, reason)


def remember(call: Call, intent: Thing, method: Thing) -> None:
    """A method is kept with its customer where that was asked for, else it is used up."""
    if not method["customer"] and intent["customer"] and intent["setup_future_usage"]:
        payment_methods.fasten(call, method, intent["customer"])
    if intent["setup_future_usage"] == "off_session":
        method["_set_up"] = True
    if not method["customer"]:
        method["_used"] = True
    call.account.save(method)


def ask_owner(call: Call, intent: Thing) -> Thing:
    kind = "setup_intent" if intent["object"] == "setup_intent" else "payment_intent"
    url = f"{call.base}/approve/{call.account.id}/{intent['id']}/{intent.setdefault('_token', secrets.token_hex(12))}"
    intent |= {
        "status": "requires_action",
        "next_action": {
            "redirect_to_url": {"return_url": intent.get("_return_url"), "url": url},
            "type": "redirect_to_url",
        },
    }
    call.account.save(intent)
    events.tell(call, f"{kind}.requires_action", intent)
    return intent


def declined(call: Call, intent: Thing, method: Thing, code: str, decline_code: str) -> Refusal:
    """The charge that failed is on record; the intent waits for another card."""
    words = cards.message(code, decline_code)
    charge = charges.make(call, intent, method, status="failed", failure_code=code, failure_message=words)
    error = failure(call, intent, method, code, decline_code, charge=charge["id"])
    events.tell(call, "charge.failed", charge)
    events.tell(call, "payment_intent.payment_failed", intent)
    more = {name: value for name, value in error.items() if name not in ("message", "code", "type", "doc_url")}
    return Refusal(words, code=code, status=402, type="card_error", kept=True, payment_intent=shown(intent), **more)


def failure(call: Call, intent: Thing, method: Thing, code: str, decline_code: str, charge: str = "") -> Thing:
    """Noted at the intent, which has no method any more."""
    error: Thing = {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": cards.message(code, decline_code),
        "payment_method": shown(method),
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
    }
    error |= {"charge": charge} if charge else {}
    error |= {"decline_code": decline_code} if decline_code else {}
    intent |= {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
        "processing": None,
        "status": "requires_payment_method",
    }
    call.account.save(intent)
    return error


def not_authenticated(call: Call, intent: Thing) -> None:
    """The owner said no."""
    method = call.account.find(intent["payment_method"], "payment_method")
    error = failure(call, intent, method, "payment_intent_authentication_failure", "")
    error |= {"message": NOT_AUTHENTICATED, "type": "invalid_request_error"}
    call.account.save(intent | {"last_payment_error": error})
    events.tell(call, "payment_intent.payment_failed", intent)


NOT_AUTHENTICATED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod"
    " to attempt to fulfill this PaymentIntent again."
)


def wait_for_bank(call: Call, intent: Thing, method: Thing) -> Thing:
    charge = charges.make(call, intent, method, status="pending")
    remember(call, intent, method)
    intent |= {
        "status": "processing",
        "next_action": None,
        "last_payment_error": None,
        "_asked_at": call.account.now(),
    }
    call.account.save(intent)
    events.tell(call, "charge.pending", charge)
    events.tell(call, "payment_intent.processing", intent)
    return intent


def settle(call: Call, intent: Thing, *, outcome: str = "", code: str = "") -> None:
    """The bank's answer, days later: as the test account says, or as the caller does."""
    charge = call.account.find(intent["latest_charge"], "charge")
    method = call.account.find(charge["payment_method"], "payment_method")
    test = payment_methods.tested(method)
    outcome = outcome or test.settles
    if outcome == "succeeds":
        succeed(call, intent, charge)
    elif outcome == "fails":
        code = code or test.declined[0] or "insufficient_funds"
        charge |= {"status": "failed", "failure_code": code, "failure_message": cards.message(code, "")}
        call.account.save(charge)
        failure(call, intent, method, code, "", charge=charge["id"])
        events.tell(call, "charge.failed", charge)
        events.tell(call, "payment_intent.payment_failed", intent)
