"""What a change to a client leaves alone. Each `stale` row was read before somebody else's change was."""

import pytest

from authspine.kernel import clock
from authspine.kernel.tenancy import Scope
from authspine.orchestrator import clients
from clients import actions, queries
from clients.errors import ClientNotFound
from clients.models import Client
from payments.actions import methods as method_actions
from payments.models import PaymentMethod
from tests.factories import BookingFactory, ClientFactory
from tests.fixtures import Maker
from tests.rest import Api, refused


@pytest.mark.parametrize("has_history", [True, False])
def test_a_change_does_not_bring_a_deleted_client_back(scope: Scope, has_history: bool) -> None:
    client = BookingFactory().client if has_history else ClientFactory()
    stale = queries.get(client.id)
    actions.delete(queries.get(client.id), has_history=has_history, now=clock.now())
    with pytest.raises(ClientNotFound):
        actions.update(stale, name="Other", now=clock.now())
    assert not queries.present().filter(id=client.id).exists()
    assert Client.objects.filter(id=client.id).exists() == has_history


def test_two_changes_both_stay_and_are_both_found(scope: Scope) -> None:
    client = ClientFactory(name="Ana", notes="old")
    stale = queries.get(client.id)
    actions.update(queries.get(client.id), email="moved@example.org", notes="new", now=clock.now())
    shown = actions.update(stale, name="Zoe", now=clock.now())
    kept = queries.get(client.id)
    assert (kept.name, kept.email, kept.notes) == ("Zoe", "moved@example.org", "new")
    assert list(queries.with_email(queries.present(), "Moved@example.org")) == [kept]
    assert (shown.email, shown.notes) == (kept.email, kept.notes)
    assert list(queries.search(queries.present(), "zoe moved@example.org")) == [kept]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bob7@example.org", False), ("7b", False),
        ("1234567", True), ("+491701234567", True), ("123-4567", True), ("7", True), ("ana 4567", True),
    ],
)  # fmt: skip
def test_only_numbers_are_looked_for_at_the_end_of_the_phone(scope: Scope, typed: str, found: bool) -> None:
    ClientFactory(phone="+49 170 1234567")
    assert queries.search(queries.present(), typed).exists() == found


def test_the_longest_email_can_be_asked_for(api_client: Api, make: Maker) -> None:
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.org"
    assert len(longest) == 254
    client = make.client(email=longest)
    (found,) = api_client.get("/clients", email=longest).json()["results"]
    assert found["id"] == str(client.id)
    refused(api_client.get("/clients", email=f"a{longest}"), 400, "validation_error", "email")


def test_a_client_who_is_removed_takes_the_ways_to_pay_along(scope: Scope) -> None:
    client, other = ClientFactory(), ClientFactory()
    for number, whose in enumerate((client, client, other)):
        method_actions.add(whose, type="card", gateway_id=f"pm_{number}", now=clock.now())
    clients.delete(client.id)
    assert not Client.objects.filter(id=client.id).exists()
    assert [method.client_id for method in PaymentMethod.objects.all()] == [other.id]


def test_a_client_who_stays_on_record_keeps_the_ways_to_pay(scope: Scope) -> None:
    client = BookingFactory().client
    method_actions.add(client, type="card", gateway_id="pm_kept", now=clock.now())
    clients.delete(client.id)
    assert PaymentMethod.objects.get().client_id == client.id
