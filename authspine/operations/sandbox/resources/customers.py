"""Customers."""

from authspine.operations.sandbox import events
from authspine.operations.sandbox.calls import Call, listed
from authspine.operations.sandbox.errors import no_such
from authspine.operations.sandbox.forms import EXPAND, LISTING, Fields, anything, group, merged, metadata, text
from authspine.operations.sandbox.store import Thing

FIELDS: Fields = EXPAND | {
    "address": anything,
    "description": text,
    "email": text,
    "invoice_settings": group({"default_payment_method": text}),
    "metadata": metadata,
    "name": text,
    "payment_method": text,
    "phone": text,
    "shipping": anything,
}
UPDATE: Fields = {name: field for name, field in FIELDS.items() if name != "payment_method"}
LIST: Fields = LISTING | {"email": text}
PLAIN = ("address", "description", "email", "name", "phone", "shipping")


def create(call: Call) -> Thing:
    fields = {name: call.params.get(name) for name in PLAIN}
    fields |= {
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None},
        "metadata": merged({}, call.params.get("metadata")),
    }
    customer = call.account.add("cus", "customer", fields)
    events.tell(call, "customer.created", customer)
    return customer


def retrieve(call: Call, id: str) -> Thing:
    return call.account.find(id, "customer")


def living(call: Call, id: str, param: str = "customer") -> Thing:
    """A customer that something may be done with."""
    customer = call.account.find(id, "customer", param)
    if customer.get("deleted"):
        raise no_such("customer", id, param)
    return customer


def update(call: Call, id: str) -> Thing:
    customer = living(call, id, "id")
    before = {name: customer[name] for name in PLAIN if name in call.params and customer[name] != call.params[name]}
    customer |= {name: call.params[name] for name in PLAIN if name in call.params}
    customer["metadata"] = merged(customer["metadata"], call.params.get("metadata"))
    settings = call.params.get("invoice_settings") or {}
    if default := settings.get("default_payment_method"):
        method = call.account.find(default, "payment_method", "invoice_settings[default_payment_method]")
        if method["customer"] != id:
            raise no_such("PaymentMethod", default, "invoice_settings[default_payment_method]")
    customer["invoice_settings"] |= settings
    call.account.save(customer)
    events.tell(call, "customer.updated", customer, **before)
    return customer


def delete(call: Call, id: str) -> Thing:
    """With the customer go the payment methods; what was paid stays."""
    customer = living(call, id, "id")
    for method in call.account.every("payment_method", customer=id):
        call.account.save(method | {"customer": None, "_used": True})
    events.tell(call, "customer.deleted", customer)
    gone = {"id": id, "object": "customer", "deleted": True}
    call.account.save(gone)
    return gone


def list_all(call: Call) -> Thing:
    found, more = call.account.page("customer", call.params, email=call.params.get("email"))
    return listed([each for each in found if not each.get("deleted")], "/v1/customers", more=more)
