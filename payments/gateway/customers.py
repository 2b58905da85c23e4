"""Clients and what they keep on file, as the gateway knows them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import stripe

from payments.errors import GatewayRefused, MethodOfAnotherKind, MethodUnknown
from payments.gateway.client import as_found, in_our_words, key, services
from payments.gateway.intents import BANK_DEBITS, MANDATE, kinds
from payments.rules import Method


@dataclass(frozen=True)
class OnFile:
    """What the gateway tells of a card or account."""

    gateway_id: str
    type: str
    brand: str
    last4: str


Card = OnFile


@dataclass(frozen=True)
class Setup:
    """An attempt to put something on file: its status in our words, and where the client has to go, if anywhere."""

    gateway_id: str
    status: str
    payment_method: str = ""
    next_action_url: str = ""
    failure_code: str = ""


def is_kind(kind: str, method: str) -> bool:
    """Whether what the gateway calls `kind` can be paid with by this method."""
    return kind in kinds(method)


def on_file(payment_method: str, *, method: str) -> OnFile:
    """What a payment method of the gateway's is. Raises MethodUnknown, GatewayUnavailable, and MethodOfAnotherKind when
    it cannot be paid with by this method.
    """
    gateway = services()
    try:
        with in_our_words():
            found = gateway.payment_methods.retrieve(payment_method)
            details = found.to_dict().get(found.type) or {}
    except GatewayRefused as refusal:
        raise MethodUnknown from refusal
    if not is_kind(found.type, method):
        raise MethodOfAnotherKind(found.type)
    brand = details.get("brand") or details.get("bank_name") or ""
    return OnFile(found.id, found.type, brand, details.get("last4") or "")


def customer(row: UUID, *, metadata: dict[str, str]) -> str:
    """Make a client known, by our ids alone. Gives the gateway's id, the same one whenever it is asked again."""
    asked: Any = {"metadata": metadata | {"customer": str(row)}}
    gateway = services()
    with in_our_words():
        return gateway.customers.create(asked, key(row, "customer")).id


def is_our_customer(customer_id: str, *, organization: UUID, client: UUID) -> bool:
    """Whether the gateway's record of a client was made for this one: a copy keeps the original's id. Who is gone, or
    was never there, is nobody's. Raises GatewayUnavailable.
    """
    if not customer_id:
        return False
    gateway = services()
    try:
        with in_our_words():
            found = gateway.customers.retrieve(customer_id).to_dict()
            told = {} if found.get("deleted") else found["metadata"]
    except GatewayRefused:
        return False
    return (told.get("organization"), told.get("client")) == (str(organization), str(client))


def set_up(
    row: UUID,
    customer_id: str,
    payment_method: str,
    *,
    method: str,
    currency: str,
    return_url: str = "",
    metadata: dict[str, str] | None = None,
) -> Setup:
    """Put a card or account of a customer on file, to be charged while they are away. Nothing is charged.

    Raises Declined, GatewayRefused, GatewayUnavailable.
    """
    bank = BANK_DEBITS.get(currency, BANK_DEBITS["USD"])
    asked: Any = {
        "customer": customer_id,
        "payment_method": payment_method,
        "payment_method_types": [bank if method == Method.BANK else "card"],
        "usage": "off_session",
        "confirm": True,
        "metadata": (metadata or {}) | {"setup": str(row)},
    }
    if method == Method.BANK:
        asked |= MANDATE
    if return_url:
        asked["return_url"] = return_url
    gateway = services()
    with in_our_words("payment_method"):
        return _setup(gateway.setup_intents.create(asked, key(row, "setup")))


def look_at_setup(gateway_id: str, *, setup: UUID, organization: UUID) -> Setup:
    """What has become of it. Raises GatewayUnavailable, and GatewayRefused when it is another organization's or another
    attempt: what a copy refers to is not kept here.
    """
    gateway = services()
    with as_found():
        found = gateway.setup_intents.retrieve(gateway_id)
        told = found.to_dict()["metadata"]
        seen = _setup(found)
    if (told.get("organization"), told.get("setup")) != (str(organization), str(setup)):
        raise GatewayRefused("This was not put on file here.", reason="not_made_here")
    return seen


def _setup(found: stripe.SetupIntent) -> Setup:
    told = found.to_dict()
    error = told.get("last_setup_error") or {}
    words = {"succeeded": "succeeded", "requires_action": "requires_action", "processing": "pending"}
    status = words.get(told["status"], "failed")
    action = (told.get("next_action") or {}).get("redirect_to_url") or {}
    method = told.get("payment_method") or ""
    return Setup(
        told["id"],
        status,
        payment_method=method["id"] if isinstance(method, dict) else method,
        next_action_url=action.get("url") or "",
        failure_code=(error.get("code") or told["status"]) if status == "failed" else "",
    )


def detach(payment_method: str, row: UUID, *, customer: str) -> None:
    """Forget a card or account of this customer there, too; one that is not, or no longer, theirs is left alone.

    Raises GatewayUnavailable.
    """
    gateway = services()
    try:
        with in_our_words():
            found = gateway.payment_methods.retrieve(payment_method).to_dict()
            if found["customer"] == customer:
                gateway.payment_methods.detach(payment_method, {}, key(row, "detach"))
    except GatewayRefused:
        return


def forget_customer(customer_id: str, *, organization: UUID, client: UUID) -> None:
    """Delete a client there, with all that is on file there; one who is gone already, or whom an import has copied from
    another organization, is left alone. Raises GatewayUnavailable.
    """
    if not is_our_customer(customer_id, organization=organization, client=client):
        return
    gateway = services()
    try:
        with in_our_words():
            gateway.customers.delete(customer_id)
    except GatewayRefused:
        return
