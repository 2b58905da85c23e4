"""F5 and F6 of the matrix: asked twice, at once, under an old key, or by a late message of the provider's."""

import json
from typing import Any
from uuid import UUID

import pytest

from authspine.idempotency.actions import KEPT
from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.exporting import export
from authspine.privacy import erasure_list
from authspine.privacy.fields import sealed_values
from authspine.privacy.models import Erasure
from authspine.privacy.people import KeyDestroyed
from bookings.models import Booking, IntakeAnswers
from clients.models import Client
from payments.models import (
    Alert,
    Customer,
    LedgerEntry,
    MethodSetup,
    PaymentIntent,
    PaymentMethod,
    Refund,
)
from tests.payments.test_api_webhooks import signed
from tests.payments.webhooks import Post, send
from tests.privacy.canaries import World, everywhere, new_world
from tests.races.test_holds import race
from tests.rest import caller, refused


@pytest.fixture
def world(organization: Organization) -> World:
    return new_world(organization)


def erase(world: World, **more: Any) -> Any:
    return world.api.post(f"/clients/{world.client}/erase", **more)


def exported(world: World) -> str:
    return "".join(export(world.studio.organization, SYSTEM, key=None))


def test_f5_asked_twice_it_gives_the_same_receipt(world: World) -> None:
    first, again = erase(world), erase(world)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert world.api.get(f"/clients/{world.client}/erasure").content == first.content
    mine = [line for line in erasure_list.lines() if str(line.person) == world.client]
    assert [str(line.id) for line in mine] == [first.json()["id"]]


def test_asked_again_it_removes_what_would_not_open(world: World) -> None:
    """As a dump or a hand would bring it in: no action writes it."""
    with organization_scope(world.studio.organization, SYSTEM):
        one, two = Booking.objects.filter(client=UUID(world.client)).select_related("client")[:2]
    first = erase(world)
    with organization_scope(world.studio.organization, SYSTEM):
        Booking.objects.filter(id=one.id).update(**sealed_values(one, notes="Nuts"))
        IntakeAnswers.objects.create(booking=two, client=two.client, content=[{"answer": "Nuts"}])
    with pytest.raises(KeyDestroyed):
        exported(world)
    assert erase(world).content == first.content
    assert "Nuts" not in exported(world)
    with organization_scope(world.studio.organization, SYSTEM):
        versions = dict(Booking.objects.values_list("id", "version"))
        assert (Booking.objects.get(id=one.id).notes, IntakeAnswers.objects.count()) == ("", 0)
    erase(world)
    with organization_scope(world.studio.organization, SYSTEM):
        assert dict(Booking.objects.values_list("id", "version")) == versions


def test_f5_sent_again_under_its_own_key_it_is_answered_again(world: World) -> None:
    first, again = erase(world, key="erase"), erase(world, key="erase")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


def test_f5_eight_at_once_get_one_receipt(world: World) -> None:
    callers = [caller(world.studio.organization, "admin") for _ in range(8)]
    answers: list[Any] = []
    race(lambda number: answers.append(callers[number].post(f"/clients/{world.client}/erase")), 8)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.content for answer in answers}) == 1
    with organization_scope(world.studio.organization, SYSTEM):
        assert Erasure.objects.count() == 1
    assert len(world.api.get("/analytics/events", event_type="client.erased").json()["results"]) == 1


def test_f5_old_keys_give_neither_the_old_answer_nor_a_second_effect(world: World) -> None:
    erase(world)
    with organization_scope(world.studio.organization, SYSTEM):
        before = {model: model.objects.count() for model in (Client, KeyedRequest)}
    for key, (path, body) in world.answers.items():
        for sent in (body, {"something": "else"}):
            answer = world.api.post(path, sent, key=key)
            refused(answer, 409, "answer_erased", "Idempotency-Key")
            assert world.mark not in answer.content.decode()
    with organization_scope(world.studio.organization, SYSTEM):
        assert {model: model.objects.count() for model in before} == before


def test_f5_the_answers_of_others_stay(world: World) -> None:
    other = world.api.post("/clients", {"name": "Bo", "email": "bo@example.com"}, key="other")
    erase(world)
    again = world.api.post("/clients", {"name": "Bo", "email": "bo@example.com"}, key="other")
    assert (again.status_code, again.content) == (201, other.content)


def test_f5_an_erased_answer_is_forgotten_with_all_others(world: World) -> None:
    """After thirty days the key is as good as new."""
    erase(world)
    with organization_scope(world.studio.organization, SYSTEM):
        for row in KeyedRequest.objects.exclude(erased_at=None):
            KeyedRequest.objects.filter(id=row.id).update(created_at=row.created_at - KEPT)
    path, body = world.answers["event"]
    answer = world.api.post(path, body | {"user": None}, key="event")
    assert answer.status_code == 201, answer.content


def test_f6_late_webhooks_with_personal_data_create_nothing_anew(post: Post, organization: Organization) -> None:
    """Every event that the provider has of this person comes after the erasure, with a name and an e-mail in it."""
    world = new_world(organization)
    erase(world)
    before = kept(world)
    said = {"name": f"{world.mark}name Ruiz", "email": f"{world.mark}mail@example.com"}
    late = post.events()
    assert {"setup_intent.succeeded", "payment_intent.succeeded", "charge.refunded"} <= {
        type_of(post, id) for id in late
    }
    for id in late:
        event = json.loads(post.signed(id)[0])
        event["data"]["object"] |= said | {
            "billing_details": said,
            "receipt_email": said["email"],
            "description": world.mark,
        }
        event["data"]["object"].setdefault("metadata", {})["client_name"] = said["name"]
        body = json.dumps(event).encode()
        assert send(body, signed(body)["Stripe-Signature"]).status_code == 200
        post.brought.add(id)
    post.work()
    assert set(post.states()) <= {"done", "ignored"}
    assert everywhere(organization, *world.canaries) == []
    assert kept(world) == before


def type_of(post: Post, event: str) -> str:
    return str(json.loads(post.signed(event)[0])["type"])


def kept(world: World) -> dict[str, Any]:
    """Every row of what a message of the provider's might bring back or change."""
    with organization_scope(world.studio.organization, SYSTEM):
        models = (Client, Customer, PaymentMethod, MethodSetup, PaymentIntent, Refund, Alert, LedgerEntry)
        return {model.__name__: list(model.objects.order_by("id").values_list()) for model in models}
