"""The admin's first page: what comes next, in the chosen organization."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from tests.admin.office import member, signed_in
from tests.factories import BookingFactory, hour
from tests.fixtures import Maker, new_organization


def test_it_shows_what_comes_next_here(make: Maker) -> None:
    late, gone = make.booking(starts_at=hour(14)), make.booking(starts_at=hour(9))
    soon, elsewhere = make.booking(starts_at=hour(11)), Maker(new_organization()).booking()
    with organization_scope(make.organization, SYSTEM):
        bookings.cancel(gone.id)
    shown = signed_in(member(make.organization)).get("/admin/").content.decode()
    assert str(soon.id) in shown
    assert str(late.id) in shown
    assert shown.index(str(soon.id)) < shown.index(str(late.id))
    assert str(gone.id) not in shown
    assert str(elsewhere.id) not in shown


def test_an_empty_calendar_says_so(organization: Organization) -> None:
    assert "Nothing is booked" in signed_in(member(organization)).get("/admin/").content.decode()


def test_it_costs_the_same_for_few_and_many(make: Maker) -> None:
    browser = signed_in(member(make.organization))
    make.booking()
    counts = []
    for at in (11, 12):
        with CaptureQueriesContext(connection) as captured:
            browser.get("/admin/")
        counts.append(len(captured))
        with organization_scope(make.organization, SYSTEM):
            BookingFactory(starts_at=hour(at))
    assert counts[0] == counts[1]
