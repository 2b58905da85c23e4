"""Of one request to capture, one capture: killed, cut off, and while others capture too."""

from typing import Any

import pytest

from authspine.idempotency import attempts
from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments import gateway
from payments.errors import NotCancellable
from payments.models import PaymentIntent
from tests.gateways import GOOD_CARD, Request, Wire
from tests.payments.paying import STAFF, book, confirm, shop, start, stored, usd
from tests.rest import Api, refused
from tests.sandboxes import Sandbox
from tests.studio import Studio

KEY = "d2b8a7d5-7a5e-4d1b-8ef9-0f4a5f0f2e8c"
PART = {"amount": {"amount_cents": 2000, "currency": "USD"}, "more_follows": True}


@pytest.fixture
def studio(organization: Organization, sandbox: Sandbox) -> Studio:
    return shop(organization)


@pytest.fixture
def held(studio: Studio) -> PaymentIntent:
    """75.00, authorized."""
    return confirm(studio, start(studio, book(studio), capture="manual"), GOOD_CARD)


class Crash(BaseException):
    pass


def crash(monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """The process dies at the gateway's capture, once."""
    capture, left = gateway.capture, [True]

    def dies(*args: Any, **more: Any) -> Any:
        if not left or after:
            found = capture(*args, **more)
        if left:
            left.pop()
            raise Crash
        return found

    monkeypatch.setattr(gateway, "capture", dies)


def run_out(studio: Studio) -> None:
    with organization_scope(studio.organization, STAFF):
        KeyedRequest.objects.filter(status=None).update(lease_until=clock.now())


def ask(api_client: Api, held: PaymentIntent, key: str = KEY) -> Any:
    return api_client.post(f"/payments/intents/{held.id}/capture", PART, key=key)


def captured(sandbox: Sandbox, held: PaymentIntent) -> int:
    [found] = sandbox.money(intent=str(held.id))
    return int(found["captured"])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_killed_capture_is_resumed(
    api_client: Api, studio: Studio, sandbox: Sandbox, held: PaymentIntent, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    crash(monkeypatch, after=after)
    with pytest.raises(Crash):
        ask(api_client, held)
    run_out(studio)
    done = ask(api_client, held)
    assert (done.status_code, done.json()["amount_captured"]["amount_cents"]) == (200, 2000)
    assert ask(api_client, held).content == done.content
    assert (captured(sandbox, held), stored(studio, held).captured_cents) == (2000, 2000)


def test_control_a_capture_that_is_started_again_takes_twice(
    api_client: Api, studio: Studio, sandbox: Sandbox, held: PaymentIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(monkeypatch, after=True)
    with pytest.raises(Crash):
        ask(api_client, held)
    run_out(studio)
    monkeypatch.setattr(attempts, "begun", lambda: None)
    ask(api_client, held)
    assert captured(sandbox, held) == 4000


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", "empty", 500])
def test_an_answer_that_is_lost_is_no_second_capture(
    api_client: Api, studio: Studio, sandbox: Sandbox, held: PaymentIntent, wire: Wire, fault: str | int
) -> None:
    left = [fault]

    def once(request: Request) -> str | int | None:
        return left.pop() if left and request.path.endswith("/capture") else None

    wire.fault = once
    refused(ask(api_client, held), 503, "unavailable")
    assert ask(api_client, held).json()["amount_captured"]["amount_cents"] == 2000
    assert (captured(sandbox, held), stored(studio, held).captured_cents) == (2000, 2000)


def test_a_capture_that_another_one_overtook_says_so(
    api_client: Api, studio: Studio, sandbox: Sandbox, held: PaymentIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        crash(dying, after=False)
        with pytest.raises(Crash):
            ask(api_client, held)
    payments.capture(studio.organization, STAFF, held.id, amount=usd(1000), more_follows=True)
    run_out(studio)
    refused(ask(api_client, held), 409, "capture_overtaken")
    assert captured(sandbox, held) == 1000
    assert ask(api_client, held, "another-key-0001").json()["amount_captured"]["amount_cents"] == 3000


def test_it_is_too_late_to_cancel_what_was_captured_there(
    studio: Studio, sandbox: Sandbox, held: PaymentIntent
) -> None:
    """By somebody at the gateway, which is not written down here yet."""
    sandbox.client().v1.payment_intents.capture(held.gateway_id)
    with pytest.raises(NotCancellable):
        payments.cancel(studio.organization, STAFF, held.id)
    assert (stored(studio, held).status, stored(studio, held).captured_cents) == ("succeeded", 7500)
