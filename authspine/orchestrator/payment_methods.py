"""Journeys of what a client keeps on file to pay with.

As those of money they are claim -> call -> record, and called outside of any scope: the client becomes known to the
gateway under a row of their own, and each card or account is put on file there by an attempt that is committed first.
"""

from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from clients import queries as client_queries
from payments import gateway
from payments import queries as payment_queries
from payments.actions import methods as method_actions
from payments.actions import setups
from payments.errors import GatewayRefusal, GatewayRefused
from payments.models import Customer, MethodSetup, PaymentMethod

Kept = PaymentMethod | MethodSetup


def _record(client_id: UUID) -> None:
    told = {"clientId": str(client_id), "fields": ["payment_methods"]}
    event_actions.record("client.updated", user=client_id, data=told, now=clock.now())


def add(
    organization: Organization,
    actor: Actor,
    *,
    client: UUID,
    type: str,
    payment_method: str,
    return_url: str = "",
    **optional: Any,
) -> Kept:
    """Keep a card or account, to be charged while its owner is away: 1. what the gateway says it is; 2. claim; 3. the
    client made known there; 4. put on file there; 5. the record, `client.updated`.

    Gives the payment method, or the attempt where its owner has to approve first (at `next_action_url`, which sends
    them on to `return_url`; `settle` learns what they said). Optional: is_default, metadata, external_id. Raises
    ClientNotFound, MethodUnknown (the gateway has none of that name), MethodOfAnotherKind (it has it as something
    else), MethodExists, Declined or GatewayRefused (the attempt has failed), GatewayUnavailable.
    """
    tenancy.refuse_inside()
    setup = _resumed(organization, actor)
    if setup is None:
        with organization_scope(organization, actor):
            client_queries.get(client, field="client")
        found = gateway.on_file(payment_method, method=type)
        with organization_scope(organization, actor):
            whose = client_queries.get(client, field="client")
            setups.customer(whose, now=clock.now())
            told: dict[str, Any] = {"type": type, "gateway_method": found.gateway_id} | optional
            setup = setups.begin(whose, now=clock.now(), **told)
            attempts.begin(setup.id)
    return _put_on_file(organization, actor, setup, return_url=return_url)


def settle(organization: Organization, actor: Actor, setup_id: UUID, *, gateway_id: str = "") -> MethodSetup:
    """Learn what became of an attempt whose owner had to approve: 1. find; 2. look; 3. record it.

    `gateway_id`: what the gateway calls it, where its answer never came. One that is over, or that the gateway has not
    answered for yet, stays as it is. Raises SetupNotFound, GatewayUnavailable, GatewayRefused (a copy of another
    organization's: it has failed).
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        setup = payment_queries.get_setup(setup_id)
        known = setup.gateway_id or gateway_id
        if setup.status not in setups.OPEN or not known:
            attempts.end(setup)
            return setup
    try:
        seen = gateway.look_at_setup(known, setup=setup.id, organization=organization.id)
    except GatewayRefused as refusal:
        with organization_scope(organization, actor):
            if setup.gateway_id:  # not by what somebody else says it is called
                setups.fail(setup, refusal, now=clock.now())
            attempts.end(refusal)
        raise
    _take_down(organization, actor, setup, seen, shown=False)
    with organization_scope(organization, actor):
        setup = payment_queries.get_setup(setup_id)
        attempts.end(setup)
    return setup


def _resumed(organization: Organization, actor: Actor) -> MethodSetup | None:
    begun = attempts.begun()
    if begun is None:
        return None
    with organization_scope(organization, actor):
        return payment_queries.get_setup(begun)


def _put_on_file(organization: Organization, actor: Actor, setup: MethodSetup, *, return_url: str) -> Kept:
    whose = _customer(organization, actor, setup.client_id)
    told: Any = {"method": setup.type, "currency": organization.currency, "return_url": return_url}
    told["metadata"] = {"organization": str(organization.id)}
    try:
        seen = gateway.set_up(setup.id, whose.gateway_id, setup.gateway_method, **told)
    except GatewayRefusal as refusal:
        with organization_scope(organization, actor):
            setups.fail(setup, refusal, now=clock.now())
            attempts.end(refusal)
        raise
    return _take_down(organization, actor, setup, seen)


def _customer(organization: Organization, actor: Actor, client_id: UUID) -> Customer:
    """The client, known to the gateway: one row, and so one record there, whoever asks first.

    Whom an import has copied from another organization is not known yet.
    """
    with organization_scope(organization, actor):
        whose = setups.customer(client_queries.get(client_id, field="client"), now=clock.now())
    if gateway.is_our_customer(whose.gateway_id, organization=organization.id, client=client_id):
        return whose
    ids = {"organization": str(organization.id), "client": str(client_id)}
    gateway_id = gateway.customer(whose.id, metadata=ids)
    with organization_scope(organization, actor):
        return setups.adopt_customer(whose, gateway_id, now=clock.now())


def _take_down(
    organization: Organization, actor: Actor, setup: MethodSetup, seen: gateway.Setup, *, shown: bool = True
) -> Kept:
    is_kept = seen.status == MethodSetup.Status.SUCCEEDED
    card = gateway.on_file(seen.payment_method, method=setup.type) if is_kept else None
    with organization_scope(organization, actor):
        method, is_new = setups.record(setup.id, seen, card, now=clock.now())
        if is_new:
            _record(setup.client_id)
        kept: Kept = method or payment_queries.get_setup(setup.id)
        if shown:
            attempts.end(kept)
    return kept


def set_default(method_id: UUID) -> PaymentMethod:
    """Make it the one that its client pays with: 1. find; 2. change; 3. `client.updated`. Raises MethodNotFound."""
    method = payment_queries.get_method(method_id)
    if not method.is_default:
        method_actions.make_default(method, now=clock.now())
        _record(method.client_id)
    return method


def remove(organization: Organization, actor: Actor, method_id: UUID) -> None:
    """Forget a card or account: 1. find; 2. at the gateway, where it is ours; 3. here; 4. `client.updated`.

    A copy of another organization's is forgotten here alone. Raises MethodNotFound, GatewayUnavailable (it is on file
    still; ask again).
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        method = payment_queries.get_method(method_id)
        customer_id = payment_queries.customer_id(method.client_id)
    if gateway.is_our_customer(customer_id, organization=organization.id, client=method.client_id):
        gateway.detach(method.provider_method_id, method.id, customer=customer_id)
    with organization_scope(organization, actor):
        forget(method_id)


def forget(method_id: UUID) -> None:
    """Forget it here alone, within the caller's scope. Raises MethodNotFound."""
    method = payment_queries.get_method(method_id)
    method_actions.remove(method)
    _record(method.client_id)
