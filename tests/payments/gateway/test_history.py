"""What the gateway remembers."""

from datetime import timedelta

from authspine.kernel import clock
from payments.gateway import events_since, intents_since
from payments.rules import IntentStatus
from tests.gateways import GOOD_CARD
from tests.payments.gateway.orders import opened, pay
from tests.sandboxes import Sandbox


def test_every_payment_and_every_event_since(sandbox: Sandbox) -> None:
    since = clock.now() - timedelta(minutes=1)
    attempts = [opened() for _ in range(3)]
    pay(*attempts[0], GOOD_CARD)
    found = {one.gateway_id: one for one in intents_since(since)}
    assert set(found) == {gateway_id for _, gateway_id in attempts}
    assert found[attempts[0][1]].status is IntentStatus.SUCCEEDED
    told = [event.type for event in events_since(since)]
    assert told.count("payment_intent.created") == 3
    assert "payment_intent.succeeded" in told
    assert list(intents_since(clock.now() + timedelta(hours=1))) == []
