"""Cards and bank accounts. The names of test cards stand for a new card each time they are used."""

from typing import Any

from authspine.operations.sandbox import cards, events
from authspine.operations.sandbox.calls import Call, listed
from authspine.operations.sandbox.cards import Tested
from authspine.operations.sandbox.errors import Refusal, no_such
from authspine.operations.sandbox.forms import (
    EXPAND,
    LISTING,
    Fields,
    anything,
    group,
    integer,
    merged,
    metadata,
    one_of,
    text,
)
from authspine.operations.sandbox.resources import customers
from authspine.operations.sandbox.store import Thing

KINDS = ("card", *cards.DEBITS)
DETAILS: Fields = {
    "card": group({"number": text, "exp_month": integer, "exp_year": integer, "cvc": text, "token": text}),
    "us_bank_account": group(
        {"account_holder_type": text, "account_number": text, "account_type": text, "routing_number": text}
    ),
    "sepa_debit": group({"iban": text}, "iban"),
    "bacs_debit": group({"account_number": text, "sort_code": text}),
    "acss_debit": group({"account_number": text, "institution_number": text, "transit_number": text}),
    "au_becs_debit": group({"account_number": text, "bsb_number": text}),
}
FIELDS: Fields = EXPAND | DETAILS | {"type": one_of(*KINDS), "billing_details": anything, "metadata": metadata}
DATA: Fields = {name: field for name, field in FIELDS.items() if name != "expand"}
ATTACH: Fields = EXPAND | {"customer": text}
LIST: Fields = LISTING | {"customer": text, "type": text}
OF_CUSTOMER: Fields = LISTING | {"type": text}
UPDATE: Fields = EXPAND | {"billing_details": anything, "metadata": metadata}


def create(call: Call) -> Thing:
    return made_of(call, call.params)


def made_of(call: Call, given: dict[str, Any]) -> Thing:
    kind = given["type"]
    details = given.get(kind) or {}
    if kind == "card":
        name = _card_named(details)
    else:
        name = cards.at_bank(kind, details.get("iban") or details.get("account_number") or "")
    return make(call, name, given)


def _card_named(details: dict[str, Any]) -> str:
    """Raw numbers are for tests alone."""
    if token := details.get("token"):
        name = str(token).replace("tok_", "pm_card_", 1)
        if cards.named(name) is None:
            raise no_such("token", str(token), "card[token]")
        return name
    number = str(details.get("number") or "").replace(" ", "")
    name = cards.NUMBERS.get(number, "")
    if not name:
        raise Refusal(
            "Your card number is incorrect.", code="incorrect_number", param="number", status=402, type="card_error"
        )
    year, month = details.get("exp_year") or 0, details.get("exp_month") or 0
    if not 1 <= month <= 12:
        raise Refusal("Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month",
                      status=402, type="card_error")  # fmt: skip
    if year < 2000:
        raise Refusal("Your card's expiration year is invalid.", code="invalid_expiry_year", param="exp_year",
                      status=402, type="card_error")  # fmt: skip
    return name


def make(call: Call, name: str, given: dict[str, Any] | None = None) -> Thing:
    tested = cards.named(name)
    assert tested is not None
    given = given or {}
    blank = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    fields = {
        "allow_redisplay": "unspecified",
        "billing_details": blank | (given.get("billing_details") or {}),
        "customer": None,
        "metadata": merged({}, given.get("metadata")),
        "type": tested.kind,
        tested.kind: _card(call, tested, given.get("card") or {}) if tested.kind == "card" else _account(tested),
        "_test": name,
    }
    return call.account.add("pm", "payment_method", fields)


def _card(call: Call, tested: Tested, given: dict[str, Any]) -> dict[str, Any]:
    checked = "fail" if tested.declined[0] == "incorrect_cvc" else "pass" if given.get("cvc") else None
    return {
        "brand": tested.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": checked},
        "country": "US",
        "display_brand": tested.brand,
        "exp_month": given.get("exp_month") or 12,
        "exp_year": given.get("exp_year") or 2000 + (call.account.now() // 31_556_952 - 30) + 2,
        "fingerprint": f"sandbox{tested.last4}",
        "funding": tested.funding,
        "generated_from": None,
        "last4": tested.last4,
        "networks": {"available": [tested.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _account(tested: Tested) -> dict[str, Any]:
    told: dict[str, Any] = {"last4": tested.last4, "fingerprint": f"sandbox{tested.kind}{tested.last4}"}
    if tested.kind == "us_bank_account":
        told |= {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": None,
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": "110000000",
            "status_details": {},
        }
    if tested.kind == "sepa_debit":
        told |= {"bank_code": "37040044", "branch_code": "", "country": "DE",
                 "generated_from": {"charge": None, "setup_attempt": None}}  # fmt: skip
    return told


def tested(method: Thing) -> Tested:
    found = cards.named(method["_test"])
    assert found is not None
    return found


def find(call: Call, id: str, param: str = "payment_method") -> Thing:
    """By its id, or by the name of a test card."""
    if cards.named(id):
        return make(call, id)
    return call.account.find(id, "payment_method", param)


def retrieve(call: Call, id: str) -> Thing:
    return find(call, id, "id")


def update(call: Call, id: str) -> Thing:
    method = call.account.find(id, "payment_method")
    method["metadata"] = merged(method["metadata"], call.params.get("metadata"))
    method["billing_details"] |= call.params.get("billing_details") or {}
    call.account.save(method)
    events.tell(call, "payment_method.updated", method)
    return method


def attach(call: Call, id: str) -> Thing:
    """Declined at once with most cards that decline: the bank is asked whether there is such a card."""
    customers.living(call, call.params["customer"])
    method = find(call, id, "id")
    if method["customer"]:
        raise Refusal("The payment method you provided has already been attached to a customer.", param="id")
    check_unused(method)
    test = tested(method)
    if test.declined[0] and not test.can_attach and test.kind == "card":
        code, decline_code = test.declined
        raise Refusal(cards.message(code, decline_code), code=code, decline_code=decline_code, status=402,
                      type="card_error")  # fmt: skip
    return fasten(call, method, call.params["customer"])


def fasten(call: Call, method: Thing, customer: str) -> Thing:
    method |= {"customer": customer}
    call.account.save(method)
    events.tell(call, "payment_method.attached", method)
    return method


def check_owner(method: Thing, customer: str | None) -> None:
    if method["customer"] and method["customer"] != customer:
        raise Refusal(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method must belong"
            " to the customer.",
            code="resource_missing",
            param="payment_method",
        )


def check_unused(method: Thing) -> None:
    if method.get("_used"):
        raise Refusal(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared"
            " with a connected account without Customer attachment, or was detached from a Customer. It may not be"
            " used again. To use a PaymentMethod multiple times, you must attach it to a Customer first."
        )


def detach(call: Call, id: str) -> Thing:
    method = call.account.find(id, "payment_method")
    customer = method["customer"]
    if not customer:
        raise Refusal("The payment method you provided is not attached to a customer so detachment is impossible.",
                      param="id")  # fmt: skip
    method |= {"customer": None, "_used": True}
    call.account.save(method)
    events.tell(call, "payment_method.detached", method, customer=customer)
    return method


def list_all(call: Call) -> Thing:
    where = {name: call.params.get(name) for name in ("customer", "type")}
    if not where["customer"]:
        return listed([], "/v1/payment_methods")
    found, more = call.account.page("payment_method", call.params, **where)
    return listed(found, "/v1/payment_methods", more=more)


def list_of(call: Call, customer: str) -> Thing:
    customers.living(call, customer, "id")
    found, more = call.account.page("payment_method", call.params, customer=customer, type=call.params.get("type"))
    return listed(found, f"/v1/customers/{customer}/payment_methods", more=more)
