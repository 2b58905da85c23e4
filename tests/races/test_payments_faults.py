"""Whatever the gateway, the network and the machine do while money moves: one attempt, one charge.

Named by the rows of the matrix; over HTTP, with real server processes.
"""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from authspine.identity.models import Organization
from authspine.kernel.tenancy import organization_scope
from payments.models import PaymentIntent
from tests.payments.paying import STAFF, book, events, shop, start, stored
from tests.races.callers import Ask
from tests.races.money import confirming, counters, keyed, moved, serving, status_of
from tests.races.test_idempotency import Sender
from tests.rest import new_key
from tests.sandboxes import Sandbox
from tests.servers import gunicorn, killable
from tests.studio import Studio
from tests.wires import cutting


@pytest.fixture
def studio(organization: Organization, sandbox: Sandbox) -> Studio:
    return shop(organization)


def sender(studio: Studio, address: str) -> Sender:
    return Sender(address, new_key(studio.organization))


def attempts(studio: Studio) -> list[PaymentIntent]:
    with organization_scope(studio.organization, STAFF):
        return list(PaymentIntent.objects.order_by("created_at"))


def environment(sandbox: Sandbox, **more: str) -> dict[str, str]:
    return {"STRIPE_API_KEY": sandbox.key, "STRIPE_API_BASE": sandbox.address, "STRIPE_RETRIES": "0"} | more


def transactions_open() -> int:
    """Of anybody in this database, for longer than a moment."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
            " AND xact_start < clock_timestamp() - interval '0.3 seconds' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


FAULTS: dict[str, dict[str, Any]] = {
    "read timeout after the effect": {"action": "timeout", "when": "after", "seconds": 3},
    "hang before the effect": {"action": "timeout", "when": "before", "seconds": 60},
    "reset before": {"action": "reset", "when": "before"},
    "reset after": {"action": "reset", "when": "after"},
    "500 before": {"action": "error", "when": "before", "status": 500},
    "500 after": {"action": "error", "when": "after", "status": 500},
    "429": {"action": "error", "when": "before", "status": 429},
    "garbage": {"action": "garbage", "when": "after"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_c11_no_answer_is_pending_and_asked_again_is_one_charge(
    studio: Studio, sandbox: Sandbox, tmp_path: Path, fault: str
) -> None:
    booking = book(studio, status="held")
    intent = start(studio, booking)
    told = dict(FAULTS[fault])
    sandbox.fault(told.pop("action"), f"/v1/payment_intents/{intent.gateway_id}/confirm", **told)
    busy: list[int] = []
    with serving(sandbox, tmp_path, STRIPE_TIMEOUT_SECONDS="1") as server:
        one = sender(studio, server.address)
        ask = confirming(intent)
        watching = threading.Timer(0.6, lambda: busy.append(_counted_open()))
        watching.start()
        first = one.ask(ask)
        watching.join()
        assert (first.status, busy) == (503, [0])
        seen = stored(studio, intent)
        assert (seen.status, seen.failure_code, seen.captured_cents) == ("processing", "outcome_unknown", 0)
        done = one.ask_until_answered(ask)
    assert (done.status, done.body["status"]) == (200, "succeeded")
    assert (moved(sandbox, booking), status_of(studio, booking)) == ((1, 7500, 0), "confirmed")
    keys = {request["key"] for request in sandbox.seen() if request["path"].endswith("/confirm")}
    assert keys == {f"{intent.id}:confirm"}


def _counted_open() -> int:
    try:
        return transactions_open()
    finally:
        connections["owner"].close()


@pytest.mark.parametrize("base", ["http://nobody.invalid", "http://127.0.0.1:9"], ids=["no such name", "no answer"])
def test_c11_a_gateway_that_cannot_be_reached(studio: Studio, sandbox: Sandbox, tmp_path: Path, base: str) -> None:
    booking = book(studio, status="held")
    with serving(sandbox, tmp_path, STRIPE_API_BASE=base) as server:
        one = sender(studio, server.address)
        answer = one.ask(keyed("/payments/intents", {"booking": str(booking.id), "method": "card"}))
        assert answer.status == 503
        cash = one.ask(keyed("/payments/intents", {"booking": str(booking.id), "method": "cash"}))
        assert (cash.status, cash.body["status"]) == (201, "pending")
    assert moved(sandbox, booking) == (0, 0, 0)
    assert [one.status for one in attempts(studio)] == ["cancelled", "pending"]


def test_c11_after_a_decline_the_hold_stays_until_its_deadline(
    studio: Studio, sandbox: Sandbox, tmp_path: Path
) -> None:
    """As the policy has it: who is declined has the rest of the hold to find another card."""
    booking = book(studio, status="held")
    with serving(sandbox, tmp_path) as server:
        one = sender(studio, server.address)
        answer = one.ask(confirming(start(studio, booking), "pm_card_visa_chargeDeclined"))
        assert (answer.status, answer.code, status_of(studio, booking)) == (402, "payment_declined", "held")
        assert one.ask(confirming(start(studio, booking))).status == 200
    assert (status_of(studio, booking), moved(sandbox, booking)[1]) == ("confirmed", 7500)


@pytest.mark.parametrize("when", ["before", "after"])
def test_c12_the_sdk_s_tries_and_ours_are_one_charge(
    studio: Studio, sandbox: Sandbox, tmp_path: Path, when: str
) -> None:
    """The SDK asks three times, gives up, and we are asked again: one key for all of it."""
    booking = book(studio)
    intent = start(studio, booking)
    sandbox.fault("reset", f"/v1/payment_intents/{intent.gateway_id}/confirm", when=when, times=4)
    with serving(sandbox, tmp_path, STRIPE_RETRIES="2") as server:
        one = sender(studio, server.address)
        ask = confirming(intent)
        assert one.ask(ask).status == 503
        assert one.ask_until_answered(ask).body["status"] == "succeeded"
    assert moved(sandbox, booking) == (1, 7500, 0)
    asked = [request["key"] for request in sandbox.seen() if request["path"].endswith("/confirm")]
    assert len(asked) >= 3
    assert set(asked) == {f"{intent.id}:confirm"}


def test_c12_control_with_another_key_each_time_it_is_charged_again(studio: Studio, sandbox: Sandbox) -> None:
    """At the gateway itself: announced and paid by calls that are never the same."""
    client = sandbox.client().v1.payment_intents
    asked: Any = {"amount": 7500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    asked |= {"payment_method_types": ["card"], "metadata": {"booking": "control"}}
    for number in range(2):
        client.create(asked, {"idempotency_key": f"try-{number}"})
    assert len(sandbox.money(booking="control")) == 2


@pytest.mark.parametrize("step", ["open", "confirm"])
@pytest.mark.parametrize("effect", [False, True], ids=["before the call", "after its effect"])
def test_c2_killed_at_the_gateways_call(
    studio: Studio, sandbox: Sandbox, tmp_path: Path, step: str, effect: bool
) -> None:
    """By kill -9, with the attempt committed: it is gone on with, and charges once."""
    booking = book(studio, status="held")
    path = "/v1/payment_intents" if step == "open" else "/v1/payment_intents/*/confirm"
    intent = None if step == "open" else start(studio, booking)
    ask = _ask(booking, intent)
    bearer = new_key(studio.organization)
    sandbox.fault("timeout", path, when="after" if effect else "before", seconds=60)
    with killable(tmp_path / "log", environment=environment(sandbox)) as (address, kill):
        asking = threading.Thread(target=_ask_in_vain, args=(Sender(address, bearer), ask))
        asking.start()
        _until(lambda: any(one["fault"] for one in sandbox.seen()))
        assert [one.captured_cents for one in attempts(studio)] == [0]  # committed before
        kill()
        asking.join(20)
    with serving(sandbox, tmp_path) as server:
        one = Sender(server.address, bearer)
        if intent is None:
            [left] = attempts(studio)
            done = one.ask(confirming(left))
        else:
            done = one.ask(confirming(intent))
    assert (done.status, done.body["status"]) == (200, "succeeded")
    assert (moved(sandbox, booking), counters(studio, booking)) == ((1, 7500, 0), (7500, 0))
    assert (status_of(studio, booking), events(studio)) == ("confirmed", ["payment.created", "payment.succeeded"])


def _ask(booking: Any, intent: PaymentIntent | None) -> Ask:
    if intent is None:
        return keyed("/payments/intents", {"booking": str(booking.id), "method": "card"})
    return confirming(intent)


def _ask_in_vain(one: Sender, ask: Ask) -> None:
    with pytest.raises(OSError):  # noqa: PT011 (reset, or closed without an answer)
        one.ask(ask)


def _until(comes_true: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not comes_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("mode", ["lost", "unsent"])
@pytest.mark.parametrize("step", ["claim", "record"])
def test_c6_an_unknown_commit_of_a_payment_is_looked_up(
    studio: Studio, sandbox: Sandbox, tmp_path: Path, mode: str, step: str
) -> None:
    """Of the claim before the gateway is asked, or of the record of its answer."""
    booking = book(studio, status="held")
    intent = start(studio, booking)
    words = {"claim": 'UPDATE "payments_paymentintent"', "record": "payment.succeeded"}[step]
    with (
        cutting(words, mode) as wire,
        gunicorn(tmp_path / "log", workers=1, environment=environment(sandbox) | wire.environment) as address,
    ):
        one = sender(studio, address)
        ask = confirming(intent)
        assert one.ask(ask).status == 503
        assert wire.cuts == 1
        done = one.ask_until_answered(ask)
    assert (done.status, done.body["status"]) == (200, "succeeded")
    assert (moved(sandbox, booking), counters(studio, booking)) == ((1, 7500, 0), (7500, 0))
    assert events(studio) == ["payment.created", "payment.succeeded"]
