"""manage.py expire_holds: each lapsed hold has its event, once, whoever's it is."""

import time_machine
from django.core.management import call_command

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
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
