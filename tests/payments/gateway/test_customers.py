"""Clients at the gateway, and what they keep on file there."""

from typing import Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from authspine.kernel.ids import new_id
from payments import gateway
from payments.errors import Declined, GatewayRefused, GatewayUnavailable, MethodOfAnotherKind, MethodUnknown
from tests.gateways import APPROVED_FIRST, DECLINED_CARD, GOOD_CARD, Wire, approve, card, cut_off, witness


def test_what_is_on_file_shows_brand_and_last_digits() -> None:
    found = gateway.on_file(GOOD_CARD, method="card")
    assert (found.type, found.brand, found.last4) == ("card", "visa", "4242")
    with pytest.raises(MethodUnknown) as missing:
        gateway.on_file("pm_nobody", method="card")
    assert (missing.value.code, missing.value.field) == ("not_found", "payment_method")
    with pytest.raises(MethodOfAnotherKind):
        gateway.on_file(GOOD_CARD, method="bank")


def test_a_customer_is_one_however_often_asked_for(wire: Wire) -> None:
    row = new_id()
    first = gateway.customer(row, metadata={"organization": "o"})
    assert gateway.customer(row, metadata={"organization": "o"}) == first
    told = witness().customers.retrieve(first)
    assert told.metadata is not None
    assert told.metadata.to_dict() == {"organization": "o", "customer": str(row)}
    assert [request.headers["Idempotency-Key"] for request in wire.seen if request.method == "POST"] == [
        f"{row}:customer"
    ] * 2


def test_a_card_is_put_on_file_and_nothing_is_charged() -> None:
    whose, row, organization = gateway.customer(new_id(), metadata={}), new_id(), new_id()
    told: Any = {"method": "card", "currency": "USD", "metadata": {"organization": str(organization)}}
    done = gateway.set_up(row, whose, GOOD_CARD, **told)
    assert (done.status, done.next_action_url, done.failure_code) == ("succeeded", "", "")
    assert witness().payment_methods.retrieve(done.payment_method).customer == whose
    assert gateway.set_up(row, whose, GOOD_CARD, **told) == done
    assert gateway.look_at_setup(done.gateway_id, setup=row, organization=organization) == done


def test_another_organizations_attempt_or_another_attempt_is_not_looked_at() -> None:
    whose, row, organization = gateway.customer(new_id(), metadata={}), new_id(), new_id()
    told: Any = {"method": "card", "currency": "USD", "metadata": {"organization": str(organization)}}
    done = gateway.set_up(row, whose, GOOD_CARD, **told)
    for setup, of in ((new_id(), organization), (row, new_id())):
        with pytest.raises(GatewayRefused) as found:
            gateway.look_at_setup(done.gateway_id, setup=setup, organization=of)
        assert found.value.reason == "not_made_here"


@pytest.mark.parametrize(("granted", "status"), [(True, "succeeded"), (False, "failed")])
def test_its_owner_may_be_asked(granted: bool, status: str) -> None:
    whose, row, organization = gateway.customer(new_id(), metadata={}), new_id(), new_id()
    told: Any = {"method": "card", "currency": "USD", "metadata": {"organization": str(organization)}}
    asked = gateway.set_up(row, whose, card(APPROVED_FIRST), return_url="https://example.com/back", **told)
    assert asked.status == "requires_action"
    assert asked.next_action_url.startswith("http")
    approve(asked.gateway_id, granted=granted)
    found = gateway.look_at_setup(asked.gateway_id, setup=row, organization=organization)
    assert (found.status, found.failure_code) == (status, "" if granted else "setup_intent_authentication_failure")


def test_a_card_that_cannot_be_kept_is_declined() -> None:
    whose = gateway.customer(new_id(), metadata={})
    with pytest.raises(Declined):
        gateway.set_up(new_id(), whose, "pm_card_visa_chargeDeclined", method="card", currency="USD")
    with pytest.raises(GatewayRefused):
        gateway.set_up(new_id(), whose, "pm_nobody", method="card", currency="USD")
    kept = gateway.set_up(new_id(), whose, DECLINED_CARD, method="card", currency="USD")
    assert kept.status == "succeeded"


@pytest.mark.parametrize(("name", "currency"), [("pm_usBankAccount", "USD"), ("pm_sepaDebit", "EUR")])
def test_an_account_is_put_on_file_with_its_owners_word(name: str, currency: str) -> None:
    whose = gateway.customer(new_id(), metadata={})
    done = gateway.set_up(new_id(), whose, name, method="bank", currency=currency)
    assert done.status == "succeeded"


def test_what_is_forgotten_there_is_forgotten(wire: Wire) -> None:
    whose, row = gateway.customer(new_id(), metadata={}), new_id()
    done = gateway.set_up(new_id(), whose, GOOD_CARD, method="card", currency="USD")
    gateway.detach(done.payment_method, row, customer="cus_other")
    assert witness().payment_methods.retrieve(done.payment_method).customer == whose
    for _ in range(2):
        gateway.detach(done.payment_method, row, customer=whose)
    assert witness().payment_methods.retrieve(done.payment_method).customer is None
    gateway.detach("pm_nobody", new_id(), customer=whose)


def known_there(**changes: str) -> tuple[str, UUID, UUID]:
    """A customer with a card, and whose: organization and client."""
    organization, client = new_id(), new_id()
    whose = gateway.customer(new_id(), metadata={"organization": str(organization), "client": str(client)} | changes)
    gateway.set_up(new_id(), whose, GOOD_CARD, method="card", currency="USD")
    return whose, organization, client


def test_a_customer_is_ours_when_it_names_our_organization_and_client() -> None:
    whose, organization, client = known_there()
    assert gateway.is_our_customer(whose, organization=organization, client=client)
    assert not gateway.is_our_customer(whose, organization=new_id(), client=client)
    assert not gateway.is_our_customer(whose, organization=organization, client=new_id())
    for nobody in ("", "cus_nobody"):
        assert not gateway.is_our_customer(nobody, organization=organization, client=client)
    witness().customers.delete(whose)
    assert not gateway.is_our_customer(whose, organization=organization, client=client)


def test_f12_a_client_is_deleted_there_with_what_is_on_file_however_often_it_is_asked_for() -> None:
    whose, organization, client = known_there()
    (on_file,) = witness().customers.payment_methods.list(whose).data
    for _ in range(2):
        gateway.forget_customer(whose, organization=organization, client=client)
        assert witness().customers.retrieve(whose).deleted
    assert witness().payment_methods.retrieve(on_file.id).customer is None
    gateway.forget_customer("cus_nobody", organization=organization, client=client)


def test_f12_a_copy_of_anothers_customer_is_left_alone() -> None:
    whose, organization, client = known_there()
    gateway.forget_customer(whose, organization=new_id(), client=client)
    gateway.forget_customer(whose, organization=organization, client=new_id())
    assert not hasattr(witness().customers.retrieve(whose), "deleted")


def test_f12_a_gateway_that_is_away_is_asked_again(settings: Settings) -> None:
    whose, organization, client = known_there()
    cut_off(settings)
    with pytest.raises(GatewayUnavailable):
        gateway.forget_customer(whose, organization=organization, client=client)
