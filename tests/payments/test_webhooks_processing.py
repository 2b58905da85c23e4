"""An event wakes us; what is true is looked up. B2, B3, B4, B6, B10."""

from authspine.identity.models import Organization
from payments.models import PaymentIntent
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import book, events, paid, shop, start, stored
from tests.payments.webhooks import Post, alerts, inbox


def pay_there(intent: PaymentIntent) -> None:
    """The client's browser pays at the gateway; we hear of it by an event alone."""
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})


def test_a_payment_that_we_only_hear_of_is_ours(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    booking = book(studio, status="held")
    intent = start(studio, booking)
    pay_there(intent)
    post.bring_all()
    assert set(post.states()) == {"done"}
    found = stored(studio, intent)
    assert (found.status, found.captured_cents) == ("succeeded", 7500)
    assert events(studio) == ["payment.created", "payment.succeeded"]
    assert alerts(organization) == []


def test_b6_a_replayed_event_is_taken_and_does_nothing(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    paid(studio)
    event = post.events()[-1]
    for _ in range(3):
        post.bring(event)
    assert len(post.rows()) == 1
    post.work()
    assert inbox(event).state == "done"
    assert events(studio) == ["payment.created", "payment.succeeded"]
