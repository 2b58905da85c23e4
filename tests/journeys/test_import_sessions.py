"""An import joins sessions that somebody sits in already."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Session
from tests.journeys.documents import booking, bring_in, client, document, refusals, service

HOURS = range(9, 14)


def test_joined_sessions_are_written_in_one_statement(organization: Organization) -> None:
    people = [client("c1"), client("c2")]
    told = document(clients=people, services=[service(capacity=2)], payments=[], refunds=[], events=[])
    bring_in(organization, told | {"bookings": [booking(f"a{hour}", hour) for hour in HOURS]})
    joining = [booking(f"b{hour}", hour, client="c2") for hour in HOURS]
    with CaptureQueriesContext(connection) as captured:
        assert refusals(bring_in(organization, told | {"bookings": joining})) == []
    updates = [query["sql"] for query in captured if query["sql"].startswith('UPDATE "bookings_session"')]
    assert len(updates) == 1, updates
    with organization_scope(organization, SYSTEM):
        assert list(Session.objects.values_list("seats_taken", "capacity")) == [(2, 2)] * len(HOURS)
        assert Session.objects.filter(updated_at__gt=Session.objects.earliest("created_at").created_at).count() == 5
