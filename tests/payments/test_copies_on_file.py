"""What an import has copied of another organization's: customers there, cards, and attempts to keep one. All refer to
what is on file for somebody else's client, which is neither charged, nor shown, nor taken off file."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from clients.models import Client
from payments.models import Customer, MethodSetup, PaymentMethod
from tests.gateways import APPROVED_FIRST, GOOD_CARD, Wire, approve, card, charged, cut_off, witness
from tests.journeys import documents
from tests.payments.paying import STAFF, book, confirm, paid, start, stored
from tests.rest import Api, caller, refused
from tests.studio import Studio


def keep(api: Api, studio: Studio, payment_method: str = GOOD_CARD) -> Any:
    return api.post(
        "/payments/methods", {"client": str(studio.client.id), "type": "card", "payment_method": payment_method}
    )


def only(studio: Studio, model: Any) -> Any:
    with organization_scope(studio.organization, STAFF):
        return model.objects.get()


def there(studio: Studio) -> tuple[str, str]:
    """What the gateway calls the studio's one client, and what they keep on file."""
    return only(studio, Customer).gateway_id, only(studio, PaymentMethod).provider_method_id


def whose(gateway_method: str) -> Any:
    return witness().payment_methods.retrieve(gateway_method).customer


@pytest.fixture
def copied(theirs: Studio, studio: Studio) -> Studio:
    """It has imported the other's client, with what they keep on file."""
    keep(caller(theirs.organization), theirs)
    customer, method = there(theirs)
    kept = {"id": "m1", "type": "card", "provider": "stripe", "provider_method_id": method, "is_default": True}
    told = [documents.client("x1", email="x1@example.com", payment_methods=[kept])]
    customers = [documents.customer("k1", client="x1", gateway_id=customer)]
    answer = caller(studio.organization, "admin").post(
        "/import", {"format": "auth-spine", "version": 1, "clients": told, "customers": customers}
    )
    assert (answer.json()["imported"], answer.json()["refused"]) == ({"clients": 1, "customers": 1}, [])
    with organization_scope(studio.organization, STAFF):
        return replace(studio, client=Client.objects.get(external_id="x1"))


def test_a_copied_card_is_not_charged(copied: Studio, api_client: Api) -> None:
    booking, kept = book(copied), only(copied, PaymentMethod)
    intent = start(copied, booking)
    answer = api_client.post(f"/payments/intents/{intent.id}/confirm", {"payment_method": str(kept.id)})
    refused(answer, 409, "payment_refused", "payment_method")
    assert (charged(booking.id), stored(copied, intent).status) == ([], "failed")


def test_a_copied_card_is_not_charged_while_its_owner_is_away(copied: Studio, api_client: Api) -> None:
    booking = book(copied)
    intent = start(copied, booking, off_session=True)
    refused(api_client.post(f"/payments/intents/{intent.id}/confirm"), 409, "payment_refused", "payment_method")
    assert charged(booking.id) == []


def test_a_copied_client_pays_with_a_card_of_their_own(theirs: Studio, copied: Studio, api_client: Api) -> None:
    customer, method = there(theirs)
    assert keep(api_client, copied, "pm_card_mastercard").status_code == 201
    known = only(copied, Customer).gateway_id
    assert known not in ("", customer)
    assert whose(method) == customer
    with organization_scope(copied.organization, STAFF):
        own = PaymentMethod.objects.exclude(provider_method_id=method).get()
    assert whose(own.provider_method_id) == known
    assert confirm(copied, start(copied, book(copied)), str(own.provider_method_id)).status == "succeeded"


def test_another_organizations_card_is_not_kept(theirs: Studio, studio: Studio, api_client: Api) -> None:
    keep(caller(theirs.organization), theirs)
    customer, method = there(theirs)
    refused(keep(api_client, studio, method), 409, "payment_refused", "payment_method")
    with organization_scope(studio.organization, STAFF):
        assert not PaymentMethod.objects.exists()
    assert whose(method) == customer


def test_a_copied_card_that_is_forgotten_stays_on_file_for_its_owner(
    theirs: Studio, copied: Studio, api_client: Api
) -> None:
    customer, method = there(theirs)
    assert api_client.delete(f"/payments/methods/{only(copied, PaymentMethod).id}").status_code == 204
    assert whose(method) == customer
    intent = start(theirs, book(theirs))
    assert confirm(theirs, intent, method).status == "succeeded"


def test_a_customer_of_another_client_of_ours_counts_as_none(studio: Studio, api_client: Api) -> None:
    keep(api_client, studio)
    customer, method = there(studio)
    with organization_scope(studio.organization, STAFF):
        other = clients.register(email="other@example.com", name="Other")
        Customer.objects.create(client=other, gateway_id=customer)
        row = PaymentMethod.objects.create(client=other, type="card", provider="stripe", provider_method_id=method)
    assert api_client.delete(f"/payments/methods/{row.id}").status_code == 204
    assert whose(method) == customer


def test_without_an_answer_about_the_customer_the_payment_can_be_taken_up_again(
    studio: Studio, api_client: Api, settings: Settings
) -> None:
    keep(api_client, studio)
    sent, address = {"booking": str(book(studio).id), "method": "card"}, settings.STRIPE_API_BASE
    key = str(new_id())
    cut_off(settings)
    refused(api_client.post("/payments/intents", sent, key=key), 503, "unavailable")
    settings.STRIPE_API_BASE = address
    assert api_client.post("/payments/intents", sent, key=key).status_code == 201


def test_only_who_is_known_there_is_asked_for(studio: Studio, api_client: Api, wire: Wire) -> None:
    """One look more for a payment, and none where nothing is on file."""
    paid(studio)
    assert [request.path for request in wire.seen if "/customers" in request.path] == []
    keep(api_client, studio)
    wire.seen.clear()
    start(studio, book(studio, hour=12))
    assert [request.method for request in wire.seen if "/customers/" in request.path] == ["GET"]


@pytest.mark.parametrize("approved", [True, False])
def test_a_copied_attempt_keeps_nothing(theirs: Studio, studio: Studio, api_client: Api, approved: bool) -> None:
    """It has failed, so nobody waits for it: not the erasure of the client either."""
    keep(caller(theirs.organization), theirs, card(APPROVED_FIRST))
    original = only(theirs, MethodSetup)
    if approved:
        approve(original.gateway_id)
    with organization_scope(studio.organization, STAFF):
        told = {"type": "card", "status": "requires_action", "gateway_id": original.gateway_id}
        copied = MethodSetup.objects.create(client_id=studio.client.id, **told)
    path = f"/payments/methods/setups/{copied.id}"
    found = refused(api_client.post(f"{path}/confirm"), 409, "payment_refused")
    assert found["detail"] == "This was not put on file here."
    done = api_client.get(path).json()
    assert (done["status"], done["failure_code"], done["payment_method"]) == ("failed", "not_made_here", None)
    assert api_client.post(f"{path}/confirm").json() == done
    with organization_scope(studio.organization, STAFF):
        assert not PaymentMethod.objects.exists()
    assert only(theirs, MethodSetup).status == "requires_action"
