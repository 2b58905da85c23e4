"""manage.py expire_holds: each lapsed hold has its event, once, whoever's it is; one failure stops nothing."""

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from tests.bookings.lapsing import expired, lapsed_holds
from tests.fixtures import new_organization
from tests.studio import open_studio


def test_every_organizations_lapsed_holds_expire_once(organization: Organization) -> None:
    studios = [open_studio(organization), open_studio(new_organization())]
    deadlines = []
    for studio in studios:
        with organization_scope(studio.organization, SYSTEM):
            held = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
            deadlines.append(held.hold_expires_at)
    with time_machine.travel(max(filter(None, deadlines)), tick=False):
        call_command("expire_holds")
        call_command("expire_holds")
        for studio, deadline in zip(studios, deadlines, strict=True):
            with organization_scope(studio.organization, SYSTEM):
                assert AnalyticsEvent.objects.get(type="booking.expired").timestamp == deadline


def test_one_that_fails_is_named_and_the_others_are_done(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(new_organization())
    lapsed_holds(studio, 10)
    really = bookings.expire_lapsed

    def fails_in_one() -> int:
        if tenancy.organization_id() == organization.id:
            raise Conflict
        return really()

    monkeypatch.setattr(bookings, "expire_lapsed", fails_in_one)
    told, wrong = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("expire_holds", stdout=told, stderr=wrong)
    assert ended.value.code == 1
    assert wrong.getvalue() == f"Failed in 1 of the organizations: {organization.slug}\n"
    assert told.getvalue().startswith("Calendars with lapsed holds: ")
    assert expired(studio.organization) == 1
