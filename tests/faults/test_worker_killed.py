"""C4: a worker is killed in the middle of an event's job; another does it again, and its effect is there once."""

from pathlib import Path

import psycopg
import pytest

from authspine.identity.models import Organization
from payments.models import GatewayEvent, PaymentIntent
from tests import workers
from tests.fixtures import as_if_done
from tests.gateways import GOOD_CARD, witness
from tests.operations.test_worker import HASTY, connection_of_its_own, lives_a_worker
from tests.payments.conftest import post
from tests.payments.paying import book, events, shop, start, stored
from tests.payments.webhooks import SECRET, Post
from tests.studio import Studio

__all__ = ["post"]

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def paid_there(organization: Organization, post: Post) -> tuple[Studio, PaymentIntent, str]:
    """The money is there, and the event of it is in the inbox; its id."""
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    post.bring(post.events("payment_intent.succeeded")[0])
    (row,) = post.rows()
    return studio, intent, str(row.id)


def environment(post: Post) -> dict[str, str]:
    return HASTY | {"STRIPE_API_KEY": post.sandbox.key, "STRIPE_WEBHOOK_SECRET": SECRET}


@pytest.fixture(autouse=True)
def no_comparison() -> None:
    """The comparison of every ten minutes would work on the event, too."""
    as_if_done("payments.reconcile")


def ends_well(post: Post, paid: tuple[Studio, PaymentIntent, str], said: Path) -> None:
    """Another worker finds the job, and does it."""
    studio, intent, event = paid
    assert workers.status_of(args__event=event) == ["doing"]
    assert GatewayEvent.objects.get(id=event).state == "received"
    assert stored(studio, intent).status == "pending"
    assert workers.comes_true(lambda: not lives_a_worker())
    with workers.running(said, environment(post)) as worker:
        assert workers.comes_true(lambda: workers.status_of(args__event=event) == ["succeeded"]), worker.said
    assert GatewayEvent.objects.get(id=event).state == "done"
    assert stored(studio, intent).status == "succeeded"
    assert events(studio) == ["payment.created", "payment.succeeded"]
    assert [one["charges"] for one in post.sandbox.money()] == [1]


def test_c4_killed_while_it_records(post: Post, paid_there: tuple[Studio, PaymentIntent, str], tmp_path: Path) -> None:
    """In the transaction of the effect, which waits for the payment's lock."""
    _, intent, _ = paid_there
    with connection_of_its_own() as holder:
        hold(holder, intent)
        with workers.running(tmp_path / "first", environment(post)) as worker:
            assert workers.comes_true(lambda: workers.waits_for(holder)), worker.said
            worker.process.kill()
            worker.process.wait()
        holder.rollback()
    ends_well(post, paid_there, tmp_path / "second")


def hold(holder: psycopg.Connection[object], intent: PaymentIntent) -> None:
    holder.execute("SELECT FROM payments_paymentintent WHERE id = %s FOR UPDATE", [intent.id])


def test_c4_killed_while_it_looks(post: Post, paid_there: tuple[Studio, PaymentIntent, str], tmp_path: Path) -> None:
    """The gateway takes its time over the answer."""
    post.sandbox.fault("slow", "/v1/payment_intents/*", method="GET", when="before", seconds=60)
    seen = len(post.sandbox.seen())
    with workers.running(tmp_path / "first", environment(post)) as worker:
        assert workers.comes_true(lambda: len(post.sandbox.seen()) > seen), worker.said
        worker.process.kill()
        worker.process.wait()
    ends_well(post, paid_there, tmp_path / "second")
