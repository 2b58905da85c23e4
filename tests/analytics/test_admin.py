"""Events in the admin, also those that another system told of."""

from django.test import Client as Browser

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from tests.admin.office import member, page, signed_in
from tests.fixtures import Maker
from tests.journeys.documents import bring_in, document, event


def test_an_actor_that_is_no_login_here_is_shown_by_its_kind(organization: Organization, make: Maker) -> None:
    staff = member(organization)
    browser: Browser = signed_in(staff)
    told = [event("e1", actor="user:nobody"), event("e2", actor=f"user:{staff.id}"), event("e3", actor="user:")]
    bring_in(organization, document(events=told))
    response = browser.get(page(AnalyticsEvent, "changelist"))
    assert response.status_code == 200
    shown = response.content.decode()
    assert staff.email in shown
    for row in response.context["cl"].result_list:
        assert browser.get(page(AnalyticsEvent, "change", row.pk)).status_code == 200
