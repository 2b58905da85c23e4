"""Every list of money walks an index in its order, in the eyes of the app role; a detail costs one statement."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from payments.models import PaymentMethod
from tests.api.test_statements import explained, statements
from tests.gateways import GOOD_CARD
from tests.payments.paying import book, paid, refund, shop
from tests.payments.webhooks import Post
from tests.rest import Api
from tests.studio import Studio

# What each step of a paid booking costs at the database: BEGIN, COMMIT, scopes, the claims of keys and
# the count of the limit among them, and whom an answer shows; for a hold also what its client has of the calendars.
PAID_BOOKING = {"hold": 16, "start": 31, "confirm": 35, "webhook": 6, "event": 26}


def test_a_paid_booking_costs_a_fixed_number_of_statements(
    organization: Organization, post: Post, api_client: Api
) -> None:
    studio = shop(organization)
    api_client.get("/clients")  # notes the use of the key
    assert [paid_booking(studio, post, api_client, hour) for hour in (9, 11, 13)] == [PAID_BOOKING] * 3


def paid_booking(studio: Studio, post: Post, api_client: Api, hour: int) -> dict[str, int]:
    """Hold, start, confirm; then one of the events that tell of it, taken in and worked on. Statements of each."""
    said: dict[str, int] = {}

    def counted(step: str, path: str, **sent: Any) -> Any:
        with CaptureQueriesContext(connection) as captured:
            answer = api_client.post(path, sent)
        assert answer.status_code < 300, answer.content
        said[step] = len(captured)
        return answer.json()

    at = studio.at(hour).isoformat()
    booking = counted("hold", "/bookings", client=str(studio.client.id), service=str(studio.service.id), starts_at=at)
    intent = counted("start", "/payments/intents", booking=booking["id"], method="card", payment_method=GOOD_CARD)
    counted("confirm", f"/payments/intents/{intent['id']}/confirm")
    event = post.events("payment_intent.succeeded")[-1]
    for step, call in (("webhook", lambda: post.bring(event)), ("event", post.work)):
        with CaptureQueriesContext(connection) as captured:
            call()
        said[step] = len(captured)
    return said


@pytest.fixture
def paths(studio: Studio) -> dict[str, str]:
    """Two rows of each kind; one of them by the path of its list."""
    return fill(studio, 9, 11)


def fill(studio: Studio, *hours: int) -> dict[str, str]:
    """A row of each kind for each of these hours; the last ones by the paths of their lists."""
    for hour in hours:
        intent = paid(studio, book(studio, hour=hour), "cash")
        given = refund(studio, intent, 100)
        with organization_scope(studio.organization, SYSTEM):
            method = PaymentMethod.objects.create(
                client=studio.client, type="card", provider="p", provider_method_id=f"{hour}"
            )
    return {
        "/payments/intents": f"{intent.id}",
        "/payments/refunds": f"{given.id}",
        "/payments/methods": f"{method.id}",
    }


def test_every_list_walks_its_index(organization: Organization, api_client: Api, paths: dict[str, str]) -> None:
    for path in paths:
        following = api_client.get(path, limit="1").json()["next"]
        for call in (lambda p=path: api_client.get(p, limit="1"), lambda n=following: api_client.follow(n)):
            [sql] = [sql for sql in statements(call) if '"created_at" DESC' in sql]
            plan = explained(organization, sql)
            assert "OFFSET" not in sql
            assert "_list" in plan or "_tenant_key" in plan, plan
            assert "Sort" not in plan, plan


@pytest.mark.parametrize("path", ["/payments/intents", "/payments/refunds", "/payments/methods"])
def test_a_list_costs_the_same_for_few_and_many(studio: Studio, api_client: Api, path: str) -> None:
    fill(studio, 9)
    api_client.get(path)  # notes the use of the key
    few = statements(lambda: api_client.get(path))
    fill(studio, 10, 11, 12, 13)
    many = statements(lambda: api_client.get(path))
    # The key, the limit, BEGIN, the scope, the rows, COMMIT; and whose payments they are is told to the audit.
    assert len(many) == len(few) <= 7, many


def test_a_detail_costs_one_statement_beside_the_frame(api_client: Api, paths: dict[str, str]) -> None:
    api_client.get("/clients")
    for path, one in paths.items():
        # The key, the limit, BEGIN, the scope, the row, COMMIT; and that a client's payment was looked at.
        assert len(statements(lambda p=f"{path}/{one}": api_client.get(p))) <= 7  # type: ignore[misc]
