"""Money under a key: asked for once, resumed from the attempt that was committed, and never started a second time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from authspine.api.idempotency import Keyed
from authspine.idempotency import attempts
from authspine.idempotency.actions import KEPT
from authspine.idempotency.models import KeyedRequest
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from payments import gateway
from payments.models import PaymentIntent, Refund
from tests.gateways import DECLINED_CARD, GOOD_CARD, Request, Wire, charged, given_back
from tests.payments.paying import STAFF, book, events, paid, start
from tests.rest import Api, refused
from tests.studio import Studio

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


class Crash(BaseException):
    """The process is gone: nothing of it runs any more that would clean up."""


def crash(monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> None:
    """The process dies at this call of the gateway, once: before it, or when it has had its effect."""
    call, left = getattr(gateway, name), [True]

    def dies(*args: Any, **kwargs: Any) -> Any:
        if not left:
            return call(*args, **kwargs)
        left.pop()
        if after:
            call(*args, **kwargs)
        raise Crash

    monkeypatch.setattr(gateway, name, dies)


def run_out(studio: Studio) -> None:
    with organization_scope(studio.organization, STAFF):
        assert KeyedRequest.objects.filter(status=None).update(lease_until=clock.now()) == 1


def rows(studio: Studio, model: type[Any]) -> list[Any]:
    with organization_scope(studio.organization, STAFF):
        return list(model.objects.order_by("created_at", "id"))


def same(first: Any, again: Any) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"


Case = tuple[str, dict[str, Any]]


def case(studio: Studio, name: str) -> Case:
    """Where to post what, so that money moves (or, for an intent, is announced)."""
    if name == "start":
        return "/payments/intents", {"booking": str(book(studio).id), "method": "card"}
    if name == "confirm":
        return f"/payments/intents/{start(studio, book(studio)).id}/confirm", {"payment_method": GOOD_CARD}
    amount = {"amount_cents": 1500, "currency": "USD"}
    return "/payments/refunds", {"intent": str(paid(studio).id), "amount": amount}


def moved(studio: Studio) -> tuple[list[int], list[int]]:
    """What the gateway has really charged, and given back."""
    [intent] = rows(studio, PaymentIntent)
    cents = charged(intent.booking_id)
    return cents, given_back(intent.gateway_id) if cents else []  # localstripe fails at refunds of what was not paid


ENDINGS = {"start": "/payment_intents", "confirm": "/confirm", "refund": "/refunds"}
STEPS = {"start": "open_intent", "confirm": "pay", "refund": "give_back"}
MOVED: dict[str, Any] = {"start": ([], []), "confirm": ([7500], []), "refund": ([7500], [1500])}


@pytest.mark.parametrize("name", STEPS)
def test_what_moves_money_asks_for_a_key(api_client: Api, studio: Studio, name: str) -> None:
    path, body = case(studio, name)
    before = [vars(row) for row in rows(studio, Refund)], events(studio)
    answer = api_client.http.post(f"/api/platform{path}", body, content_type="application/json")
    refused(answer, 400, "idempotency_key_required", "Idempotency-Key")
    assert ([vars(row) for row in rows(studio, Refund)], events(studio)) == before


@pytest.mark.parametrize("name", STEPS)
def test_the_same_again_moves_nothing(api_client: Api, studio: Studio, name: str) -> None:
    path, body = case(studio, name)
    first = api_client.post(path, body, key=KEY)
    assert first.status_code in (200, 201)
    same(first, api_client.post(path, body, key=KEY))
    assert moved(studio) == MOVED[name]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", STEPS)
def test_a_killed_request_is_resumed_from_its_attempt(
    api_client: Api, studio: Studio, monkeypatch: pytest.MonkeyPatch, name: str, after: bool
) -> None:
    path, body = case(studio, name)
    crash(monkeypatch, STEPS[name], after=after)
    with pytest.raises(Crash):
        api_client.post(path, body, key=KEY)
    refused(api_client.post(path, body, key=KEY), 409, "idempotency_in_flight", "Idempotency-Key")
    run_out(studio)
    done = api_client.post(path, body, key=KEY)
    assert (done.status_code in (200, 201), "Idempotent-Replayed" in done.headers) == (True, False)
    same(done, api_client.post(path, body, key=KEY))
    assert moved(studio) == MOVED[name]
    assert [len(rows(studio, PaymentIntent)), len(rows(studio, Refund))] == [1, int(name == "refund")]


def test_control_a_killed_refund_that_is_started_again_gives_back_twice(
    api_client: Api, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard's place is taken by one that remembers no attempt."""
    path, body = case(studio, "refund")
    crash(monkeypatch, "give_back", after=True)
    with pytest.raises(Crash):
        api_client.post(path, body, key=KEY)
    run_out(studio)
    monkeypatch.setattr(attempts, "begun", lambda: None)
    assert api_client.post(path, body, key=KEY).status_code == 201
    assert moved(studio) == ([7500], [1500, 1500])


@pytest.mark.parametrize("fault", ["lost", "unsent", 500])
@pytest.mark.parametrize("name", STEPS)
def test_without_an_answer_of_the_gateway_the_same_goes_on_at_once(
    api_client: Api, studio: Studio, wire: Wire, name: str, fault: str | int
) -> None:
    """A 503 ends the lease, and is never the answer that is kept."""
    path, body = case(studio, name)
    wire.fault = once(ENDINGS[name], fault)
    refused(api_client.post(path, body, key=KEY), 503, "unavailable")
    done = api_client.post(path, body, key=KEY)
    assert done.status_code in (200, 201), done.content
    same(done, api_client.post(path, body, key=KEY))
    assert moved(studio) == MOVED[name]
    assert [len(rows(studio, PaymentIntent)), len(rows(studio, Refund))] == [1, int(name == "refund")]


def once(ending: str, fault: str | int) -> Callable[[Request], str | int | None]:
    left = [fault]
    return lambda request: left.pop() if left and request.method == "POST" and request.path.endswith(ending) else None


def test_a_declined_card_is_an_answer(api_client: Api, studio: Studio) -> None:
    path, _ = case(studio, "confirm")
    first = api_client.post(path, {"payment_method": DECLINED_CARD}, key=KEY)
    refused(first, 402, "payment_declined")
    same(first, api_client.post(path, {"payment_method": DECLINED_CARD}, key=KEY))
    assert events(studio) == ["payment.created", "payment.failed"]


def test_a17_after_thirty_days_the_booking_itself_is_not_paid_twice(api_client: Api, studio: Studio) -> None:
    path, body = case(studio, "start")
    first = api_client.post(path, body, key=KEY)
    confirm = f"/payments/intents/{first.json()['id']}/confirm"
    assert api_client.post(confirm, {"payment_method": GOOD_CARD}, key=KEY).json()["status"] == "succeeded"
    with organization_scope(studio.organization, STAFF):
        KeyedRequest.objects.update(created_at=clock.now() - KEPT - timedelta(seconds=1))
    refused(api_client.post(path, body, key=KEY), 409, "already_paid", "booking")
    again = api_client.post(confirm, {"payment_method": GOOD_CARD}, key=KEY)
    assert (again.json()["status"], "Idempotent-Replayed" in again.headers) == ("succeeded", False)
    assert moved(studio) == ([7500], [])


def test_a_kept_card_has_a_key_as_well(api_client: Api, studio: Studio) -> None:
    body = {"client": str(studio.client.id), "type": "card", "payment_method": GOOD_CARD}
    first = api_client.post("/payments/methods", body, key=KEY)
    assert first.status_code == 201
    same(first, api_client.post("/payments/methods", body, key=KEY))


@pytest.mark.parametrize("name", ["method", *STEPS])
def test_the_journey_itself_commits_the_answer(
    api_client: Api, studio: Studio, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """In its last scope, and not in one that comes after it and may never come."""
    body = {"client": str(studio.client.id), "type": "card", "payment_method": GOOD_CARD}
    path, body = ("/payments/methods", body) if name == "method" else case(studio, name)
    monkeypatch.delattr(Keyed, "_keep_or_raise")
    assert api_client.post(path, body, key=KEY).status_code in (200, 201)


@pytest.mark.parametrize("name", STEPS)
def test_a_clear_no_is_committed_with_its_answer(
    api_client: Api, studio: Studio, wire: Wire, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path, body = case(studio, name)
    wire.fault = once(ENDINGS[name], 400)
    monkeypatch.delattr(Keyed, "_close")
    first = api_client.post(path, body, key=KEY)
    refused(first, 409, "payment_refused", *[fault["field"] for fault in first.json()["errors"]])
    same(first, api_client.post(path, body, key=KEY))


def test_of_two_runs_at_once_the_later_one_answers(
    api_client: Api, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first takes longer than its lease. Whatever it makes of it in the end, its sender is told to ask again."""
    path, body = case(studio, "confirm")
    pay, answers = gateway.pay, list[Any]()

    def ask() -> None:
        answers.append(api_client.post(path, body, key=KEY))
        connection.close()

    def dawdle(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(gateway, "pay", pay)
        run_out(studio)
        other = threading.Thread(target=ask)
        other.start()
        other.join()
        return pay(*args, **more)

    monkeypatch.setattr(gateway, "pay", dawdle)
    refused(api_client.post(path, body, key=KEY), 409, "idempotency_in_flight", "Idempotency-Key")
    assert answers[0].json()["status"] == "succeeded"
    same(answers[0], api_client.post(path, body, key=KEY))
    assert (moved(studio), events(studio)) == (([7500], []), ["payment.created", "payment.succeeded"])
