"""Every order of the events of one payment, with duplicates, ends in one state: rows, counters, events and alerts.

The events are the sandbox's own; what they tell was true at some time, and what is true now is looked up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from payments.models import Alert, Dispute, PaymentIntent, Refund
from tests.fixtures import new_organization
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import book, events, shop, start
from tests.payments.webhooks import Post
from tests.studio import Studio


@dataclass(frozen=True)
class Story:
    """What happens at the gateway, one after the other."""

    refunds: tuple[int, ...] = ()
    dispute: str = ""
    card: str = GOOD_CARD

    def steps(self, post: Post, gateway_id: str) -> Iterator[Callable[[], object]]:
        api, control = witness(), post.sandbox.control
        yield lambda: api.payment_intents.confirm(gateway_id, {"payment_method": self.card})
        for cents in self.refunds:
            yield partial(api.refunds.create, {"payment_intent": gateway_id, "amount": cents})
        if self.card != GOOD_CARD:
            yield lambda: control("POST", "refunds", outcome="fails")
        if self.dispute:
            yield lambda: control("POST", "disputes", payment_intent=gateway_id, amount=1000)
        if self.dispute in ("won", "lost"):
            (found,) = api.disputes.list({"payment_intent": gateway_id}).data
            yield lambda: control("POST", f"disputes/{found.id}", outcome=self.dispute)


STORIES = {
    "paid": Story(),
    "part given back": Story(refunds=(2500,)),
    "all given back": Story(refunds=(2500, 5000)),
    "disputed": Story(refunds=(500,), dispute="open"),
    "dispute won": Story(refunds=(500,), dispute="won"),
    "dispute lost": Story(refunds=(500,), dispute="lost"),
    "refund failed": Story(refunds=(500,), card="pm_card_pendingRefund"),
}


def outcome(studio: Studio, intent: PaymentIntent) -> dict[str, Any]:
    """Everything that must not depend on the order, without ids and times."""
    with organization_scope(studio.organization, SYSTEM):
        row = PaymentIntent.objects.select_related("booking").get(id=intent.id)
        counters = row.captured_cents, row.refunded_cents, row.disputed_cents, row.fee_cents, row.fee_is_known
        refunds = Refund.objects.filter(intent=row.id).order_by("amount_cents")
        found: dict[str, Any] = {
            "intent": (row.status, *counters, row.failure_code),
            "booking": row.booking.status,
            "refunds": [(one.amount_cents, one.status, one.cause) for one in refunds],
            "disputes": [(one.amount_cents, one.status) for one in Dispute.objects.filter(intent=row.id)],
            "alerts": sorted((one.kind, one.settled_by) for one in Alert.objects.filter(intent=row.id)),
        }
    return found | {"events": sorted(events(studio))}


def waiting_payment(organization: Organization) -> tuple[Studio, PaymentIntent]:
    studio = shop(organization)
    return studio, start(studio, book(studio, status="held"))


EXPECTED: dict[str, dict[str, Any]] = {}


def expected(post: Post, name: str) -> dict[str, Any]:
    """What comes of a story each event of which arrives at once, in order, once."""
    if name not in EXPECTED:
        studio, intent = waiting_payment(new_organization())
        for step in STORIES[name].steps(post, intent.gateway_id):
            step()
            for event in about(post, intent):
                post.bring(event)
                post.work()
        EXPECTED[name] = outcome(studio, intent)
    return EXPECTED[name]


def about(post: Post, intent: PaymentIntent) -> list[str]:
    """The events of this payment that were not brought yet, oldest first."""
    listed = post.sandbox.client().v1.events.list({"limit": 100}).data[::-1]
    facts = ((event.id, event.data.object.to_dict()) for event in listed if event.id not in post.brought)
    return [id for id, one in facts if intent.gateway_id in (one["id"], one.get("payment_intent"))]


@given(data=st.data())
@hypothesis.settings(max_examples=3, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("name", STORIES)
def test_every_order_of_events_ends_the_same(post: Post, name: str, data: st.DataObject) -> None:
    """Some arrive between two steps of the story, the rest after it; some twice, in any order, and late."""
    wanted = expected(post, name)
    studio, intent = waiting_payment(new_organization())

    def deliver(some: list[str]) -> None:
        doubled = data.draw(st.lists(st.sampled_from(some), max_size=2)) if some else []
        for event in data.draw(st.permutations(some + doubled)):
            post.bring(event)
            if data.draw(st.booleans()):
                post.work()

    for step in STORIES[name].steps(post, intent.gateway_id):
        step()
        here = about(post, intent)
        deliver(data.draw(st.lists(st.sampled_from(here), unique=True)) if here else [])
    deliver(about(post, intent))
    post.work()
    assert outcome(studio, intent) == wanted
    assert {row.state for row in post.rows()} == {"done"}
