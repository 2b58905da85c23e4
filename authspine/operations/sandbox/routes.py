"""The addresses of the API: what each takes, and the function that answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from authspine.operations.sandbox.errors import unknown_address
from authspine.operations.sandbox.forms import EXPAND, Fields
from authspine.operations.sandbox.resources import (
    captures,
    charges,
    customers,
    disputes,
    payment_intents,
    payment_methods,
    records,
    refunds,
    setup_intents,
)
from authspine.operations.sandbox.store import Thing


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    answer: Callable[..., Thing]
    fields: Fields
    required: tuple[str, ...]


def _route(words: str, answer: Callable[..., Thing], fields: Fields, *required: str) -> Route:
    """`POST refunds/*`: each star is an id, handed on in order."""
    method, path = words.split()
    pattern = re.compile("/v1/" + path.replace("*", r"([\w-]+)"))
    return Route(method, pattern, answer, fields, required)


ROUTES = [
    _route("GET account", records.own_account, EXPAND),
    _route("GET accounts/*", records.account, EXPAND),
    _route("GET balance", records.balance, EXPAND),
    _route("GET balance_transactions", records.movements, records.MOVEMENTS),
    _route("GET balance_transactions/*", records.movement, EXPAND),
    _route("GET charges", charges.list_all, charges.LIST),
    _route("GET charges/*", charges.retrieve, EXPAND),
    _route("POST charges/*", charges.update, charges.UPDATE),
    _route("GET customers", customers.list_all, customers.LIST),
    _route("POST customers", customers.create, customers.FIELDS),
    _route("GET customers/*", customers.retrieve, EXPAND),
    _route("POST customers/*", customers.update, customers.UPDATE),
    _route("DELETE customers/*", customers.delete, {}),
    _route("GET customers/*/payment_methods", payment_methods.list_of, payment_methods.OF_CUSTOMER),
    _route("GET disputes", disputes.list_all, disputes.LIST),
    _route("GET disputes/*", disputes.retrieve, EXPAND),
    _route("POST disputes/*", disputes.update, disputes.UPDATE),
    _route("POST disputes/*/close", disputes.close, EXPAND),
    _route("GET events", records.events, records.EVENTS),
    _route("GET events/*", records.event, EXPAND),
    _route("GET payment_intents", payment_intents.list_all, payment_intents.LIST),
    _route("POST payment_intents", payment_intents.create, payment_intents.CREATE, "amount", "currency"),
    _route("GET payment_intents/*", payment_intents.retrieve, EXPAND),
    _route("POST payment_intents/*", payment_intents.update, payment_intents.UPDATE),
    _route("POST payment_intents/*/confirm", payment_intents.confirm, payment_intents.CONFIRM),
    _route("POST payment_intents/*/capture", captures.capture, captures.CAPTURE),
    _route("POST payment_intents/*/cancel", captures.cancel, captures.CANCEL),
    _route("GET payment_methods", payment_methods.list_all, payment_methods.LIST),
    _route("POST payment_methods", payment_methods.create, payment_methods.FIELDS, "type"),
    _route("GET payment_methods/*", payment_methods.retrieve, EXPAND),
    _route("POST payment_methods/*", payment_methods.update, payment_methods.UPDATE),
    _route("POST payment_methods/*/attach", payment_methods.attach, payment_methods.ATTACH, "customer"),
    _route("POST payment_methods/*/detach", payment_methods.detach, EXPAND),
    _route("GET refunds", refunds.list_all, refunds.LIST),
    _route("POST refunds", refunds.create, refunds.CREATE),
    _route("GET refunds/*", refunds.retrieve, EXPAND),
    _route("POST refunds/*", refunds.update, refunds.UPDATE),
    _route("GET setup_intents", setup_intents.list_all, setup_intents.LIST),
    _route("POST setup_intents", setup_intents.create, setup_intents.CREATE),
    _route("GET setup_intents/*", setup_intents.retrieve, EXPAND),
    _route("POST setup_intents/*/confirm", setup_intents.confirm, setup_intents.CONFIRM),
    _route("POST setup_intents/*/cancel", setup_intents.cancel, setup_intents.CANCEL),
]


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groups()
    raise unknown_address(method, path)
