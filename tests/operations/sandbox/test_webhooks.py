"""Webhooks: signed as the SDK checks it, in every mode, and again until they are taken."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.operations.sandbox.receiver import SECRET, Receiver, wait_for
from tests.sandboxes import Sandbox


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    opened = Receiver()
    with opened.listening():
        sandbox.control("POST", "webhooks", url=opened.url, secret=SECRET)
        yield opened
        sandbox.control("POST", "webhooks", url="")


PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"]


def test_events_arrive_in_order_and_signed(sandbox: Sandbox, receiver: Receiver, pay: Any) -> None:
    intent = pay(key="the key")
    wait_for(lambda: len(receiver.events) == 4)
    assert receiver.types() == PAID
    told = receiver.events[2]
    assert (told["object"], told["api_version"], told["livemode"]) == ("event", "2026-10-28.endive", False)
    assert (told["data"]["object"]["id"], told["request"]["idempotency_key"]) == (intent.id, "the key")
    assert "account" not in told
    kept = sandbox.client().v1.events.retrieve(told["id"])
    assert kept.data.object["status"] == "succeeded"


def test_again_until_it_is_taken(sandbox: Sandbox, receiver: Receiver, api: stripe.V1Services) -> None:
    receiver.answers = [500, 302, 200]
    api.customers.create({})
    wait_for(lambda: len(receiver.events) == 3)
    assert len({event["id"] for event in receiver.events}) == 1
    wait_for(lambda: sandbox.control("GET", "webhooks")["deliveries"][0]["state"] == "done")
    assert sandbox.control("GET", "webhooks")["deliveries"][0]["attempts"] == 3


def test_held_and_let_go_in_any_order(sandbox: Sandbox, receiver: Receiver, pay: Any, api: stripe.V1Services) -> None:
    sandbox.control("POST", "webhooks", mode="hold")
    pay()
    held = [each["event"] for each in sandbox.control("GET", "webhooks")["deliveries"] if each["state"] == "held"]
    time.sleep(0.1)
    assert (len(held), receiver.events) == (4, [])
    order = [held[2], held[0], held[3]]
    sandbox.control("POST", "release", events=order)
    wait_for(lambda: len(receiver.events) == 3)
    assert [event["id"] for event in receiver.events] == order
    sandbox.control("POST", "resend", events=[held[2]], copies=2)
    sandbox.control("POST", "release")
    wait_for(lambda: len(receiver.events) == 6)


def test_dropped(sandbox: Sandbox, receiver: Receiver, pay: Any) -> None:
    sandbox.control("POST", "webhooks", mode="drop", types=["charge."])
    pay()
    wait_for(lambda: len(receiver.events) == 2)
    assert receiver.types() == ["payment_intent.created", "payment_intent.succeeded"]
    assert sandbox.told() == PAID


def test_duplicated(sandbox: Sandbox, receiver: Receiver, api: stripe.V1Services) -> None:
    sandbox.control("POST", "webhooks", mode="duplicate", copies=3)
    api.customers.create({})
    wait_for(lambda: len(receiver.events) == 3)


def test_delayed(sandbox: Sandbox, receiver: Receiver, api: stripe.V1Services) -> None:
    sandbox.control("POST", "webhooks", mode="delay", seconds=0.5)
    started = time.monotonic()
    api.customers.create({})
    wait_for(lambda: receiver.events)
    assert time.monotonic() - started > 0.5


def test_reordered(sandbox: Sandbox, receiver: Receiver, api: stripe.V1Services) -> None:
    sandbox.control("POST", "webhooks", mode="reorder", seconds=0.5)
    made = [api.customers.create({}).id for _ in range(8)]
    wait_for(lambda: len(receiver.events) == 8)
    arrived = [event["data"]["object"]["id"] for event in receiver.events]
    assert arrived != made
    assert sorted(arrived) == sorted(made)


def test_signed_for_a_test_that_brings_it_itself(sandbox: Sandbox, api: stripe.V1Services) -> None:
    api.customers.create({})
    (event,) = api.events.list({"type": "customer.*"}).data
    told = sandbox.control("POST", "sign", event=event.id, secret=SECRET)
    assert stripe.Webhook.construct_event(told["body"], told["signature"], SECRET).id == event.id
    old = sandbox.control("POST", "sign", event=event.id, secret=SECRET, at=1)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(old["body"], old["signature"], SECRET)


def test_events_by_type_and_time(api: stripe.V1Services, pay: Any) -> None:
    pay()
    assert [each.type for each in api.events.list({"types": ["charge.succeeded", "charge.updated"]}).data] == [
        "charge.updated", "charge.succeeded",
    ]  # fmt: skip
    assert len(api.events.list({"type": "payment_intent.*", "created": {"gte": int(time.time()) - 60}}).data) == 2
    assert api.events.list({"created": {"lt": int(time.time()) - 60}}).data == []
