"""Payment intents: one attempt to be paid, from its announcement to the money."""

import secrets

from authspine.operations.sandbox import cards, events, money
from authspine.operations.sandbox.calls import Call, listed
from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.forms import (
    EXPAND,
    LISTING,
    Fields,
    anything,
    either,
    flag,
    group,
    integer,
    many,
    merged,
    metadata,
    one_of,
    text,
)
from authspine.operations.sandbox.resources import customers, paying, payment_methods
from authspine.operations.sandbox.store import Thing

CARD_OPTIONS: Fields = {
    "capture_method": one_of("manual"),
    "request_multicapture": one_of("if_available", "never"),
    "request_three_d_secure": one_of("any", "automatic", "challenge"),
    "setup_future_usage": one_of("none", "off_session", "on_session"),
    "statement_descriptor_suffix_kana": text,
}
OPTIONS: Fields = {"card": group(CARD_OPTIONS)} | dict.fromkeys(cards.DEBITS, anything)
METHOD: Fields = {
    "payment_method": text,
    "payment_method_data": group(payment_methods.DATA, "type"),
    "payment_method_options": group(OPTIONS),
    "receipt_email": text,
    "setup_future_usage": one_of("off_session", "on_session"),
    "shipping": anything,
}
OWN: Fields = {
    "amount": integer,
    "currency": text,
    "customer": text,
    "description": text,
    "metadata": metadata,
    "payment_method_types": many(text),
    "statement_descriptor": text,
    "statement_descriptor_suffix": text,
    "transfer_group": text,
}
CONFIRMING: Fields = {
    "error_on_requires_action": flag,
    "mandate": text,
    "mandate_data": anything,
    "off_session": either(flag, anything),
    "return_url": text,
    "use_stripe_sdk": flag,
}
CAPTURING: Fields = {"capture_method": one_of("automatic", "automatic_async", "manual")}
AUTOMATIC: Fields = {"enabled": flag, "allow_redirects": one_of("always", "never")}
CREATE: Fields = EXPAND | METHOD | OWN | CONFIRMING | CAPTURING | {
    "automatic_payment_methods": group(AUTOMATIC, "enabled"),
    "confirm": flag,
    "confirmation_method": one_of("automatic", "manual"),
}  # fmt: skip
UPDATE: Fields = EXPAND | METHOD | OWN | CAPTURING
CONFIRM: Fields = EXPAND | METHOD | CONFIRMING | CAPTURING
LIST: Fields = LISTING | {"customer": text}

PLAIN = ("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor",
         "statement_descriptor_suffix", "transfer_group", "payment_method_options", "capture_method")  # fmt: skip
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
DEBITS = {"usd": ["us_bank_account"], "eur": ["sepa_debit"]}


def create(call: Call) -> Thing:
    given = call.params
    for name in CONFIRMING:
        if name in given and not given.get("confirm") and name not in ("use_stripe_sdk",):
            raise Refusal(f"You can only pass in `{name}` when `confirm=true`.", param=name, validation=True)
    currency = money.check_currency(given["currency"])
    money.check_amount(given["amount"], currency)
    automatic = given.get("automatic_payment_methods") or (
        None if "payment_method_types" in given else {"enabled": True, "allow_redirects": "always"}
    )
    types = given.get("payment_method_types") or ["card", *DEBITS.get(currency, [])]
    _check_types(types)
    fields = {name: given.get(name) for name in PLAIN}
    fields |= {
        "amount": given["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": given.get("capture_method") or "automatic_async",
        "client_secret": None,
        "confirmation_method": given.get("confirmation_method") or "automatic",
        "currency": currency,
        "customer": None,
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": merged({}, given.get("metadata")),
        "next_action": None,
        "payment_method": None,
        "payment_method_options": given.get("payment_method_options") or {},
        "payment_method_types": types,
        "processing": None,
        "review": None,
        "status": "requires_payment_method",
    }
    if given.get("customer"):
        fields["customer"] = customers.living(call, given["customer"])["id"]
    intent = call.account.add("pi", "payment_intent", fields)
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
    _choose(call, intent)
    call.account.save(intent)
    events.tell(call, "payment_intent.created", intent)
    return _confirmed(call, intent) if given.get("confirm") else intent


def _check_types(types: list[str]) -> None:
    for kind in types:
        if kind not in payment_methods.KINDS:
            raise Refusal(f'The payment method type "{kind}" is invalid.', param="payment_method_types",
                          validation=True)  # fmt: skip


def _choose(call: Call, intent: Thing) -> None:
    """The method that was given with this call, if any."""
    given = call.params
    if data := given.get("payment_method_data"):
        method = payment_methods.made_of(call, data)
    elif given.get("payment_method"):
        method = payment_methods.find(call, given["payment_method"])
    else:
        return
    if method["type"] not in intent["payment_method_types"]:
        raise Refusal(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please attach a"
            f" PaymentMethod of one of the following types: {', '.join(intent['payment_method_types'])}.",
            param="payment_method",
        )
    payment_methods.check_owner(method, intent["customer"])
    payment_methods.check_unused(method)
    intent |= {"payment_method": method["id"]}
    if intent["status"] in OPEN:
        intent |= {"status": "requires_confirmation", "next_action": None}


def retrieve(call: Call, id: str) -> Thing:
    return call.account.find(id, "payment_intent", "intent")


def update(call: Call, id: str) -> Thing:
    intent = retrieve(call, id)
    given = call.params
    if intent["status"] not in OPEN and given.keys() - {"metadata", "description", "expand", "receipt_email"}:
        raise unexpected(intent, "update")
    if "currency" in given:
        intent["currency"] = money.check_currency(given["currency"] or "")
    if "amount" in given:
        intent["amount"] = given["amount"] or 0
    money.check_amount(intent["amount"], intent["currency"])
    if given.get("payment_method_types"):
        _check_types(given["payment_method_types"])
        intent["payment_method_types"] = given["payment_method_types"]
    if given.get("customer"):
        intent["customer"] = customers.living(call, given["customer"])["id"]
    _write(call, intent)
    _choose(call, intent)
    call.account.save(intent)
    return intent


def _write(call: Call, intent: Thing) -> None:
    intent |= {name: call.params[name] for name in PLAIN if name in call.params}
    intent["metadata"] = merged(intent["metadata"], call.params.get("metadata"))


def unexpected(intent: Thing, doing: str) -> Refusal:
    return Refusal(
        f"You cannot {doing} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent={name: value for name, value in intent.items() if not name.startswith("_")},
    )


def confirm(call: Call, id: str) -> Thing:
    intent = retrieve(call, id)
    if intent["status"] not in OPEN:
        raise unexpected(intent, "confirm")
    _write(call, intent)
    _choose(call, intent)
    return _confirmed(call, intent)


def _confirmed(call: Call, intent: Thing) -> Thing:
    given = call.params
    if not intent["payment_method"]:
        raise Refusal(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
            " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a"
            " payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
        )
    method = call.account.find(intent["payment_method"], "payment_method")
    automatic = intent["automatic_payment_methods"] or {}
    if automatic.get("enabled") and automatic.get("allow_redirects") != "never" and not given.get("return_url"):
        raise Refusal(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of"
            " these payment methods might redirect your customer off of your page, you must provide a `return_url`. If"
            " you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to"
            " `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and"
            " Payment Intents."
        )
    if given.get("return_url"):
        intent["_return_url"] = given["return_url"]
    check_mandate(call, method)
    intent["_off_session"] = bool(given.get("off_session"))
    return paying.attempt(
        call,
        intent,
        off_session=intent["_off_session"],
        error_on_action=bool(given.get("error_on_requires_action")),
    )


def check_mandate(call: Call, method: Thing) -> None:
    """A bank is debited only by somebody who has said yes in words."""
    if method["type"] == "card" or method.get("_mandate"):
        return
    if not call.params.get("mandate_data") and not call.params.get("mandate"):
        raise Refusal(
            "This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from"
            " the customer and try again, providing acceptance data in the mandate_data parameter.",
            code="payment_intent_mandate_invalid",
        )
    method["_mandate"] = True
    call.account.save(method)


def list_all(call: Call) -> Thing:
    found, more = call.account.page("payment_intent", call.params, customer=call.params.get("customer"))
    return listed(found, "/v1/payment_intents", more=more)
