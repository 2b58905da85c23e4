"""Setup intents: a card or an account on file, for payments without its owner."""

import secrets

from authspine.operations.sandbox import cards, events
from authspine.operations.sandbox.calls import Call, listed, shown
from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.forms import (
    EXPAND,
    LISTING,
    Fields,
    anything,
    flag,
    group,
    many,
    merged,
    metadata,
    one_of,
    text,
)
from authspine.operations.sandbox.resources import customers, paying, payment_methods
from authspine.operations.sandbox.resources.payment_intents import AUTOMATIC, check_mandate
from authspine.operations.sandbox.store import Thing

METHOD: Fields = {
    "payment_method": text,
    "payment_method_data": group(payment_methods.DATA, "type"),
    "payment_method_options": anything,
}
CONFIRM: Fields = EXPAND | METHOD | {"mandate_data": anything, "return_url": text, "use_stripe_sdk": flag}
CREATE: Fields = CONFIRM | {
    "automatic_payment_methods": group(AUTOMATIC, "enabled"),
    "confirm": flag,
    "customer": text,
    "description": text,
    "metadata": metadata,
    "payment_method_types": many(text),
    "usage": one_of("off_session", "on_session"),
}
CANCEL: Fields = EXPAND | {"cancellation_reason": one_of("abandoned", "requested_by_customer", "duplicate")}
LIST: Fields = LISTING | {"customer": text, "payment_method": text}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Thing:
    given = call.params
    automatic = given.get("automatic_payment_methods") or (
        None if "payment_method_types" in given else {"enabled": True, "allow_redirects": "always"}
    )
    fields = {
        "application": None,
        "automatic_payment_methods": automatic,
        "cancellation_reason": None,
        "client_secret": None,
        "customer": customers.living(call, given["customer"])["id"] if given.get("customer") else None,
        "description": given.get("description"),
        "last_setup_error": None,
        "latest_attempt": None,
        "mandate": None,
        "metadata": merged({}, given.get("metadata")),
        "next_action": None,
        "payment_method": None,
        "payment_method_options": given.get("payment_method_options") or {},
        "payment_method_types": given.get("payment_method_types") or ["card", "us_bank_account", "sepa_debit"],
        "status": "requires_payment_method",
        "usage": given.get("usage") or "off_session",
    }
    intent = call.account.add("seti", "setup_intent", fields)
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
    _choose(call, intent)
    call.account.save(intent)
    events.tell(call, "setup_intent.created", intent)
    return _confirmed(call, intent) if given.get("confirm") else intent


def _choose(call: Call, intent: Thing) -> None:
    given = call.params
    if data := given.get("payment_method_data"):
        method = payment_methods.made_of(call, data)
    elif given.get("payment_method"):
        method = payment_methods.find(call, given["payment_method"])
    else:
        return
    if method["type"] not in intent["payment_method_types"]:
        raise Refusal(f"The PaymentMethod provided ({method['type']}) is not allowed for this SetupIntent.",
                      param="payment_method")  # fmt: skip
    payment_methods.check_owner(method, intent["customer"])
    payment_methods.check_unused(method)
    intent |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


def retrieve(call: Call, id: str) -> Thing:
    return call.account.find(id, "setup_intent", "intent")


def confirm(call: Call, id: str) -> Thing:
    intent = retrieve(call, id)
    if intent["status"] not in OPEN:
        raise unexpected(intent, "confirm")
    _choose(call, intent)
    return _confirmed(call, intent)


def unexpected(intent: Thing, doing: str) -> Refusal:
    return Refusal(
        f"You cannot {doing} this SetupIntent because it has a status of {intent['status']}.",
        code="setup_intent_unexpected_state",
        setup_intent=shown(intent),
    )


def _confirmed(call: Call, intent: Thing) -> Thing:
    if not intent["payment_method"]:
        raise Refusal("You cannot confirm this SetupIntent because it's missing a payment method.",
                      code="setup_intent_unexpected_state")  # fmt: skip
    automatic = intent["automatic_payment_methods"] or {}
    if automatic.get("enabled") and automatic.get("allow_redirects") != "never" and not call.params.get("return_url"):
        raise Refusal("You must provide a `return_url` when confirming this SetupIntent.", param="return_url")
    if call.params.get("return_url"):
        intent["_return_url"] = call.params["return_url"]
    method = call.account.find(intent["payment_method"], "payment_method")
    check_mandate(call, method)
    test = payment_methods.tested(method)
    if test.action in ("always", "unless set up"):
        return paying.ask_owner(call, intent)
    return go_on(call, intent, method)


def go_on(call: Call, intent: Thing, method: Thing) -> Thing:
    """The card is on file, or it is declined: a refusal that is kept."""
    test = payment_methods.tested(method)
    code, decline_code = call.script.get("code", ""), call.script.get("decline_code", "")
    if not code and test.declined[0] and test.kind == "card" and not test.can_attach:
        code, decline_code = test.declined
    if code:
        words = cards.message(code, decline_code)
        failed(call, intent, method, code, words, decline_code)
        raise Refusal(words, code=code, decline_code=decline_code, status=402, type="card_error", kept=True,
                      setup_intent=shown(intent), payment_method=shown(method))  # fmt: skip
    if intent["customer"] and not method["customer"]:
        payment_methods.fasten(call, method, intent["customer"])
    call.account.save(method | {"_set_up": True})
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    call.account.save(intent)
    events.tell(call, "setup_intent.succeeded", intent)
    return intent


def failed(call: Call, intent: Thing, method: Thing, code: str, words: str, decline_code: str = "") -> None:
    error: Thing = {
        "code": code,
        "message": words,
        "payment_method": shown(method),
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
    }
    error |= {"decline_code": decline_code} if decline_code else {}
    intent |= {
        "last_setup_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    call.account.save(intent)
    events.tell(call, "setup_intent.setup_failed", intent)


def not_authenticated(call: Call, intent: Thing) -> None:
    method = call.account.find(intent["payment_method"], "payment_method")
    failed(call, intent, method, "setup_intent_authentication_failure", paying.NOT_AUTHENTICATED)


def cancel(call: Call, id: str) -> Thing:
    intent = retrieve(call, id)
    if intent["status"] not in OPEN:
        raise unexpected(intent, "cancel")
    intent |= {
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
        "status": "canceled",
    }
    call.account.save(intent)
    events.tell(call, "setup_intent.canceled", intent)
    return intent


def list_all(call: Call) -> Thing:
    where = {name: call.params.get(name) for name in ("customer", "payment_method")}
    found, more = call.account.page("setup_intent", call.params, **where)
    return listed(found, "/v1/setup_intents", more=more)
